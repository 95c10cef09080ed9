"""Signing in with a real browser at a real provider, and what happens once it is over."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as Timeout

from hosting.proxy import find_haproxy
from services.people.person import NOBODY_ELSE
from services.people.revoked import revoke
from services.settings import settings
from tests.browser.provider import PEOPLE, running_provider
from tests.browser.server import Dashboard, free_port, running_dashboard, wait_for_health
from tests.browser.visitor import REST, TIMEOUT

pytestmark = pytest.mark.browser
VIEW = "/explain?source=demo:cars&percentile=97"
SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "known to nobody else at all"
[auth.one]
client_id = "gradcam"
client_secret = "one"
server_metadata_url = "{one}/.well-known/openid-configuration"
[auth.two]
client_id = "gradcam"
client_secret = "two"
server_metadata_url = "{two}/.well-known/openid-configuration"
"""
PROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s
frontend people
    bind 127.0.0.1:{port}
    http-request set-header X-Forwarded-User ann
    http-request set-header X-Gradcam-Proxy-Secret "{secret}"
    default_backend dashboard
backend dashboard
    server only {place}
"""
PAGE = {"Accept": "text/html"}  # what a browser asks for


@pytest.fixture
def tab(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Gives a tab of a browser that nobody used yet."""
    contexts = []

    def opened() -> Page:
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()
        page.set_default_timeout(TIMEOUT)
        return page

    yield opened
    for context in contexts:
        context.close()


def assert_nothing_serious(page: Page) -> None:
    """Axe finds no serious fault."""
    faults = Axe().run(page).response["violations"]
    assert [each["id"] for each in faults if each["impact"] in {"serious", "critical"}] == []


def sign_in(page: Page, hosted: Dashboard, subject: str, view: str = VIEW) -> None:
    page.goto(hosted.url + view)
    page.get_by_role("button", name=subject, exact=True).click()
    expect(page.locator(REST)).to_be_attached()


def test_a_deep_link_survives_the_sign_in(hosted: Dashboard, tab: Callable[[], Page]) -> None:
    page = tab()
    sign_in(page, hosted, "ann")
    expect(page.get_by_text("Ann <b> · admin")).to_be_visible()
    expect(page.get_by_role("heading", name="Explain")).to_be_visible()
    assert "source=demo:cars" in page.url
    assert "percentile=97" in page.url
    cookies = {each["name"]: each for each in page.context.cookies()}
    own = next(each for name, each in cookies.items() if name.startswith("gradcam_"))
    assert own["httpOnly"]
    assert own["sameSite"] == "Lax"
    assert all(
        each["path"] == "/auth/logout"
        for name, each in cookies.items()
        if name.startswith("_streamlit_user")
    )


def test_an_unverified_address_gives_no_role_and_issuer_and_subject_do(
    hosted: Dashboard, tab: Callable[[], Page]
) -> None:
    page = tab()
    sign_in(page, hosted, "ben")
    expect(page.get_by_text("Ben · viewer")).to_be_visible()


def test_who_has_no_role_is_told_so_and_can_sign_in_as_somebody_else(
    hosted: Dashboard, tab: Callable[[], Page]
) -> None:
    page = tab()
    sign_in(page, hosted, "cat")
    expect(page.get_by_role("heading", name="No role here")).to_be_visible()
    expect(page.get_by_text("cat@example.org")).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
    expect(page.get_by_role("link", name="Sign in as somebody else")).to_be_visible()


def test_who_signs_out_is_signed_out_in_every_tab_and_comes_back_to_the_view(
    hosted: Dashboard, tab: Callable[[], Page]
) -> None:
    page = tab()
    sign_in(page, hosted, "ann")
    other = page.context.new_page()
    other.set_default_timeout(TIMEOUT)
    other.goto(hosted.url + "/samples?source=demo:cars")
    other.get_by_role("link", name="Sign out").click()
    other.get_by_role("button", name="End session").click()
    expect(other.get_by_text("You are signed out.")).to_be_visible()
    told = page.get_by_text("You are signed out. Sign in to go on")
    # At its next step; or before, since a page looks by itself for what others say.
    page.get_by_role("button", name="Next", exact=True).or_(told).first.click()
    expect(told).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="ann", exact=True).first.click()
    expect(page.get_by_text("Ann <b> · admin")).to_be_visible()
    assert "/explain?" in page.url
    assert "percentile=97" in page.url


def test_who_is_refused_is_told_so_and_can_begin_again(hosted: Dashboard) -> None:
    with httpx.Client(follow_redirects=True, headers=PAGE, timeout=60) as client:
        asked = client.get(hosted.url + VIEW)
        refused = client.post(asked.url, data={"action": "deny"})
        assert "nobody was signed in" in refused.text
        assert refused.url.path == "/sign-in"
        again = hosted.url + re.search(r'class="go" href="([^"]+)"', refused.text)[1]
        asked = client.get(again.replace("&amp;", "&"))
        view = client.post(asked.url, data={"sub": "ann"})
        assert str(view.url) == hosted.url + VIEW


def test_an_answer_of_the_provider_counts_once_and_for_who_asked(hosted: Dashboard) -> None:
    with httpx.Client(follow_redirects=True, headers=PAGE, timeout=60) as client:
        asked = client.get(hosted.url + VIEW)
        view = client.post(asked.url, data={"sub": "ann"})
        assert str(view.url) == hosted.url + VIEW
        callback = next(each.url for each in view.history if each.url.path == "/oauth2callback")
    for _ in range(10):
        with httpx.Client(follow_redirects=True, headers=PAGE, timeout=60) as stranger:
            told = stranger.get(callback)
            assert "begin it again" in told.text
            assert not [name for name in stranger.cookies if re.match("gradcam_[0-9a-f]{8}", name)]
            assert (
                stranger.get(f"{hosted.url}/auth/login?provider=forged").url.port == asked.url.port
            )
    assert "known to nobody else" not in hosted.log.read_text()


def test_who_is_signed_out_by_an_admin_is_told_at_their_next_step(
    hosted: Dashboard, tab: Callable[[], Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tab()
    sign_in(page, hosted, "ben")
    expect(page.get_by_text("Ben · viewer")).to_be_visible()
    onwards = page.get_by_role("button", name="Next", exact=True)
    expect(onwards).to_be_visible()  # before: afterwards the page may say so by itself
    monkeypatch.setenv("GRADCAM_NOTES", str(hosted.log.parent / "notes"))
    settings.cache_clear()
    provider = next(
        iter(re.findall(r'"(http\S+):ben"', (hosted.log.parent / "people.toml").read_text()))
    )
    revoke(NOBODY_ELSE, f"{provider}:ben")
    settings.cache_clear()
    told = page.get_by_text("You are signed out. Sign in to go on")
    for _ in range(60):  # within two seconds the server knows of it
        if told.is_visible():
            break
        with suppress(Timeout):  # it is gone where the page says so
            onwards.click(timeout=1000)
        page.wait_for_timeout(100)
    expect(told).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Deny")).to_be_visible()


@pytest.mark.whole
def test_a_running_page_is_told_once_its_hours_are_over(
    tmp_path: Path, tab: Callable[[], Page]
) -> None:
    with running_dashboard(
        tmp_path, GRADCAM_LOGIN="token", GRADCAM_TOKEN="long-enough-a-token",
        GRADCAM_LOGIN_HOURS=str(90 / 3600),
    ) as dashboard:  # fmt: skip
        page = tab()
        page.goto(f"{dashboard.url}{VIEW}&token=long-enough-a-token")
        told = page.get_by_text("You are signed out. Sign in to go on")
        step = page.get_by_role("button", name="Next", exact=True)
        expect(step).to_be_visible()
        for _ in range(600):
            if told.is_visible():
                break
            step.or_(told).first.click()
            page.wait_for_timeout(500)
        expect(told).to_be_visible()
        page.get_by_role("link", name="Sign in").click()
        expect(page.get_by_text("You were signed in for")).to_be_visible()


@pytest.mark.whole
def test_of_two_providers_a_person_chooses_and_one_says_nothing_of_the_other(
    tmp_path: Path, tab: Callable[[], Page]
) -> None:
    with (
        running_provider(tmp_path / "one", PEOPLE) as one,
        running_provider(tmp_path / "two", PEOPLE) as two,
    ):
        (tmp_path / "people.toml").write_text(f'[people]\n"{one}:ben" = "viewer"\n')
        port = free_port()
        secrets = SECRETS.format(one=one, two=two, port=port)
        (tmp_path / "secrets.toml").write_text(secrets)
        with running_dashboard(
            tmp_path,
            port=port,
            GRADCAM_LOGIN="oidc",
            GRADCAM_PEOPLE=str(tmp_path / "people.toml"),
            STREAMLIT_SECRETS_FILES=str(tmp_path / "secrets.toml"),
        ) as dashboard:
            page = tab()
            page.goto(f"http://127.0.0.1:{port}{VIEW}")  # not by the name that they lead back to
            assert_nothing_serious(page)
            page.get_by_role("link", name="Sign in with Two").click()
            page.get_by_role("button", name="ben", exact=True).click()
            expect(page.get_by_role("heading", name="No role here")).to_be_visible()
            page.get_by_role("link", name="Sign in as somebody else").click()
            page.get_by_role("button", name="End session").click()
            page.goto(dashboard.url + VIEW)
            page.get_by_role("link", name="Sign in with One").click()
            page.get_by_role("button", name="ben", exact=True).first.click()
            expect(page.get_by_text("Ben · viewer")).to_be_visible()
            assert "percentile=97" in page.url


def test_a_proxy_signs_people_in_and_nobody_gets_past_it(
    tmp_path: Path, tab: Callable[[], Page]
) -> None:
    program = find_haproxy()
    if program is None:
        pytest.skip("not installed: haproxy; on Debian: apt install haproxy")
    secret = "what the proxy and the server know"
    (tmp_path / "people.toml").write_text('[people]\n"proxy:ann" = "reviewer"\n')
    with running_dashboard(
        tmp_path, GRADCAM_LOGIN="proxy", GRADCAM_PROXY_SECRET=secret,
        GRADCAM_PEOPLE=str(tmp_path / "people.toml"),
    ) as dashboard:  # fmt: skip
        port = free_port()
        place = dashboard.url.removeprefix("http://")
        configuration = tmp_path / "haproxy.cfg"
        configuration.write_text(PROXY.format(port=port, place=place, secret=secret))
        proxy = subprocess.Popen([program, "-db", "-f", str(configuration)])
        try:
            wait_for_health(Dashboard(f"http://localhost:{port}", dashboard.log, proxy))
            page = tab()
            page.goto(f"http://localhost:{port}{VIEW}")
            expect(page.get_by_text("ann · reviewer")).to_be_visible()
            expect(page.get_by_role("link", name="Sign out")).to_have_count(0)
            direct = tab()
            direct.set_extra_http_headers({"X-Forwarded-User": "ann"})
            direct.goto(dashboard.url + VIEW)
            expect(direct.get_by_text("reached through its sign-in proxy only")).to_be_visible()
            assert secret not in dashboard.log.read_text()
        finally:
            proxy.kill()
            proxy.wait(20)
