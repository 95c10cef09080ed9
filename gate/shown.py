"""Which files pages told whom of: only those may be fetched, since an address may be anybody's."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any, Final

from starlette.types import Message, Send

from gate.streamlit_inside import MEDIA_PATH

_PEOPLE: Final = 1000  # who were here last are remembered
_FILES: Final = 20_000  # of each, the last ones
_MEDIUM: Final = re.compile(re.escape(MEDIA_PATH).encode() + rb"([0-9A-Za-z]+)")


class Shown:
    """Files that people's pages show or offer, by their ids; one event loop's.

    What a page says is looked through on its way: a file may be made once a button is pressed, and
    Streamlit does not note then whose it is.
    """

    def __init__(self) -> None:
        self._files: OrderedDict[str, OrderedDict[bytes, None]] = OrderedDict()

    def note(self, who: str, content: bytes) -> None:
        """Somebody's page is told something."""
        if MEDIA_PATH.encode() not in content:
            return
        files = self._files.setdefault(who, OrderedDict())
        self._files.move_to_end(who)
        for medium in _MEDIUM.findall(content):
            files[medium] = None
            files.move_to_end(medium)
        _shorten(files, _FILES)
        _shorten(self._files, _PEOPLE)

    def is_to(self, who: str, path: str) -> bool:
        """Whether somebody's page was told of a file."""
        asked = _MEDIUM.match(path.encode())
        return asked is not None and asked[1] in self._files.get(who, ())


def noting(send: Send, who: str, shown: Shown) -> Send:
    """What a page is told, noted on its way."""

    async def noted(message: Message) -> None:
        if message["type"] == "websocket.send" and (content := message.get("bytes")):
            shown.note(who, content)
        await send(message)

    return noted


def _shorten(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
