"""What people share on one server: uploads, and projects opened by a key that none of them has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.server import ROOT, Dashboard, running_dashboard
from tests.browser.visitor import Visitor
from tests.studio import Role, Studio, demo_project, running_studio

pytestmark = pytest.mark.browser
SECRET = "ei_5ec2e7_of_the_server"
BETWEEN = "known to the proxy alone"
PEOPLE = """
[people]
"ada@example.org" = "admin"
"ben@example.org" = "reviewer"
"cleo@example.org" = "viewer"
"""
GONE = "That upload is no longer kept on this server; upload it again."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("team")


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    project = demo_project("cars")
    project.keys[SECRET] = Role.READONLY
    with running_studio(project) as running:
        yield running


@pytest.fixture(scope="module")
def hosted(folder: Path, studio: Studio) -> Iterator[Dashboard]:
    """A dashboard behind a proxy that signs people in."""
    (folder / "people.toml").write_text(PEOPLE)
    (folder / "keys").write_text(f"cars of the team = {SECRET}\n")
    with running_dashboard(
        folder,
        GRADCAM_LOGIN="proxy",
        GRADCAM_PROXY_SECRET=BETWEEN,
        GRADCAM_PEOPLE=str(folder / "people.toml"),
        GRADCAM_SHARED_KEYS=str(folder / "keys"),
        GRADCAM_STUDIO_HOSTS=studio.url,
    ) as dashboard:
        yield dashboard


@pytest.fixture
def person(browser: Browser, hosted: Dashboard) -> Iterator[Callable[[str], Visitor]]:
    """Somebody with a browser of their own."""
    contexts = []

    def come(name: str) -> Visitor:
        headers = {"X-Forwarded-User": f"{name}@example.org", "X-Gradcam-Proxy-Secret": BETWEEN}
        contexts.append(browser.new_context(extra_http_headers=headers))
        return Visitor(contexts[-1].new_page(), hosted.url)

    yield come
    for context in contexts:
        context.close()


def upload(visitor: Visitor, folder: Path) -> str:
    """Bring the demo as one's own; its link."""
    page, demo = visitor.page, ROOT / "demo" / "cars"
    with ZipFile(folder / "pictures.zip", "w") as archive:
        for path in [demo / "info.labels", *sorted((demo / "testing").iterdir())[:8]]:
            archive.write(path, path.relative_to(demo))
    visitor.open("project")
    visitor.unfold("Open another project")
    page.get_by_role("radio", name="Upload").click()
    page.locator(".st-key-upload_model input[type=file]").set_input_files(demo / "model.h5")
    page.locator(".st-key-upload_pictures input[type=file]").set_input_files(
        folder / "pictures.zip"
    )
    page.locator(".st-key-open_upload button:enabled").click()
    page.wait_for_url("**source=upload*")
    visitor.settle()
    return page.url


def choose(visitor: Visitor, key: str, name: str) -> None:
    """Share something with one more."""
    page = visitor.page
    page.locator(f".st-key-share_{key} button").first.click()
    page.locator(f".st-key-with_{key} input").click()
    page.get_by_role("option", name=name).click()
    page.keyboard.press("Escape")
    page.locator(f".st-key-save_{key} button").click()
    visitor.at_rest()


def test_an_upload_is_its_owners_until_it_is_shared(
    person: Callable[[str], Visitor], folder: Path
) -> None:
    cleo, ben = person("cleo"), person("ben")
    cleo.open("project")
    link = upload(ben, folder)
    cleo.page.goto(link)
    expect(cleo.page.get_by_text(GONE)).to_be_visible()
    expect(cleo.page.get_by_text("you may not upload projects")).to_be_visible()
    digest = link.rpartition("upload%3A")[2].partition("&")[0]
    choose(ben, digest, "cleo@example.org")
    cleo.page.goto(link)
    cleo.settle()
    expect(cleo.page.get_by_text(GONE)).to_have_count(0)
    expect(cleo.page.get_by_role("heading", name="model")).to_be_visible()


@pytest.mark.whole
def test_a_project_in_studio_is_opened_by_those_who_have_no_key(
    person: Callable[[str], Visitor], studio: Studio
) -> None:
    ada, cleo = person("ada"), person("cleo")
    ada.open("admin")
    host = ada.page.locator(".st-key-shared_host input")
    host.click()
    ada.page.keyboard.type(studio.url)
    ada.page.keyboard.press("Enter")
    ada.at_rest()
    ada.page.locator(".st-key-open_shared_key button").click()
    ada.page.wait_for_url("**source=edge-impulse*")
    ada.settle()
    ada.page.locator(".st-key-share_project button").first.click()
    ada.page.locator(".st-key-save_project button").click()
    ada.at_rest()
    expect(ada.page.locator(".st-key-unshare button")).to_be_visible()
    cleo.open("project")
    expect(cleo.page.get_by_text("Shared projects · 1")).to_be_visible()
    expect(cleo.page.get_by_test_id("stTopNav").get_by_text("Admin")).to_have_count(0)
    cleo.page.locator(".st-key-open_shared_0 button").click()
    cleo.page.wait_for_url("**source=edge-impulse*")
    cleo.settle()
    expect(cleo.page.get_by_text("Shared with a key that only reads")).to_be_visible()
    assert "5ec2e7" not in cleo.page.content() + ada.page.content() + cleo.page.url
    ada.page.locator(".st-key-unshare button").click()
    ada.at_rest()
    cleo.open("project", source=cleo.query["source"])
    expect(cleo.page.get_by_text("holds no key")).to_be_visible()


def test_the_admin_page_tells_who_may_not_see_it_so(person: Callable[[str], Visitor]) -> None:
    ben = person("ben").open("admin")
    expect(ben.page.get_by_text("As a reviewer you may not see")).to_be_visible()
    expect(ben.page.get_by_text("Limits")).to_have_count(0)
