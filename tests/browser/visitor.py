"""A person with a browser: opens pages, waits for them to come to rest, sees what went wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Error, Locator, Page, expect
from playwright.sync_api import TimeoutError as Late

from tests.waiting import PATIENCE

REST = (
    "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
)
PAGES = (
    "project", "samples", "explain", "review", "mistakes", "layers", "embeddings", "scan",
    "network", "compare", "device", "export",
)  # fmt: skip
SECTIONS = {  # that the navigation folds
    "Data": ("Project", "Samples"),
    "Why": ("Explain", "Review", "Mistakes", "Scan", "Worklist"),
    "Network": ("Layers", "Embeddings", "Network", "Compare", "Device"),
}
FORGET = "() => { try { localStorage.clear(); sessionStorage.clear() } catch {} }"
LINKED = """wanted => {
  const now = new URLSearchParams(location.search)
  return Object.entries(wanted).every(([name, value]) => now.get(name) === value)
}"""
UNFOLDED = """title => {
  const named = one => one.querySelector("summary")?.textContent.includes(title)
  const fold = [...document.querySelectorAll("details")].find(named)
  if (fold && !fold.open) fold.querySelector("summary").click()
  return Boolean(fold?.open)
}"""
IDLE = "() => new Promise(done => requestIdleCallback(() => done(), {timeout: 1000}))"
DEBOUNCED = f"() => new Promise(done => setTimeout(done, 200)).then({IDLE})"  # of the widgets
TIMEOUT = 1000 * PATIENCE  # ms; the first page of a process waits for TensorFlow


@dataclass
class Visitor:
    """One browser tab on a dashboard.

    Attributes:
        page: Playwright's page.
        url: the dashboard's address.
        broken: errors that the browser reported.
    """

    page: Page
    url: str
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(TIMEOUT)
        self.page.on("pageerror", self._hear)

    def _hear(self, error: Error) -> None:
        self.broken.append(str(error))

    def leave(self) -> None:
        """Leave the tab as if nobody had been there."""
        self.page.remove_listener("pageerror", self._hear)
        self.page.evaluate(FORGET)
        self.page.context.clear_cookies()
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")

    def open(self, name: str = "", **query: str) -> Visitor:
        """Open a page by its link and wait until it stands."""
        self.page.goto(f"{self.url}/{name}" + (f"?{urlencode(query)}" if query else ""))
        return self.settle()

    def settle(self) -> Visitor:
        """Wait until the page has its title, no script runs and nothing is being opened."""
        expect(self.page.locator("h1").first).to_be_visible()
        self.at_rest()  # a page has its title before it is known whether anything is waited for
        expect(self.page.locator(".st-key-stop_waiting")).to_have_count(0)
        self.at_rest()
        # An embedding begins by itself, and what a page shows is known when it is there.
        begun = self.page.locator(".st-key-stop_embedding")
        if begun.count():
            expect(begun).to_have_count(0)
            self.at_rest()
        return self

    def at_rest(self) -> Visitor:
        """Wait until the widgets' delay is over, no script runs and what it told is drawn."""
        self.page.evaluate(DEBOUNCED)
        self.drawn()
        return self

    def drawn(self) -> None:
        """Wait until no script runs and the browser has nothing left to do about the last one."""
        for _ in range(2):
            expect(self.page.locator(REST)).to_have_count(1)
            self.page.evaluate(IDLE)
        expect(self.page.locator(REST)).to_have_count(1)

    def go(self, title: str) -> Visitor:
        """Follow the navigation to a page."""
        self.follow(title)
        expect(self.page.locator("h1").first).to_be_visible()
        return self.settle()

    def follow(self, title: str) -> None:
        """Click on a page in the navigation, and wait for its address alone."""
        section = next((name for name, titles in SECTIONS.items() if title in titles), None)
        if section is None:
            self.page.get_by_test_id("stTopNavLink").filter(has_text=title).click()
        else:
            self.page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
            self.page.get_by_test_id("stTopNavDropdownLink").filter(has_text=title).click()
        self.page.wait_for_url(re.compile(f"/{title.lower()}"))

    @property
    def query(self) -> dict[str, str]:
        """The link's parameters."""
        return {k: v[0] for k, v in parse_qs(urlsplit(self.page.url).query).items()}

    def unfold(self, title: str) -> None:
        """Open what is folded, also where a run folds it anew meanwhile."""
        self.at_rest()
        self.page.wait_for_function(UNFOLDED, arg=title, polling=1500)

    def linked(self, **parameters: str) -> None:
        """Wait until the link has these parameters."""
        try:
            self.page.wait_for_function(LINKED, arg=parameters)
        except Late:
            assert {name: self.query.get(name) for name in parameters} == parameters

    def exceptions(self) -> list[str]:
        """Error elements on the page, and errors in the browser."""
        shown = self.page.get_by_test_id("stException").all_inner_texts()
        return [*shown, *self.broken]

    def notices(self) -> list[str]:
        """What the page says in boxes, without their icons."""
        boxes = self.page.get_by_test_id("stAlert").get_by_test_id("stMarkdownContainer")
        return [text.strip() for text in boxes.all_inner_texts()]

    def told(self, words: str) -> None:
        """Wait until the first box on the page says this."""
        expect(self.page.get_by_test_id("stAlert").first).to_contain_text(words)

    def board(self, key: str) -> Locator:
        """A board by its key; Playwright looks through its shadow root."""
        return self.page.locator(f".st-key-{key} .board")

    def pixels(self, selector: str) -> list[int]:
        """The colours of a canvas, once it is painted."""
        canvas = self.page.locator(selector).first
        expect(canvas).to_have_attribute("data-painted", re.compile(r".+"))
        return canvas.evaluate(
            "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
        )

    def choose(self, key: str, option: str) -> Visitor:
        """Choose an option of a select box."""
        self.options(key)
        self.page.get_by_role("option", name=option, exact=True).click()
        return self.at_rest()

    def options(self, key: str) -> Locator:
        """Open the list of a select box and give what it offers."""
        box = self.page.locator(f".st-key-{key} [role=combobox], .st-key-{key} input").first
        box.scroll_into_view_if_needed()
        # A list closes when its surroundings scroll, and the browser tells of that a frame later.
        box.evaluate(
            "() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))"
        )
        box.click()
        options = self.page.get_by_test_id("stSelectboxVirtualDropdown").get_by_role("option")
        expect(options.first).to_be_visible()
        return options

    def press(self, key: str, option: str) -> Visitor:
        """Press a button of a segmented control, or a button."""
        place = self.page.locator(f".st-key-{key}")
        place.get_by_role("radio", name=option).or_(
            place.get_by_role("button", name=option)
        ).first.click()
        return self.at_rest()

    def runs(self) -> int:
        """How many script runs this tab has seen end."""
        return int(self.page.evaluate("() => window.gradcamRuns ?? 0"))

    def count_runs(self) -> None:
        """Count runs from now on, by the state that Streamlit writes on its root element."""
        # Once a session the browser is asked whether it draws, and the page is drawn again.
        expect(self.page.locator(".st-key-probe")).to_have_count(0)
        self.at_rest()
        self.page.evaluate(
            """() => {
                const app = document.querySelector('[data-testid=stApp]')
                window.gradcamRuns = 0
                new MutationObserver(() => {
                    if (app.dataset.testScriptState === 'running') window.gradcamRuns++
                }).observe(app, { attributeFilter: ['data-test-script-state'] })
            }"""
        )
