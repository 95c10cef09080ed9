"""Everyone can connect: axe finds no serious fault, light or dark; a narrow page fits."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPerson
from tests.browser.connecting import PICTURES, Person, Site, copied
from tests.browser.test_access import serious
from tests.studio import Action, Fault, StudioProject, Variant
from tests.studio.project import TestRun

pytestmark = pytest.mark.browser


@pytest.fixture(
    params=[("light", 1440), ("dark", 1440), ("light", 400)], ids=["light", "dark", "narrow"]
)
def somebody(request: pytest.FixtureRequest, new_person: NewPerson) -> Person:
    theme, width = request.param
    return new_person(theme=theme, width=width)


def fits(person: Person) -> bool:
    main = person.page.get_by_test_id("stMain")
    return main.evaluate("m => m.scrollWidth - m.clientWidth") <= 1


def test_connecting_is_open_to_everyone(
    somebody: Person, site: Site, tested_cars: StudioProject
) -> None:
    key = site.hold(project := copied(tested_cars))
    scores = dict(project.tests[1, Variant.FLOAT32].scores[7])
    first = min(scores)
    project.tests[1, Variant.FLOAT32] = TestRun(
        1, Variant.FLOAT32, {7: scores | {first: scores[first][::-1]}}
    )
    somebody.open("project").connect("not a key")
    assert serious(somebody) == []
    assert fits(somebody)
    site.studio.faults.add(Fault(Action.HANG, PICTURES, None, skip=20))
    somebody.begin(key)
    expect(somebody.progress).to_contain_text("20 of 160")
    assert serious(somebody) == []
    assert fits(somebody)
    site.studio.faults.clear()
    somebody.settle()
    somebody.press_button("fetch_sized")
    somebody.press_button("ask_testing")
    somebody.unfold()
    expect(somebody.page.get_by_text(re.compile("samples? on which Studio says"))).to_be_visible()
    assert serious(somebody) == []
    assert fits(somebody)
    assert somebody.exceptions() == []
