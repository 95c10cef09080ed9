"""Requests to Studio: patient with faults, suspicious of answers, the key for Studio alone."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from math import ceil
from typing import Any, TypeVar
from urllib.parse import urljoin

import requests
from urllib3.exceptions import ReadTimeoutError
from urllib3.util import Retry

from services.edge_impulse.access import Access
from services.edge_impulse.content import Content, check_content
from services.edge_impulse.errors import StudioError, refusal
from services.edge_impulse.host import Host
from services.edge_impulse.wire import KeyForItsHost, origin, session_for
from services.metrics import STUDIO_CALLS
from services.settings import settings
from services.work.progress import Progress

log = logging.getLogger(__name__)
T = TypeVar("T")

CONNECT_TIMEOUT = 10.0
ATTEMPTS = 4
BACKOFF = 0.5  # seconds, doubled with each attempt
LONGEST_WAIT = 60.0  # a longer Retry-After is the person's to wait for
AGAIN = frozenset({429, 500, 502, 503, 504})
LARGEST_JSON = 100_000_000
LARGEST_FILE = 50_000_000  # bytes of a picture or a sound
CHUNK_BYTES = 1 << 16
Parameters = Mapping[str, str | int | bool]


class Transport:
    """A way to one Studio with one key. Safe to use from several threads.

    Args:
        access: the key and its host.
        progress: its `pause` is how this waits, so that a person who leaves is not waited for.
    """

    def __init__(self, access: Access, progress: Progress) -> None:
        self._host = access.host
        self._auth = KeyForItsHost(access)
        self._only_reads = bool(access.lent)
        self._progress = progress
        self._timeout = (CONNECT_TIMEOUT, settings().studio_timeout)
        self._session = session_for(access)

    def get(self, path: str, parameters: Parameters | None = None) -> dict[str, Any]:
        """The JSON answer of a GET, tried again where that is safe and may help.

        Raises:
            StudioError: Studio refuses, answers nonsense, or cannot be reached.
            Cancelled: the person left.
        """
        return self.patiently(lambda: self._answer("GET", path, parameters, None))

    def post(
        self, path: str, body: Mapping[str, Any], parameters: Parameters | None = None
    ) -> dict[str, Any]:
        """The JSON answer of a POST, which is sent once: it may have an effect.

        Raises:
            StudioError: Studio refuses, answers nonsense, or cannot be reached.
        """
        try:
            return self._answer("POST", path, parameters, body)
        except _AgainError as again:
            raise again.error from again

    def set(
        self, path: str, body: Mapping[str, Any], parameters: Parameters | None = None
    ) -> dict[str, Any]:
        """The JSON answer of a POST that sets a state: sent again where that may help.

        Raises:
            StudioError: Studio refuses, answers nonsense, or cannot be reached.
            Cancelled: the person left.
        """
        return self.patiently(lambda: self._answer("POST", path, parameters, body))

    def file(self, content: Content, path: str, parameters: Parameters | None = None) -> bytes:
        """The bytes of a sample's file.

        Args:
            content: what it should be.
            path: below the API.
            parameters: of the call.

        Raises:
            StudioError: Studio refuses, sends something else, or cannot be reached.
            Cancelled: the person left.
        """

        def once() -> bytes:
            with self.opened(self.address(path), parameters, elsewhere=True) as response:
                body = read_body(response, LARGEST_FILE)
            check_content(content, body, response.headers.get("Content-Type", ""))
            return body

        return self.patiently(once)

    def patiently(self, work: Callable[[], T]) -> T:
        """Do something again where Studio is busy or the connection breaks.

        Raises:
            StudioError: it did not work in `ATTEMPTS` attempts.
            Cancelled: the person left.
        """
        for attempt in range(ATTEMPTS):
            try:
                return work()
            except _AgainError as again:
                last = again
                log.info("attempt %d of %d: %s", attempt + 1, ATTEMPTS, again.error)
                if attempt + 1 == ATTEMPTS or again.wait > LONGEST_WAIT:
                    break
                self._progress.pause(again.wait or BACKOFF * 2**attempt)
        if last.wait > LONGEST_WAIT:
            minutes = ceil(last.wait / 60)
            raise StudioError(
                f"Studio wants a pause; try again in {minutes} minute{'s' * (minutes > 1)}.",
                last.error.status,
            ) from last
        raise last.error from last

    @contextmanager
    def opened(
        self,
        url: str,
        parameters: Parameters | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        elsewhere: bool = False,
    ) -> Iterator[requests.Response]:
        """A successful answer to a GET, its body still to be read.

        Args:
            url: on Studio, or on the storage that Studio named.
            parameters: of the query.
            headers: beside the usual ones.
            elsewhere: may it come from another host, to which the key is not sent?

        Raises:
            StudioError: refused for good.
            _AgainError: it may work later; for `patiently`.
        """
        with _told_as_ours(self._host, self._timeout[1]):
            response = self._followed("GET", url, parameters, None, headers, elsewhere)
            with closing(response):
                if response.status_code >= HTTPStatus.BAD_REQUEST:
                    _refuse(response)
                yield response

    def address(self, path: str) -> str:
        """The full address of a path of the API."""
        return f"{self._host.origin}/v1/api{path}"

    def _answer(
        self,
        method: str,
        path: str,
        parameters: Parameters | None,
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        with _told_as_ours(self._host, self._timeout[1]):
            response = self._followed(method, self.address(path), parameters, body, None, False)
            with closing(response):
                if response.status_code >= HTTPStatus.BAD_REQUEST:
                    _refuse(response)
                content = read_body(response, LARGEST_JSON)
        answer = _read_json(content)
        if not isinstance(answer, dict):
            raise StudioError(
                f"{self._host.origin} does not answer as Edge Impulse Studio does; check the host."
            )
        if answer.get("success") is False:
            raise refusal(response.status_code, content)
        return answer

    def _followed(
        self,
        method: str,
        url: str,
        parameters: Parameters | None,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        elsewhere: bool,
    ) -> requests.Response:
        if self._only_reads and method != "GET":
            raise StudioError(
                "This project is shared with a key of the server's, which only reads; "
                "connect with your own key to change anything in Studio."
            )
        for _ in range(4):
            self._check_scheme(url)
            response = self._counted(
                method,
                url,
                params=_written(parameters),
                json=body,
                headers=headers,
                auth=self._auth,
                timeout=self._timeout,
                stream=True,
                allow_redirects=False,  # requests would take the key along
            )
            if not response.is_redirect:
                return response
            response.close()
            url, parameters = _joined(url, response.headers["Location"]), None
            if method != "GET" or not (elsewhere or origin(url) == self._host.origin):
                raise StudioError(
                    "Studio sends this request on to another host, which is not followed, "
                    "so that the key stays where it belongs; check the host."
                )
        raise StudioError("Studio sends this request round in a circle; try again later.")

    def _counted(self, method: str, url: str, **how: Any) -> requests.Response:  # noqa: ANN401 - as requests takes it
        """One request; what is counted is the status, and `none` where no answer came."""
        status = "none"
        try:
            response = self._session.request(method, url, **how)
            status = str(response.status_code)
            return response
        finally:
            STUDIO_CALLS.add(status)

    def _check_scheme(self, url: str) -> None:
        if origin(url).partition(":")[0] not in (
            {"http", "https"} if self._host.trusted else {"https"}
        ):
            raise StudioError("Studio names an address that is not safe to open.")


def read_body(response: requests.Response, limit: int) -> bytes:
    """The whole body, if it is not larger than `limit` bytes.

    Raises:
        StudioError: it is larger.
    """
    body = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        body += chunk
        if len(body) > limit:
            raise StudioError(f"Studio sends more than {limit // 1_000_000} MB at once.")
    return bytes(body)


class _AgainError(Exception):
    """It may work later."""

    def __init__(self, error: StudioError, wait: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


@contextmanager
def _told_as_ours(host: Host, timeout: float) -> Iterator[None]:
    """Turn what requests raises into our errors; none of them names the request or its headers."""
    try:
        try:
            yield
        except requests.exceptions.RequestException as error:
            error.request = error.response = None  # they hold the headers, and so the key
            raise
    except requests.exceptions.SSLError as error:
        raise StudioError(
            f"The certificate of {host.origin} cannot be trusted, so the key was not sent."
        ) from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise _AgainError(StudioError("The connection to Studio broke off; try again.")) from error
    except (requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError) as error:
        late = StudioError(f"Studio did not answer within {timeout:g} s; try again later.")
        away = StudioError(
            f"{host.origin} cannot be reached; check the host and this server's connection."
        )
        raise _AgainError(late if _is_late(error) else away) from error
    except requests.exceptions.RequestException as error:
        raise StudioError("The request to Studio could not be made; check the host.") from error


def _is_late(error: requests.exceptions.RequestException) -> bool:
    """Whether an answer came too late; within a body requests calls that a connection's error."""
    within = any(isinstance(cause, ReadTimeoutError) for cause in error.args)
    return within or isinstance(error, requests.exceptions.ReadTimeout)


def _refuse(response: requests.Response) -> None:
    error = refusal(response.status_code, read_body(response, LARGEST_JSON))
    if response.status_code in AGAIN:
        raise _AgainError(error, _retry_after(response))
    raise error


def _read_json(content: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """None where it is no JSON; json's own error would hold all of it, and what it echoes."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _retry_after(response: requests.Response) -> float:
    try:
        return max(0.0, Retry().parse_retry_after(response.headers.get("Retry-After", "0")))
    except Exception:  # noqa: BLE001 - a header that nobody can read asks for nothing
        return 0.0


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError:
        return ""


def _written(parameters: Parameters | None) -> dict[str, str] | None:
    if parameters is None:
        return None
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in parameters.items()
    }
