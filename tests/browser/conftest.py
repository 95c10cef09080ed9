"""One server and one browser for all browser tests; a fresh visitor for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.server import Dashboard, running_dashboard
from tests.browser.visitor import Visitor

NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with running_dashboard(tmp_path_factory.mktemp("dashboard")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        pytest.fail("no Chromium; `make test` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def new_visitor(browser: Browser, dashboard: Dashboard) -> Iterator[NewVisitor]:
    """Opens a tab in a browser profile of its own, as another person has it."""
    contexts = []

    def create(url: str = dashboard.url, *, dark: bool = False, width: int = 1440) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        return Visitor(context.new_page(), url)

    yield create
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    return new_visitor()


@pytest.fixture(scope="session")
def real() -> Path:
    """Two real projects made by others, beside the repository."""
    folder = Path(__file__).parents[3] / "shared" / "real"
    if not folder.is_dir():
        pytest.skip("../shared/real is not there: the real projects are not tested")
    return folder
