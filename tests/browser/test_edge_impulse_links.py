"""A link holds the view and no key; who has another project's key sees nothing of this one."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from services.edge_impulse.place import StudioPlace
from services.sources.reference import SourceKind, SourceReference
from tests.browser.conftest import NewPerson
from tests.browser.connecting import PICTURES, Person, Site
from tests.browser.server import running_dashboard
from tests.studio import Action, Fault, Role, StudioProject, drawn_project
from tests.waiting import PATIENCE

pytestmark = pytest.mark.browser


def asks_for(project: StudioProject) -> str:
    return (
        f"The link is for project {project.id} in Edge Impulse and holds no key; "
        "type the project's API key to open it."
    )


def fruit(name: str, count: int = 6) -> StudioProject:
    """A project whose samples are all called by a name of their own."""
    project = drawn_project(count)
    project.name = f"All {name}s"
    for number in project.samples:
        project.change_sample(number, filename=f"{name}-{number}", stored_name="")
    return project


def link_to(site: Site, project: StudioProject, page: str, **choices: str) -> str:
    """A link as somebody else may have sent it."""
    place = StudioPlace(site.studio.url, project.id, 1, 7)
    source = str(SourceReference(SourceKind.STUDIO, str(place)))
    return f"{site.dashboard.url}/{page}?{urlencode({'source': source, **choices})}"


def linked_view(person: Person, key: str) -> str:
    """Connect, choose a view of the project, and copy its link."""
    person.connect(key)
    person.go("Samples")
    person.page.get_by_role("button", name="Page 2").click()
    person.page.wait_for_url(re.compile("page=2"))
    person.at_rest().go("Explain")
    person.press_button("next")
    person.do(lambda: person.choose("target", "no car"))
    person.do(lambda: person.press("pooling", "sum_abs"))
    person.do(person.options("layer").first.click)
    assert {"sample", "page", "target", "pooling", "layer"} <= person.query.keys()
    return person.page.url


def test_a_link_asks_for_the_key_and_then_shows_its_view(
    regular: Person, new_person: NewPerson, site: Site
) -> None:
    key = site.hold(project := fruit("lemon", 50))
    link = linked_view(regular, key)
    site.studio.forget()
    other = new_person()
    other.page.goto(link)
    other.settle()
    assert other.notices() == [asks_for(project)]
    assert other.query == regular.query  # the address is kept, and the form is right there
    assert site.studio.count() == 0
    expect(other.key_field).to_have_attribute("aria-label", f"API key of project {project.id}")
    expect(other.page.locator(".st-key-viewer")).to_have_count(0)
    host = other.page.locator(".st-key-host [role=combobox]")
    expect(host).to_have_value(site.studio.url)
    other.key_field.fill(key)
    other.typed += 1
    other.press_button("connect")
    expect(other.page.locator(".st-key-viewer")).to_be_visible()  # the page of the link
    expect(other.key_field).to_have_count(0)
    other.settle()
    assert other.query == regular.query
    heat = ".st-key-viewer canvas[role=img]"
    assert other.pixels(heat) == regular.pixels(heat)
    assert site.studio.count(PICTURES) == 0
    for someone in (regular, other):
        assert someone.exceptions() == []
        assert someone.notices() == []


def test_a_link_stays_wanted_after_a_wrong_key_and_ends_with_another_projects(
    regular: Person, new_person: NewPerson, site: Site
) -> None:
    key = site.hold(lemons := fruit("lemon"))
    other_key = site.hold(plums := fruit("plum"))
    regular.connect(key)
    other = new_person()
    other.banned += ["All lemons", "lemon-1001", "lemon-1002"]  # and not the link's own sample
    other.page.goto(link_to(site, lemons, "project", pooling="sum_abs", sample="lemon-1003"))
    other.settle()
    wanted = other.query
    assert other.notices() == [asks_for(lemons)]
    other.connect(key + "0")
    (notice,) = other.notices()
    assert "does not accept this key" in notice
    assert other.query == wanted
    other.connect(other_key)
    expect(other.title).to_have_text("All plums")
    assert other.query.keys() == {"source", "pooling"}
    assert other.query["source"].endswith(f"/{plums.id}/1/7")
    other.go("Samples")
    assert sorted(other.samples()) == [f"plum-{number}" for number in plums.samples]
    assert other.notices() == []
    assert other.exceptions() == []
    assert other.leaks == []


def test_a_fresh_server_asks_for_the_key_of_what_it_kept(
    regular: Person, new_person: NewPerson, site: Site, tmp_path: Path
) -> None:
    key = site.hold(project := fruit("lemon"))
    regular.connect(key)
    site.studio.forget()
    with running_dashboard(
        tmp_path,
        GRADCAM_CACHE=str(site.cache),
        GRADCAM_STUDIO_HOSTS=site.studio.url,
        GRADCAM_STUDIO_TIMEOUT=str(PATIENCE),
    ) as fresh:
        other = new_person(url=fresh.url)
        names = ["All lemons", "lemon-1001", "lemon-1003"]  # and not the link's own sample
        other.banned += names
        other.open("explain", **regular.query, sample="lemon-1002")
        assert other.notices() == [asks_for(project)]
        assert site.studio.count() == 0
        other.go("Project")
        site.studio.revoke(key)
        other.connect(key)
        other.told("does not accept this key; it says “Invalid API key”")
        expect(other.title).to_have_text("Project")  # of no project, and the demo's neither
        assert [leak for leak in other.leaks if "frame to the browser" in leak] == []
        other.banned[:] = [text for text in other.banned if text not in names]
        project.keys[key] = Role.ADMIN
        other.connect(key)
        expect(other.title).to_have_text("All lemons")
        assert other.query["sample"] == "lemon-1002"
        assert site.studio.count(PICTURES) == 0  # they were kept
        assert other.exceptions() == []
        assert "Traceback" not in fresh.log.read_text()
        other.look_around()
        other.leaks[:] = [leak for leak in other.leaks if "lemon" not in leak]
        other.page.goto("about:blank")


def test_two_keys_at_once_never_see_each_others_samples(
    person: Person, new_person: NewPerson, site: Site
) -> None:
    both = {}
    for name, other_name, someone in (
        ("lemon", "plum", person),
        ("plum", "lemon", new_person()),
    ):
        someone.banned.append(other_name)
        both[name] = someone, site.hold(fruit(name))
    site.studio.faults.add(Fault(Action.HANG, PICTURES, None))
    for someone, key in both.values():
        someone.open("project").begin(key)
        expect(someone.progress).to_contain_text("0 of 6")
    third = new_person()
    third.banned += both
    third.open("explain")  # whatever they wait for, a third one need not
    expect(third.page.locator(".st-key-viewer canvas.overlay")).to_be_visible()
    site.studio.faults.clear()
    for name, (someone, _) in both.items():
        someone.settle()
        expect(someone.title).to_have_text(f"All {name}s")
        someone.go("Samples")
        assert len(someone.samples()) == 6
        assert all(sample.startswith(name) for sample in someone.samples())
        assert someone.exceptions() == []
        assert someone.notices() == []
    # A link of one in the other's browser asks for the key.
    lemons, plums = (someone for someone, _ in both.values())
    plums.page.goto(lemons.page.url)
    plums.settle()
    plums.told("in Edge Impulse and holds no key")
    assert lemons.leaks == plums.leaks == third.leaks == []


def test_a_revoked_key_opens_nothing_that_was_kept(
    regular: Person, new_person: NewPerson, site: Site
) -> None:
    key = site.hold(project := fruit("lemon"))
    regular.connect(key)
    site.studio.revoke(key)
    site.studio.forget()
    other = new_person()
    other.banned.append("lemon")
    other.open("project").connect(key)
    other.told("does not accept this key; it says “Invalid API key”")
    expect(other.title).to_have_text("Car or not")
    assert other.query == {"source": "demo:cars"}
    assert other.leaks == []
    # The person who was let in before keeps what is on the screen, and is told.
    regular.press_button("refresh")
    regular.told("does not accept this key; it says “Invalid API key”")
    expect(regular.title).to_have_text(project.name)
    assert {request.path for request in site.studio.log.snapshot()} == {"/projects/api-key-info"}
    assert regular.exceptions() == other.exceptions() == []
