"""One visitor of a running Streamlit server without a browser.

Sends what the browser would send when a page is opened, a widget is moved or a button is pressed,
and reads until the script has finished. Pictures are not fetched, nothing is drawn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE = 60.0  # seconds for one run
LARGEST = 64_000_000  # bytes of one message
AGE = 2  # runs that a browser keeps a message which nothing refers to, as Streamlit has it


@dataclass(frozen=True)
class Widget:
    """A widget on the page.

    Attributes:
        id: what the server calls it.
        kind: of the element, as the protocol calls it.
        fragment: the fragment it stands in; "" for the page itself.
        message: all that the server said of it.
    """

    id: str
    kind: str
    fragment: str
    message: Any

    @property
    def key(self) -> str:
        """What the program calls it; Streamlit ends the id with it."""
        return self.id.split("-", 2)[-1]


class Visitor:
    """A session; made by `visit`."""

    def __init__(self, connection: ClientConnection, query: str) -> None:
        self._connection = connection
        self._query = query
        self._page = ""
        self._values: dict[str, WidgetState] = {}
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}  # by hash, with its last run
        self._runs = 0
        self.widgets: dict[str, Widget] = {}
        self._before: dict[str, Widget] = {}  # until a run ends that began the page anew
        self.elements = 0  # on the page after the last run
        self.largest = 0  # bytes of the largest message so far
        self.received = 0  # bytes of all messages so far

    async def open(self, page: str = "") -> float:
        """Open a page by its path; gives the seconds it took, like all that follow."""
        self._page, self._values = "", {}
        return await self._run(page=page)

    async def again(self) -> float:
        """Run the page as it is."""
        return await self._run()

    async def slide(self, key: str, value: float) -> float:
        """Move a slider."""
        widget = self.widget(key)
        state = WidgetState(id=widget.id)
        state.double_array_value.data.append(value)
        self._values[widget.id] = state
        return await self._run(fragment=widget.fragment)

    async def choose(self, key: str, place: int) -> float:
        """Choose an option of a select box by its place; past the last it begins again."""
        widget = self.widget(key)
        options = widget.message.options
        word = options[place % len(options)]
        self._values[widget.id] = WidgetState(id=widget.id, string_value=word)
        return await self._run(fragment=widget.fragment)

    def fill(self, key: str, text: str) -> None:
        """Fill a field of a form in; the server hears of it when the form's button is pressed."""
        identity = self.widget(key).id
        self._values[identity] = WidgetState(id=identity, string_value=text)

    async def turn(self, key: str, page: int) -> float:
        """Turn to a page, counted from 1."""
        widget = self.widget(key)
        self._values[widget.id] = WidgetState(id=widget.id, int_value=page)
        return await self._run(fragment=widget.fragment)

    async def press(self, key: str) -> float:
        """Press a button."""
        widget = self.widget(key)
        return await self._run(WidgetState(id=widget.id, trigger_value=True), widget.fragment)

    async def look(self, key: str) -> float:
        """Run the fragment that a widget stands in, as its timer does."""
        return await self._run(fragment=self.widget(key).fragment)

    def widget(self, key: str) -> Widget:
        """The widget of this key.

        Raises:
            LookupError: the page has none.
        """
        if key not in self.widgets:
            raise LookupError(f"the page has no widget {key!r}, only {sorted(self.widgets)}")
        return self.widgets[key]

    @property
    def link(self) -> dict[str, str]:
        """The parameters of the page's address."""
        return dict(parse_qsl(self._query))

    async def _run(
        self, pressed: WidgetState | None = None, fragment: str = "", page: str = ""
    ) -> float:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_name = self._query, page
        asked.page_script_hash, asked.fragment_id = self._page, fragment
        self._runs += 1
        self._kept = {h: kept for h, kept in self._kept.items() if self._runs - kept[1] <= AGE}
        asked.cached_message_hashes.extend(self._kept)
        asked.widget_states.widgets.extend(self._values.values())
        if pressed is not None:
            asked.widget_states.widgets.append(pressed)
        start = time.perf_counter()
        await self._connection.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while not self._take(await self._connection.recv()):
                pass
        return time.perf_counter() - start

    def _take(self, sent: bytes) -> bool:
        """Take in what the server says; whether the run has finished with it."""
        self.largest = max(self.largest, len(sent))
        self.received += len(sent)
        message = self._whole(ForwardMsg.FromString(sent))
        match message.WhichOneof("type"):
            case "new_session":
                self._begin(message)
            case "navigation":
                self._page = message.navigation.page_script_hash or self._page
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "delta":
                self._draw(message.delta)
            case "script_finished":
                # Before `st.rerun` and `st.switch_page` a run only ends early; the next follows.
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return True
                self.widgets = self._before | self.widgets
        return False

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        """The message itself, where the server sends only the hash of one that is known."""
        known = message.ref_hash
        if known:
            message = self._kept[known][0]
        if known or message.metadata.cacheable:
            self._kept[known or message.hash] = message, self._runs
        return message

    def _begin(self, message: ForwardMsg) -> None:
        self._page = message.new_session.page_script_hash
        if not message.metadata.run.fragment_ids:  # a fragment leaves the rest of the page as it is
            self._before, self.widgets, self.elements = self.widgets, {}, 0

    def _draw(self, delta: Any) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        kind = delta.new_element.WhichOneof("type")
        element = getattr(delta.new_element, kind)
        if kind == "exception":
            raise RuntimeError(f"the page failed: {element.type} {element.message}")
        self.elements += 1
        if identity := getattr(element, "id", ""):
            widget = Widget(identity, kind, delta.fragment_id, element)
            self.widgets[widget.key] = widget


@asynccontextmanager
async def visit(url: str, query: str = "") -> AsyncIterator[Visitor]:
    """A new session of the server, which leaves at the end.

    Args:
        url: of the server, `http://host:port`.
        query: the link's parameters, as after the question mark.
    """
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    connection = await connect(
        address, subprotocols=["streamlit"], max_size=LARGEST, ping_interval=None
    )
    try:
        yield Visitor(connection, query)
    finally:
        await connection.close()
