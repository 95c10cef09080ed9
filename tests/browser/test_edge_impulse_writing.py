"""Agreed labels go back to Studio from the Project page: look, key, write, undo."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.connecting import MARK, Person, Site
from tests.studio import Action, Fault, Role, StudioProject, drawn_project

pytestmark = pytest.mark.browser
LABELS = "/raw-data/*/edit-label"


def all_cars(seed: int) -> StudioProject:
    """Four pictures that are all called cars; no other test has the same ones."""
    project = drawn_project(4, seed=seed)
    for number in list(project.samples):
        project.relabel(number, "car")
    return project


def labels(project: StudioProject) -> list[str]:
    return [sample.label for sample in project.samples.values()]


def suggest_labels(person: Person, count: int) -> None:
    """Say on Explain that the first samples should be of the second class."""
    person.go("Explain")
    keys = person.page.locator(".st-key-keys .keys")
    expect(keys.get_by_role("button", name="Keys")).to_be_visible()
    for number in range(count):
        if number:
            person.page.keyboard.press("k")
            person.at_rest()
        person.page.keyboard.press("2")
        expect(keys).to_contain_text("should be")
        person.at_rest()
    person.go("Project")


def write_with(person: Person, key: str) -> None:
    person.page.locator(".st-key-admin_key input").fill(key)
    person.typed += MARK in key
    person.press_button("write_back")


def test_look_write_and_undo(regular: Person, site: Site) -> None:
    admin = site.hold(project := all_cars(16))
    reading = admin.replace("ei_", "ei_read")
    project.keys[reading] = Role.READONLY
    regular.connect(reading)
    heading = regular.page.get_by_role("heading", name="Agreed labels back to Studio")
    expect(heading).to_have_count(0)  # nobody has agreed on any
    suggest_labels(regular, 2)
    regular.page.get_by_role("link", name="2 agreed labels to write back to Studio").click()
    expect(heading).to_be_in_viewport()

    regular.press("write_step", "Relabel")
    regular.press_button("look_back")
    expect(regular.page.get_by_text("2 samples would be changed.")).to_be_visible()
    assert labels(project) == ["car"] * 4
    write_with(regular, reading)
    trouble = regular.page.get_by_text(re.compile("may not change samples .its role is readonly"))
    expect(trouble).to_be_visible()
    assert labels(project) == ["car"] * 4

    write_with(regular, admin)
    expect(regular.page.get_by_text(re.compile("UTC: 2 samples relabelled"))).to_be_visible()
    expect(regular.panel).to_contain_text("samples: 2 with another label.")  # both agree again
    expect(regular.page.get_by_text("Every agreed label is in Studio.")).to_be_visible()
    assert sorted(labels(project)) == ["car", "car", "no car", "no car"]

    undo = regular.page.locator("[class*=st-key-undo_] button:visible").first
    regular.do(undo.click)
    expect(regular.page.get_by_text("Undo: what would change.")).to_be_visible()
    write_with(regular, admin)
    expect(regular.page.get_by_text(re.compile("2 of them undone since"))).to_be_visible()
    assert labels(project) == ["car"] * 4
    assert regular.exceptions() == []
    assert site.places_of(MARK) == []


@pytest.mark.whole
def test_stop_in_the_middle(regular: Person, site: Site) -> None:
    key = site.hold(project := all_cars(17))
    regular.connect(key)
    suggest_labels(regular, 1)
    site.studio.faults.add(Fault(Action.TOO_MANY, "/raw-data/*/metadata", None, retry_after=50))
    regular.press_button("look_back")
    regular.page.locator(".st-key-admin_key input").fill(key)
    regular.typed += 1
    regular.start(regular.button("write_back").click)
    expect(regular.button("stop_back")).to_be_visible()
    regular.press_button("stop_back")
    expect(regular.page.get_by_text(re.compile("^Stopped; what was written"))).to_be_visible()
    assert not any("gradcam_review" in each.metadata for each in project.samples.values())
    assert regular.exceptions() == []
