"""What Studio refuses, in one sentence with the way out."""

from __future__ import annotations

import json
import re
from http import HTTPStatus

from services.edge_impulse.access import without_keys
from services.errors import ProjectError

_LONGEST = 200  # characters that are shown of what a server says
_QUOTA = re.compile(r"quota|compute time|time limit|exceeded|upgrade", re.IGNORECASE)
_RIGHTS = re.compile(r"permission|valid roles|not allowed|forbidden", re.IGNORECASE)


class StudioError(ProjectError):
    """Studio refused, or could not be reached.

    Attributes:
        status: of the HTTP answer; 0 where there was none.
        said: Studio's own words; empty where it had none.
    """

    def __init__(self, sentence: str, status: int = 0, said: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.said = said

    @property
    def is_about_rights(self) -> bool:
        """Whether the key may not do this."""
        return self.status == HTTPStatus.FORBIDDEN or bool(_RIGHTS.search(self.said))

    @property
    def is_final(self) -> bool:
        """Whether Studio said no, so that nothing came of the request; else it may have arrived."""
        busy = self.status == HTTPStatus.TOO_MANY_REQUESTS  # earlier attempts may have arrived
        return 0 < self.status < HTTPStatus.INTERNAL_SERVER_ERROR and not busy

    @property
    def concerns_all(self) -> bool:
        """Whether the next request would be refused as well."""
        return self.is_about_rights or self.status in {401, 402, 429}


def refusal(status: int, body: bytes) -> StudioError:
    """The error for an answer that is no success.

    Args:
        status: of the HTTP answer; 200 where the body says `"success": false`.
        body: of the answer; JSON with `error`, or text.
    """
    said = _said(body)
    quoted = f"Studio says “{said}”"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "Studio was asked too often and wants a pause; try again in a few minutes."
    elif status == HTTPStatus.PAYMENT_REQUIRED or _QUOTA.search(said):
        sentence = (
            f"{quoted}: a quota of the project is used up; see Studio's dashboard for what is left."
        )
    elif _RIGHTS.search(said) or (status == HTTPStatus.FORBIDDEN and not said):
        sentence = (
            f"{quoted if said else 'Studio refuses'}: this key may not do that; "
            "make one with the role admin in Studio on Dashboard, Keys."
        )
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = f"Studio has a fault of its own ({status}); try again later."
    elif said:
        sentence = f"{quoted}."
    else:
        sentence = f"Studio answers with the status {status} and no word; try again later."
    return StudioError(sentence, status, said)


def _said(body: bytes) -> str:
    """A server's own words on one line, without keys and without markup."""
    try:
        answer = json.loads(body)
        words = answer.get("error") or answer.get("message") or ""
    except (ValueError, AttributeError, RecursionError):
        text = body[:2000].decode("utf-8", "replace")
        words = "" if "<" in text else text
    return showable(str(words)).rstrip(".")


def showable(words: str) -> str:
    """A server's words as they may be shown: on one line, not too long, without keys."""
    line = " ".join(without_keys(words).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
