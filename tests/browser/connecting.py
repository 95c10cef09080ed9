"""A person who connects Edge Impulse projects, and the imitation of Studio on the other side."""

from __future__ import annotations

import base64
import itertools
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Locator, WebSocket, expect
from playwright.sync_api import TimeoutError as Timeout
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.server import Dashboard
from tests.browser.visitor import Visitor
from tests.studio import Role, Studio, StudioProject

MARK = "NobodyMayEverReadThis"  # part of every key: wherever it turns up, a key has leaked
PICTURES = "/*/raw-data/*/image"
MODELS = "/*/learn-data/*/model/*"
EXPORT = "/*/jobs/export/original"
CLASSIFY = "/*/jobs/classify"
AGAIN = 5  # times that a key may be sent for each time that it is typed
SWALLOWED = 20_000  # milliseconds: who told the server nothing by then never noticed the click
TRIES = 60  # of choosing in a list; only a page that never rests needs them all
BY_SAMPLE, BY_EXPORT = "Sample by sample", "By export"

_numbers = itertools.count(501)


@dataclass(frozen=True)
class Site:
    """A dashboard and a Studio that it may talk to.

    Attributes:
        studio: the imitation.
        dashboard: allowed to talk to it, and to `closed`.
        closed: the address of a Studio that does not answer.
        cache: where the dashboard keeps what it fetched.
    """

    studio: Studio
    dashboard: Dashboard
    closed: str
    cache: Path

    def hold(self, project: StudioProject, role: Role = Role.ADMIN) -> str:
        """Have a project in Studio from now on, under a number and a key of its own: the key."""
        project.id = next(_numbers)
        key = f"ei_{MARK}{project.id}"
        project.keys = {key: role}
        self.studio.projects[project.id] = project
        return key

    def kept(self, project: StudioProject) -> list[Path]:
        """Files that the dashboard keeps of a project."""
        folders = (self.cache / "edge-impulse").glob(f"*/{project.id}")
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    def places_of(self, text: str) -> list[str]:
        """Where a text stands in the dashboard's log, or in names and files of what it keeps."""
        wanted = {text.encode(), text.encode().hex().encode(), base64.b64encode(text.encode())}
        found = []
        kept = (self.cache, self.cache.with_name("notes"))
        for path in [self.dashboard.log, *(each for folder in kept for each in folder.rglob("*"))]:
            content = path.read_bytes() if path.is_file() else b""
            if text in path.name or any(form in content for form in wanted):
                found.append(str(path))
        return found

    def tidy(self) -> None:
        """Have no project in Studio and no fault."""
        self.studio.faults.clear()
        self.studio.projects.clear()
        self.studio.forget()


def copied(project: StudioProject) -> StudioProject:
    """A project that can be changed without changing the first one."""
    return replace(
        project,
        impulses=deepcopy(project.impulses),
        samples=dict(project.samples),
        tests=dict(project.tests),
        exports=[],
        lock=threading.RLock(),
    )


class LeakedError(AssertionError):
    """A key, or what nobody may read, was found somewhere."""


@dataclass
class Person(Visitor):
    """A visitor who types API keys. Nobody may read them anywhere else.

    Attributes:
        host: the Studio to connect to, where a test names no other.
        typed: how often a key was sent off by pressing Connect.
        sent: frames from the browser that carried a key.
        leaks: where else a key, or another text of `banned`, turned up.
        banned: what this person may never be shown, whether it can be seen or not.
        socket: what the page talks to the dashboard by.
    """

    host: str = ""
    typed: int = 0
    sent: int = 0
    leaks: list[str] = field(default_factory=list)
    banned: list[str] = field(default_factory=lambda: [MARK])
    socket: WebSocket = field(init=False, repr=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.page.on("request", lambda request: self._look(request.url, "a request", [MARK]))
        self.page.on("websocket", self._overhear)

    def _overhear(self, socket: WebSocket) -> None:
        self.socket = socket
        socket.on("framesent", self._count)
        socket.on("framereceived", lambda frame: self._look(frame, "a frame to the browser"))

    def _count(self, frame: str | bytes) -> None:
        self.sent += MARK.encode() in _bytes(frame)

    def _look(self, told: str | bytes, where: str, banned: Sequence[str] = ()) -> None:
        content, banned = _bytes(told), banned or self.banned
        self.leaks += [f"{text} in {where}" for text in banned if text.encode() in content]

    def look_around(self) -> list[str]:
        """Where a key can be read in this browser, or could be."""
        self._look(self.page.content(), "the page")
        stored = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
        if self.page.url.startswith("http"):
            self._look(self.page.evaluate(stored), "the browser's storage")
        self._look(str(self.page.context.cookies()), "a cookie")
        # Streamlit's timer sends the form again until the emptied field has come back.
        if not self.typed <= self.sent <= AGAIN * self.typed:
            self.leaks.append(f"{self.sent} frames from the browser, {self.typed} keys typed")
        return self.leaks

    # ------------------------------------------------------------------------------- doing

    def start(self, action: Callable[[], object]) -> Person:
        """Do something and wait until the run that it causes has ended, whatever goes on then."""
        with self.socket.expect_event("framereceived", _ends_a_run):
            self._until_sent(action)
        return self

    def _until_sent(self, action: Callable[[], object]) -> None:
        """Do it again where the browser has nothing to tell: what moves swallows a click."""
        for _ in range(3):
            with suppress(Timeout), self.socket.expect_event("framesent", timeout=SWALLOWED):
                action()
                return
        raise AssertionError("the page told the server nothing")

    def do(self, action: Callable[[], object]) -> Person:
        """Do something and wait until it has ended, with all that was opened by it."""
        return self.start(action).ended()

    def ended(self) -> Person:
        """Wait until what came is drawn and nothing is being opened any more."""
        self.page.evaluate("() => new Promise(d => requestAnimationFrame(() => setTimeout(d, 30)))")
        self.drawn()
        return self.settle() if self.button("stop_waiting").count() else self

    def press_button(self, key: str) -> Person:
        """Press a button and wait until that has ended."""
        return self.do(self.button(key).click)

    def connect(self, key: str, *, host: str = "", way: str = BY_SAMPLE) -> Person:
        """Connect by a key, and wait until that has ended in one way or another."""
        return self.begin(key, host=host, way=way).ended()

    def begin(self, key: str, *, host: str = "", way: str = BY_SAMPLE) -> Person:
        """Fill the form in and press Connect."""
        self.unfold().choose_host(host or self.host)
        self.fill(key, way)
        return self.start(self.button("connect").click)

    def unfold(self) -> Person:
        """Have the form for a key before one."""
        self.page.bring_to_front()  # a list in a tab behind another one closes at once
        summary = self.page.get_by_text("Open another project")
        folded = self.page.locator("details:not([open])").filter(has=summary)
        if folded.count():
            summary.click()
            self.at_rest()  # a list closes at once while its surroundings move
        expect(self.key_field).to_be_visible()
        return self

    def choose_host(self, origin: str) -> None:
        """Choose one of the hosts that the form offers, or type another one."""
        typed = self.page.locator(".st-key-host [role=combobox]")
        options = self.page.get_by_role("option")
        for _ in range(TRIES):  # whatever moves on the page closes a list
            if typed.input_value() == origin:
                break
            typed.fill(origin)
            with suppress(Timeout):
                options.filter(has_text=origin).click(timeout=3000)
                expect(options).to_have_count(0, timeout=3000)
            self.key_field.focus()  # what was typed but not chosen is gone then
        expect(typed).to_have_value(origin)  # no test may call the real Studio

    def fill(self, key: str, way: str = BY_SAMPLE) -> None:
        """Type a key, and choose how the test set comes."""
        self.key_field.fill(key)
        self.typed += MARK in key
        option = self.page.locator(".st-key-way").get_by_role("radio", name=way)
        for _ in range(TRIES):  # whatever moves on the page swallows a click
            if option.is_checked():
                break
            self.page.locator(".st-key-way").get_by_text(way, exact=True).click()
            with suppress(AssertionError):
                expect(option).to_be_checked(timeout=3000)
        expect(option).to_be_checked()

    @property
    def key_field(self) -> Locator:
        """Where the key is typed."""
        return self.page.locator(".st-key-api_key input")

    @property
    def panel(self) -> Locator:
        """What the Project page says of a project in Studio."""
        return self.page.locator(".st-key-studio")

    @property
    def title(self) -> Locator:
        """The page's title; on the Project page the project's name."""
        return self.page.locator("h1").first

    def button(self, key: str) -> Locator:
        """A button by its key; with a help text Streamlit draws it twice."""
        return self.page.locator(f".st-key-{key} button:visible").first

    def go_meanwhile(self, title: str) -> Person:
        """Follow the navigation while a project is on its way."""
        self.follow(title)
        expect(self.title).to_be_visible()
        return self.at_rest()

    # -------------------------------------------------------------------------------- seeing

    @property
    def progress(self) -> Locator:
        """What is being done, how far, how many megabytes."""
        return self.page.locator(".st-key-notices").get_by_test_id("stProgress")

    @property
    def troubled(self) -> bool:
        """Whether something is still on its way, or went wrong on the page."""
        return bool(self.button("stop_waiting").count() or self.exceptions())

    def stages(self) -> list[str]:
        """The stepper's lines."""
        lines = self.page.locator(".st-key-notices p").filter(has_text=re.compile("[✓●○]"))
        return lines.inner_text().splitlines()

    def samples(self) -> list[str]:
        """Names of the samples on this page of Samples."""
        tiles = self.page.locator(".st-key-gallery button.frame")
        expect(tiles.first).to_be_visible()
        return tiles.evaluate_all("tiles => tiles.map(tile => tile.dataset.id)")

    def table(self, name: str) -> list[list[str]]:
        """The rows of a table, by what it is called for people who cannot see it."""
        named = self.page.locator(f'[aria-label*="{name}"]')
        rows = self.page.get_by_test_id("stDataFrame").filter(has=named).locator("tbody tr")
        expect(rows.first).to_be_attached()
        return [row.locator("td").all_inner_texts() for row in rows.all()]


def _ends_a_run(frame: str | bytes) -> bool:
    return isinstance(frame, bytes) and (
        ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished"
    )


def _bytes(told: str | bytes) -> bytes:
    return told.encode() if isinstance(told, str) else told
