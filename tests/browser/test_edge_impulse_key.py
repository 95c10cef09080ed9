"""The key is shown to Studio and to nobody else.

Each person of these tests looks for leaks when a test ends, and the server's log and disk are
searched after the last one; here all of it is searched after one long visit.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPerson
from tests.browser.connecting import BY_EXPORT, MARK, Person, Site
from tests.studio import Action, Fault, drawn_project

pytestmark = pytest.mark.browser


def test_the_key_is_nowhere(regular: Person, new_person: NewPerson, site: Site) -> None:
    other = new_person().open("project")
    key = site.hold(project := drawn_project(3))
    regular.connect(f"{key}wrong")
    regular.connect(f"not {key}")
    site.studio.faults.add(Fault(Action.HTML, "/*/impulses"))
    regular.connect(key)
    site.studio.faults.add(Fault(Action.REFUSE, "/*/impulses", text=f"The key {key} is odd"))
    regular.connect(key)
    regular.told("The key ei_… is odd")
    regular.connect(key)
    expect(regular.title).to_have_text("3 drawn pictures")
    regular.press_button("refresh")
    regular.press_button("fetch_own")
    regular.press_button("ask_testing").press_button("start_testing")
    regular.do(lambda: regular.press("fetched_by", BY_EXPORT))
    assert regular.query["source"].endswith(f"/{project.id}/1/7/export")
    for title in ("Samples", "Explain", "Review", "Export", "Project"):
        regular.go(title)
    other.page.goto(regular.page.url)
    other.settle()
    site.studio.revoke(key)
    regular.press_button("refresh")
    regular.told("does not accept this key")

    # With the press of Connect, and with nothing after it.
    assert regular.typed == 5  # `look_around` counts the frames that carried it
    assert regular.look_around() == []
    assert other.look_around() == []
    assert site.studio.leaks == []
    assert site.places_of(MARK) == []
    log = site.dashboard.log.read_text()
    assert '"GET /v1/api/projects/api-key-info HTTP/1.1" 200' in log  # it is the log at debug level
    assert "Traceback" not in log
    assert site.kept(project)
    assert regular.exceptions() == other.exceptions() == []


def test_a_key_that_is_typed_and_not_sent_stays_in_its_field(regular: Person, site: Site) -> None:
    key = site.hold(drawn_project(3))
    regular.unfold().key_field.fill(key)
    regular.do(lambda: regular.press("source", "Demo"))
    regular.do(lambda: regular.press("source", "Edge Impulse"))
    expect(regular.key_field).to_have_value("")
    regular.key_field.fill(key)
    regular.go("Samples").go("Project")
    assert regular.sent == 0
    assert site.studio.count() == 0


def test_the_search_for_keys_finds_them(person: Person, site: Site) -> None:
    person.open("samples", text=MARK)
    person.page.evaluate("text => { document.body.append(text); localStorage.key = text }", MARK)
    leaks = {leak.removeprefix(f"{MARK} in ") for leak in person.look_around()}
    assert leaks >= {"a request", "a frame to the browser", "the page", "the browser's storage"}
    assert any(leak.endswith(" frames from the browser, 0 keys typed") for leak in leaks)
    person.page.evaluate("() => localStorage.clear()")
    person.open("samples")
    path = site.cache / "edge-impulse" / "forgotten.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    for text in (f"ei_{MARK}", f"ei_{MARK}".encode().hex()):
        path.write_text(text)
        assert str(path) in site.places_of(MARK)
    path.unlink()
    person.sent = 0
    person.leaks.clear()
