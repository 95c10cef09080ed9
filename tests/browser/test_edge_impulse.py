"""An API key is all it takes: connect, look at everything, fetch only what is new."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from components.views.samples.gallery import PER_PAGE
from tests.browser.conftest import NewPerson
from tests.browser.connecting import (
    BY_EXPORT,
    BY_SAMPLE,
    EXPORT,
    MODELS,
    PICTURES,
    Person,
    Site,
    copied,
)
from tests.studio import Action, Fault, StudioProject, demo_project, drawn_project

pytestmark = pytest.mark.browser
HEAT = ".st-key-viewer canvas[role=img]"
STEPS = (
    "✓ Key admin",
    "✓ Project Car or not",
    "✓ Impulse 1 of 1 learning blocks can be explained",
    "✓ Model Impulse #1: Transfer learning, trained 2026-01-01",
    "● Samples",
    "○ Test results",
    "○ Network",
)


def shows_its_pictures(person: Person, count: int) -> None:
    """Each page but Project works for the project that is open."""
    person.go("Samples")
    expect(person.page.locator(".board .tile")).to_have_count(min(count, PER_PAGE))
    person.go("Explain")
    assert len(set(person.pixels(HEAT))) > 10
    expect(person.page.get_by_text(re.compile(rf"^1 of {count}$"))).to_be_visible()
    person.go("Review")
    expect(person.page.locator(".st-key-sides .tile").first).to_be_visible()
    assert person.exceptions() == []
    assert person.notices() == []


def test_a_key_opens_a_project_and_every_page_shows_it(
    person: Person, site: Site, tested_cars: StudioProject
) -> None:
    key = site.hold(project := copied(tested_cars))
    person.open("project").unfold()
    expect(person.key_field).to_have_attribute("type", "password")
    person.connect(key)
    expect(person.title).to_have_text("Car or not")
    expect(person.panel).to_contain_text(f"project {project.id} by Demo · key: admin")
    expect(person.panel).to_contain_text("Now 160 fetched, 0.9 MB.")
    expect(person.panel.get_by_role("link", name="Open in Studio")).to_have_attribute(
        "href", f"{site.studio.url}/studio/{project.id}"
    )
    for fact in (
        "learning block: Impulse #1: Transfer learning",
        "classes: car, no car",
        "input: 96 × 96, resize squash (Lanczos)",
        "scaling: 0..1",
        "Studio's confidence threshold: 0.6",
    ):
        expect(person.page.get_by_role("listitem").filter(has_text=fact)).to_be_visible()
    agreement = person.page.get_by_test_id("stMetric").filter(has_text="Agreement")
    expect(agreement).to_contain_text("100.0 %")
    expect(agreement).to_contain_text("160 of 160 samples")
    assert person.query["source"].endswith(f"/{project.id}/1/7")
    assert site.studio.count(PICTURES) == 160
    assert site.studio.count(method="POST") == 0
    shows_its_pictures(person, 160)


def test_enter_sends_the_key_as_well(regular: Person, site: Site) -> None:
    key = site.hold(project := drawn_project(3))
    regular.unfold().choose_host(site.studio.url)
    regular.fill(key)
    regular.do(lambda: regular.key_field.press("Enter"))
    expect(regular.panel).to_contain_text(f"project {project.id}")
    expect(regular.key_field).to_have_value("")


def test_an_export_opens_the_same_project(regular: Person, site: Site) -> None:
    key = site.hold(project := demo_project("cars"))
    regular.connect(key, way=BY_EXPORT)
    expect(regular.title).to_have_text("Car or not")
    expect(regular.panel).to_contain_text("The test set comes by export")
    expect(regular.panel).to_contain_text("Now 1 fetched")
    expect(regular.page.get_by_test_id("stMetric").nth(1)).to_contain_text("160")
    expect(regular.page.get_by_test_id("stMetric").nth(3)).to_contain_text("81.9 %")
    assert regular.query["source"].endswith(f"/{project.id}/1/7/export")
    assert site.studio.count(EXPORT, "POST") == 1
    assert site.studio.count(PICTURES) == 0
    assert site.studio.leaks == []
    shows_its_pictures(regular, 160)


@pytest.mark.whole
def test_the_way_is_switched_there_and_back(regular: Person, site: Site) -> None:
    key = site.hold(project := drawn_project(5))
    regular.connect(key)
    regular.do(lambda: regular.press("fetched_by", BY_EXPORT))
    expect(regular.panel).to_contain_text("The test set comes by export")
    assert regular.query["source"].endswith(f"/{project.id}/1/7/export")
    assert (site.studio.count(PICTURES), site.studio.count(EXPORT)) == (5, 1)
    regular.do(lambda: regular.press("fetched_by", BY_SAMPLE))
    expect(regular.panel).to_contain_text("The test set comes sample by sample")
    assert regular.query["source"].endswith(f"/{project.id}/1/7")
    assert (site.studio.count(PICTURES), site.studio.count(EXPORT)) == (5, 1)
    assert regular.exceptions() == []


@pytest.mark.few(1)
@pytest.mark.parametrize("way", [BY_SAMPLE, BY_EXPORT])
def test_a_regression_opens_with_its_error_and_threshold(
    regular: Person, site: Site, way: str
) -> None:
    key = site.hold(demo_project("gauge"))
    regular.connect(key, way=way)
    expect(regular.title).to_have_text("Pressure gauge")
    expect(regular.panel).to_contain_text(f"The test set comes {way.lower()}")
    metrics = regular.page.get_by_test_id("stMetric")
    expect(metrics.first).to_contain_text("regression")
    expect(metrics.nth(1)).to_contain_text("120")
    expect(metrics.nth(3)).to_contain_text("Within 0.1")
    fact = regular.page.get_by_role("listitem").filter(has_text="threshold: 0.1")
    expect(fact).to_contain_text("from the learning block")
    expect(regular.page.get_by_text("Studio has not tested this model yet.")).to_be_visible()
    if way == BY_SAMPLE:
        shows_its_pictures(regular, 120)


@pytest.mark.whole
def test_the_stepper_tells_how_far_it_is_and_everything_else_stays_usable(
    regular: Person, new_person: NewPerson, site: Site
) -> None:
    regular.open("project", source="demo:gauge")
    key = site.hold(project := demo_project("cars"))
    site.studio.faults.add(Fault(Action.HANG, PICTURES, times=None, skip=100))
    regular.begin(key)
    expect(regular.progress).to_contain_text(
        re.compile(r"Downloading pictures: 100 of 160, 0\.\d MB")
    )
    assert regular.stages() == list(STEPS)
    expect(regular.button("stop_waiting")).to_have_text("Stop")
    expect(regular.title).to_have_text("Pressure gauge")
    site.studio.faults.release()  # four more pictures
    regular.go_meanwhile("Samples")
    expect(regular.page.locator(".board .tile")).to_have_count(PER_PAGE)
    regular.go_meanwhile("Explain")
    assert len(set(regular.pixels(HEAT))) > 10
    expect(regular.progress).to_contain_text(re.compile(r"1\d\d of 160"))
    assert regular.query["source"] == "demo:gauge"
    site.studio.faults.release()
    other = new_person().open("explain")
    assert len(set(other.pixels(HEAT))) > 10
    assert other.query["source"] == "demo:cars"
    expect(other.progress).to_have_count(0)
    site.studio.faults.clear()
    regular.settle()
    assert regular.query["source"].endswith(f"/{project.id}/1/7")
    regular.go("Project")
    expect(regular.panel).to_contain_text("Now 160 fetched")
    for someone in (regular, other):
        assert someone.exceptions() == []
        assert someone.notices() == []


# -------------------------------------------------------------------------------------- stopping


def shown(person: Person) -> tuple[str, str]:
    return person.page.url, person.title.inner_text()


def stop(person: Person, before: tuple[str, str]) -> None:
    person.press_button("stop_waiting")
    assert person.notices() == ["Opening was stopped."]
    assert shown(person) == before
    assert person.exceptions() == []


def test_stopped_between_pictures_the_earlier_project_stays(regular: Person, site: Site) -> None:
    before = shown(regular)
    key = site.hold(project := drawn_project(12))
    site.studio.faults.add(Fault(Action.HANG, PICTURES, times=None, skip=5))
    regular.begin(key)
    expect(regular.progress).to_contain_text("5 of 12")
    stop(regular, before)
    site.studio.faults.clear()
    site.studio.forget()
    regular.connect(key)
    expect(regular.title).to_have_text("12 drawn pictures")
    assert site.studio.count(MODELS) == 0
    assert site.studio.count(PICTURES) <= 7  # those that were whole stayed
    assert [path for path in site.kept(project) if path.name.startswith(".")] == []


@pytest.mark.few(1)
@pytest.mark.parametrize(("way", "path"), [(BY_SAMPLE, MODELS), (BY_EXPORT, "/exports/**")])
def test_stopped_within_a_file_nothing_half_made_stays(
    regular: Person, site: Site, way: str, path: str
) -> None:
    before = shown(regular)
    key = site.hold(project := drawn_project(5))
    # The connection breaks off again and again, each time a little further on.
    site.studio.faults.add(Fault(Action.CUT, path, times=None, at=700))
    regular.begin(key, way=way)
    expect(regular.progress).to_contain_text(re.compile("Downloading the (model|export)"))
    site.studio.wait_for(lambda: site.studio.count(path) >= 2)
    assert [kept for kept in site.kept(project) if kept.name.endswith(".part")]
    stop(regular, before)
    site.studio.faults.clear()
    regular.connect(key, way=way)
    expect(regular.title).to_have_text("5 drawn pictures")
    assert [kept for kept in site.kept(project) if kept.name.startswith(".")] == []


def test_stopped_while_studio_works_the_job_in_studio_is_stopped(
    regular: Person, site: Site
) -> None:
    before = shown(regular)
    key = site.hold(drawn_project(5))
    site.studio.faults.add(Fault(Action.JOB_TAKES, EXPORT, polls=100_000))
    regular.begin(key, way=BY_EXPORT)
    expect(regular.progress).to_contain_text(re.compile("Studio packs the export: Still working"))
    stop(regular, before)
    site.studio.wait_for(lambda: site.studio.count("/*/jobs/*/cancel", "POST") == 1)
