"""Large files: streamed to disk, gone on with after a break, there whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import requests

from services.edge_impulse.content import Content, check_content
from services.edge_impulse.errors import StudioError
from services.edge_impulse.transport import CHUNK_BYTES, Transport
from services.errors import Cancelled, ProjectError
from services.work.progress import Progress

FIRST_BYTES = 16  # bytes that tell what a file is
LARGEST = 20_000_000_000


def download(
    transport: Transport,
    url: str,
    target: Path,
    content: Content,
    progress: Progress,
    *,
    check: Callable[[Path], None] = lambda _: None,
) -> int:
    """Fetch a file; what an earlier attempt left of the same file is not fetched again.

    Args:
        transport: the way to Studio.
        url: where the file is; to a host other than Studio's the key is not sent.
        target: where it belongs.
        content: what it should be.
        progress: is told the bytes.
        check: refuses a file that is whole but damaged.

    Returns:
        How many bytes came over the network.

    Raises:
        StudioError: it is refused, is something else, or Studio cannot be reached.
        ProjectError: the disk is full.
        Cancelled: the person left; then nothing of the file stays.
    """
    part = target.with_name(f".{target.name}.part")
    mark = target.with_name(f".{target.name}.mark")  # which version the part is of
    came = 0

    def attempt() -> None:
        nonlocal came
        begun = part.stat().st_size if part.exists() and mark.exists() else 0
        version = mark.read_text() if begun else ""
        headers = {"Accept-Encoding": "identity"}
        if begun:
            headers |= {"Range": f"bytes={begun}-", "If-Range": version}
        with transport.opened(url, headers=headers, elsewhere=True) as response:
            whole = response.status_code != HTTPStatus.PARTIAL_CONTENT
            begun = 0 if whole else begun
            _mark(mark, response)
            length = response.headers.get("Content-Length", "")
            total = begun + int(length) if length.isdecimal() else 0
            with part.open("wb" if whole else "ab") as sink:
                for chunk in _pieces(response):
                    if sink.tell() == 0:
                        check_content(content, chunk, response.headers.get("Content-Type", ""))
                    sink.write(chunk)
                    came += len(chunk)
                    if sink.tell() > LARGEST:
                        raise StudioError(f"Studio sends more than {LARGEST // 10**9} GB.", 200)
                    progress.measure(sink.tell(), total)
                if sink.tell() == 0:
                    check_content(content, b"", response.headers.get("Content-Type", ""))

    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _while_it_grows(transport, attempt, part)
        check(part)
        part.replace(target)
    except StudioError as error:
        if error.status == HTTPStatus.OK:  # it came, but is not the file; else its part stays
            _remove(part, mark)
        raise
    except Cancelled:
        _remove(part, mark)
        raise
    except OSError as error:
        _remove(part, mark)
        raise ProjectError(
            "What Studio sends cannot be kept on this server; its disk may be full."
        ) from error
    _remove(mark)
    return came


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """The body in pieces, the first of which is long enough to tell what it is."""
    first = b""
    pieces = response.iter_content(CHUNK_BYTES)
    for piece in pieces:
        first += piece
        if len(first) >= FIRST_BYTES:
            break
    if first:
        yield first
    yield from pieces


def _while_it_grows(transport: Transport, attempt: Callable[[], None], part: Path) -> None:
    """As long as each round of attempts brings more of the file, there is another one."""
    most = 0
    while True:
        try:
            transport.patiently(attempt)
        except StudioError as error:
            if error.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and part.exists():
                part.unlink()
                continue
            size = part.stat().st_size if part.exists() else 0
            if error.status or size <= most:
                raise
            most = size
        else:
            return


def _mark(mark: Path, response: requests.Response) -> None:
    version = response.headers.get("ETag", "")
    if version and not version.startswith("W/"):
        mark.write_text(version)
    else:
        mark.unlink(missing_ok=True)


def _remove(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
