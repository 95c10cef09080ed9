"""Everyone can connect: axe finds no serious fault, light or dark; a narrow page fits."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPerson
from tests.browser.connecting import PICTURES, Person, Site, copied
from tests.browser.test_access import serious
from tests.studio import Action, Fault, StudioProject, Variant
from tests.studio.project import TestRun, turned

pytestmark = pytest.mark.browser


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("theme", "width"),
    [("light", 1440), ("light", 400), ("dark", 1440)],
    ids=["", "narrow", "dark"],
)
def test_everyone_can_connect(
    new_person: NewPerson, site: Site, tested_cars: StudioProject, theme: str, width: int
) -> None:
    key = site.hold(project := copied(tested_cars))
    said = dict(project.tests[1, Variant.FLOAT32].said[7])
    first = min(said)
    disagreeing = {7: said | {first: turned(said[first])}}
    project.tests[1, Variant.FLOAT32] = TestRun(1, Variant.FLOAT32, disagreeing)
    person = new_person(theme=theme, width=width).open("project")
    person.connect("not a key")
    looked_at(person)
    site.studio.faults.add(Fault(Action.HANG, PICTURES, None, skip=20))
    person.begin(key)
    expect(person.progress).to_contain_text("20 of 160")
    looked_at(person)
    site.studio.faults.clear()
    person.settle()
    person.press_button("fetch_own")
    person.press_button("ask_testing")
    person.unfold()
    expect(person.page.get_by_text(re.compile("^1 sample where Studio disagrees"))).to_be_visible()
    looked_at(person)
    assert person.exceptions() == []


def looked_at(person: Person) -> None:
    """Nobody is kept out by what is on the page: not by eyes, hands or a small screen."""
    if person.page.viewport_size["width"] > 1000:
        assert serious(person) == []
    main = person.page.get_by_test_id("stMain")
    assert main.evaluate("m => m.scrollWidth - m.clientWidth") <= 1
