"""An API key and the Studio it belongs to; the key shows itself to nobody but the wire."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from dataclasses import dataclass, field
from typing import Any, NoReturn

from services.edge_impulse.host import PUBLIC, Host
from services.errors import ProjectError
from services.metrics import ERRORS

_KEY = re.compile(r"ei_[A-Za-z0-9_-]{1,200}")
_PROCESS_SECRET = secrets.token_bytes(32)


class ApiKey:
    """A project's API key.

    It has no readable form: not in `repr`, not in a format string, not in a pickle. Only
    `reveal` gives it away, for the header of a request.

    Raises:
        ProjectError: the text is no API key.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        text = text.strip()
        if not text:
            raise ProjectError("Type the project's API key; Studio shows it on Dashboard, Keys.")
        if not _KEY.fullmatch(text):
            raise ProjectError(
                "That is no Edge Impulse API key: one begins with ei_ and has no spaces; "
                "copy it again in Studio on Dashboard, Keys."
            )
        self._text = text

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    def __repr__(self) -> str:
        return "ApiKey(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and hmac.compare_digest(self._text, other.reveal())

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key is not written anywhere")

    @property
    def fingerprint(self) -> str:
        """Tells keys apart within this process, and says nothing outside it."""
        return hmac.new(_PROCESS_SECRET, self._text.encode(), hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Access:
    """What it takes to talk to a project.

    Attributes:
        key: its API key.
        host: its Studio.
        lent: what the server calls the key, where it is the server's own: with that nothing is
            changed. "" for a person's own key.
    """

    key: ApiKey
    host: Host = field(default_factory=lambda: Host(PUBLIC))
    lent: str = ""

    @property
    def fingerprint(self) -> str:
        """Tells accesses apart within this process."""
        return f"{self.key.fingerprint}@{self.host.origin}{' lent' if self.lent else ''}"


def without_keys(text: str) -> str:
    """The text with everything that looks like an API key taken out."""
    return _KEY.sub("ei_…", text)


def redact_logs() -> None:
    """Keep keys out of every log of this process, whoever writes it and at whatever level."""
    logging.setLogRecordFactory(_redacted)


def _redacted(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - as logging calls it
    record = logging.LogRecord(*args, **kwargs)
    if (record.levelno or 0) >= logging.ERROR:  # here, because nowhere else are all records seen
        ERRORS.add(record.name)
    try:
        said = record.getMessage()
    except Exception:  # noqa: BLE001 - its arguments do not fit; logging would print them as they are
        said = f"{record.msg} {record.args}"
    if _KEY.search(said):
        record.msg, record.args = without_keys(said), None
    if record.exc_info and record.exc_info[1] is not None:
        text = logging.Formatter().formatException(record.exc_info)
        if _KEY.search(text):
            record.exc_text, record.exc_info = without_keys(text), None
    return record
