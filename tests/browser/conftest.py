"""One server and one browser for all browser tests; a fresh visitor for each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.connecting import MARK, LeakedError, Person, Site
from tests.browser.provider import PEOPLE, ROLES, running_provider
from tests.browser.server import Dashboard, running_dashboard
from tests.browser.visitor import TIMEOUT, Visitor
from tests.studio import StudioProject, demo_project, running_studio
from tests.waiting import PATIENCE

NewVisitor = Callable[..., Visitor]
NewPerson = Callable[..., Person]
expect.set_options(timeout=TIMEOUT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Chromium on two cores can miss a moment: one more try, which the end of a run tells of.

    A key that leaked has leaked: for that there is none.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.flaky(reruns=1, rerun_except="LeakedError"))


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


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> list[Page]:
    """Tabs that nobody uses, each in a browser profile of its own.

    They are used again, since a tab has to load and compile Streamlit's program when it is new.
    """
    return []


@pytest.fixture
def new_visitor(browser: Browser, dashboard: Dashboard, tabs: list[Page]) -> Iterator[NewVisitor]:
    """Gives a tab in a browser profile of its own, as another person has it."""
    visitors: list[Visitor] = []

    def create(url: str = dashboard.url, *, dark: bool = False, width: int = 1440) -> Visitor:
        page = tabs.pop() if tabs else browser.new_context().new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        visitors.append(Visitor(page, url))
        return visitors[-1]

    yield create
    for visitor in visitors:
        visitor.leave()
        tabs.append(visitor.page)


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


# ---------------------------------------------------------------------------- several people


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard where a provider signs people in."""
    folder = tmp_path_factory.mktemp("hosted")
    with running_provider(folder, PEOPLE) as provider:
        (folder / "people.toml").write_text(ROLES.format(provider=provider))
        with running_dashboard(
            folder,
            GRADCAM_LOGIN="oidc",
            GRADCAM_URL="http://localhost:{port}",
            GRADCAM_OIDC_METADATA=f"{provider}/.well-known/openid-configuration",
            GRADCAM_OIDC_CLIENT_ID="gradcam",
            GRADCAM_OIDC_CLIENT_SECRET="known to nobody else",
            GRADCAM_PEOPLE=str(folder / "people.toml"),
        ) as dashboard:
            yield dashboard


# ------------------------------------------------------------------------------- Edge Impulse


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nothing that was typed into this dashboard may be found in its log or on its disk."""
    folder = tmp_path_factory.mktemp("edge_impulse")
    # Everybody's log at debug level; Streamlit's own setting is for its own only.
    (folder / "sitecustomize.py").write_text("import logging\nlogging.basicConfig(level=10)\n")
    with socket.socket() as silent, running_studio() as studio:
        silent.bind(("127.0.0.1", 0))  # and does not listen
        closed = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with running_dashboard(
            folder,
            PYTHONPATH=str(folder),
            STREAMLIT_LOGGER_LEVEL="debug",
            GRADCAM_STUDIO_HOSTS=f"{studio.url},{closed}",
            GRADCAM_STUDIO_POLL="0.05",
            GRADCAM_STUDIO_TIMEOUT=str(PATIENCE),
        ) as dashboard:
            site = Site(studio, dashboard, closed, folder / "cache")
            yield site
        assert site.places_of(MARK) == []


@pytest.fixture
def site(running_site: Site) -> Iterator[Site]:
    """A dashboard and a Studio that holds nothing yet and has no fault."""
    yield running_site
    running_site.tidy()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile for many tabs: what Streamlit loads is loaded once."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def new_person(browser: Browser, profile: BrowserContext, site: Site) -> Iterator[NewPerson]:
    """Opens tabs for people who connect projects, and sees to it that no key is ever shown.

    With a theme or a width it is a browser profile of its own.
    """
    people: list[Person] = []

    def create(url: str = site.dashboard.url, *, theme: str = "light", width: int = 1440) -> Person:
        context = profile
        if (theme, width) != ("light", 1440):
            size = {"width": width, "height": 900}
            context = browser.new_context(viewport=size, color_scheme=theme)
        people.append(Person(context.new_page(), url, host=site.studio.url))
        return people[-1]

    yield create
    leaks = [person.look_around() for person in people]
    for person in people:
        person.page.close()
        if person.page.context is not profile:
            person.page.context.close()
    if any(leaks):
        raise LeakedError(leaks)


@pytest.fixture
def person(new_person: NewPerson) -> Person:
    return new_person()


@pytest.fixture(scope="session")
def tab(profile: BrowserContext, running_site: Site) -> Iterator[Person]:
    """A tab that stays open, because opening one takes longer than connecting."""
    url, host = running_site.dashboard.url, running_site.studio.url
    yield (person := Person(profile.new_page(), url, host=host))
    person.page.close()


@pytest.fixture
def watched(tab: Person, site: Site) -> Iterator[Person]:
    """The tab that stays open, on whatever page it was left; no test shows a key in it."""
    yield tab
    leaks = tab.look_around()
    tab.leaks, tab.broken, tab.banned, tab.typed, tab.sent = [], [], [MARK], 0, 0
    if leaks:
        raise LeakedError(leaks)


@pytest.fixture
def regular(watched: Person) -> Person:
    """Somebody who is on the Project page already: any project is open, no choice is made."""
    if set(watched.query) != {"source"} or watched.troubled:
        watched.open("project")
    elif "/project?" not in watched.page.url:
        watched.go("Project")
    return watched


@pytest.fixture(scope="session")
def tested_cars() -> StudioProject:
    """The demo's cars with the results of Studio's own model testing; copy it to change it."""
    return demo_project("cars", with_results=True)
