"""One visitor of a running Streamlit server without a browser.

Sends what the browser would send when a page is opened, a widget is moved, a button is pressed or
a file is chosen, and reads until the script has finished. Pictures are not fetched, nothing is
drawn.
"""

from __future__ import annotations

import asyncio
import http
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.http_client import HttpClient

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

    def __init__(self, connection: ClientConnection, query: str, client: HttpClient) -> None:
        self._connection = connection
        self._query = query
        self._client = client
        self._page = ""
        self._session = ""
        self._values: dict[str, WidgetState] = {}
        self._kept: dict[str, tuple[ForwardMsg, int]] = {}  # by hash, with its last run
        self._runs = 0
        self.widgets: dict[str, Widget] = {}
        self._before: dict[str, Widget] = {}  # until a run ends that began the page anew
        self.elements = 0  # on the page after the last run
        self.timers: dict[str, float] = {}  # seconds between two runs of a fragment, by its id
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

    async def tick(self, fragment: str) -> float:
        """Run a fragment, as its timer does."""
        return await self._run(fragment=fragment)

    async def set(self, key: str, kind: str, value: object) -> float:
        """Give a widget a value of any kind.

        Args:
            key: of the widget.
            kind: the field of Streamlit's widget state, such as `string_array_value`.
            value: as that field has it; a sequence for an array.
        """
        widget = self.widget(key)
        state = WidgetState(id=widget.id)
        if isinstance(value, list):
            getattr(state, kind).data.extend(value)
        else:
            setattr(state, kind, value)
        self._values[widget.id] = state
        return await self._run(fragment=widget.fragment)

    async def upload(self, key: str, name: str, content: bytes) -> float:
        """Choose a file.

        Raises:
            RuntimeError: the server did not take it.
        """
        widget = self.widget(key)
        asked = BackMsg()
        asked.file_urls_request.request_id = uuid4().hex
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self._session
        told = (await self._ask(asked, "file_urls_response")).file_urls_response
        urls = told.file_urls[0]
        answer = await asyncio.to_thread(self._client.put_file, urls.upload_url, name, content)
        if answer.status != http.HTTPStatus.NO_CONTENT:
            raise RuntimeError(f"an upload was answered with {answer.status}")
        state = WidgetState(id=widget.id)
        state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), file_id=urls.file_id, file_urls=urls
        )
        self._values[widget.id] = state
        return await self._run(fragment=widget.fragment)

    async def download(self, key: str) -> bytes:
        """Press a download button.

        Raises:
            RuntimeError: the server did not give the file.
        """
        button = self.widget(key).message
        url = button.url
        if button.HasField("deferred_file_id"):
            asked = BackMsg()
            asked.backend_operation_request.request_id = uuid4().hex
            asked.backend_operation_request.session_id = self._session
            asked.backend_operation_request.deferred_file.file_id = button.deferred_file_id
            told = await self._ask(asked, "backend_operation_response")
            if refused := told.backend_operation_response.error_msg:
                raise RuntimeError(f"a download was refused: {refused}")
            url = told.backend_operation_response.deferred_file.url
        answer = await asyncio.to_thread(self._client.get, url)
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"a download was answered with {answer.status}")
        return answer.body

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

    async def _ask(self, asked: BackMsg, kind: str) -> ForwardMsg:
        """Ask the server something beside the runs."""
        await self._connection.send(asked.SerializeToString())
        async with asyncio.timeout(PATIENCE):
            while True:
                message = ForwardMsg.FromString(await self._connection.recv())
                if message.WhichOneof("type") == kind:
                    return message

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
            case "auto_rerun":
                self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
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
        self._session = message.new_session.initialize.session_id
        if not message.metadata.run.fragment_ids:  # a fragment leaves the rest of the page as it is
            self._before, self.widgets, self.elements = self.widgets, {}, 0
            self.timers = {}

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
async def visit(
    url: str, query: str = "", client: HttpClient | None = None
) -> AsyncIterator[Visitor]:
    """A new session of the server, which leaves at the end.

    Args:
        url: of the server, `http://host:port`.
        query: the link's parameters, as after the question mark.
        client: the browser that has the session; None for a new one.
    """
    client = client or HttpClient(url)
    connection = await connect(
        url.replace("http", "ws", 1) + "/_stcore/stream",
        subprotocols=["streamlit"],
        additional_headers=client.headers,
        max_size=LARGEST,
        ping_interval=None,
    )
    if connection.response is not None:
        client.take_cookies(connection.response.headers.get_all("Set-Cookie"))
    try:
        yield Visitor(connection, query, client)
    finally:
        await connection.close()
