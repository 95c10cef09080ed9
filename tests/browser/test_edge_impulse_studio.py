"""What the Project page has of Studio: what is new, other learning blocks, Studio's results."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.connecting import CLASSIFY, MODELS, PICTURES, Person, Site, copied
from tests.studio import (
    Action,
    DspBlock,
    Fault,
    Impulse,
    InputBlock,
    LearnBlock,
    Role,
    Studio,
    StudioProject,
    Variant,
    drawn_jpeg,
    drawn_project,
)
from tests.studio.project import TestRun, turned

pytestmark = pytest.mark.browser


def fetched(studio: Studio) -> tuple[int, int]:
    """How many pictures and models were asked for since the last look."""
    counts = studio.count(PICTURES), studio.count(MODELS)
    studio.forget()
    return counts


# -------------------------------------------------------------------------------- what is new


def test_only_what_is_new_is_fetched_and_refresh_tells_it(regular: Person, site: Site) -> None:
    studio, key = site.studio, site.hold(project := drawn_project(9))
    first, second, third, *_ = project.samples
    regular.connect(key)
    assert fetched(studio) == (9, 1)

    regular.connect(key)
    expect(regular.panel).to_contain_text("Nothing is new in Studio.")
    expect(regular.panel).to_contain_text("Now nothing had to be fetched.")
    assert fetched(studio) == (0, 0)

    project.replace_sample(first, drawn_jpeg(4711))
    regular.connect(key)
    news = "New since the last visit: samples: 1 with another file."
    expect(regular.panel).to_contain_text(news)
    expect(regular.panel).to_contain_text("Now 1 fetched")
    assert fetched(studio) == (1, 0)

    project.relabel(second, "no car" if project.samples[second].label == "car" else "car")
    project.remove_sample(third)
    project.add_sample(replace(project.samples[first], id=4712, filename="new", stored_name=""))
    regular.press_button("refresh")
    news = "New since the last visit: samples: 1 added, 1 removed, 1 with another label."
    expect(regular.panel).to_contain_text(news)
    assert fetched(studio) == (0, 0)  # the new one's picture is known

    project.retrain(7, project.learn(7).model)
    regular.press_button("refresh")
    expect(regular.panel).to_contain_text("New since the last visit: the model was trained again.")
    assert fetched(studio) == (0, 1)
    regular.go("Samples")
    assert "new" in regular.samples()
    assert "drawn.00002" not in regular.samples()
    assert regular.exceptions() == []
    assert regular.notices() == []


# ------------------------------------------------------------------------- which learning block


def with_more_blocks() -> StudioProject:
    """A project of two classifiers, and of blocks that cannot be explained."""
    project = drawn_project(4)
    first = project.impulses[0]
    first.learns.append(
        LearnBlock(8, None, ("car",), type="vlm", name="Words", dsp=first.learns[0].dsp)
    )  # fmt: skip
    model = first.learns[0].model
    project.impulses.append(
        Impulse(
            2,
            [InputBlock(21, 96, 96, "fit-short"), InputBlock(22, None, None, type="time-series")],
            [DspBlock(31, input=21), DspBlock(32, None, 22, "mfcc", "MFCC")],
            [
                LearnBlock(41, model, ("car", "no car"), name="Small", dsp=(31,)),
                LearnBlock(42, None, ("a",), type="keras", name="Sounds", dsp=(32,)),
            ],
            name="Impulse #2",
        )
    )
    return project


def test_another_learning_block_opens_and_the_rest_says_why_not(
    regular: Person, site: Site
) -> None:
    key = site.hold(project := with_more_blocks())
    regular.connect(key)
    assert regular.query["source"].endswith(f"/{project.id}/1/7")
    regular.page.get_by_text("2 learning blocks cannot be explained").click()
    for reason in (
        "Impulse #1: Words: it is a vision language model, not a Keras network",
        "Impulse #2: Sounds: its input block does not say how sounds are cut into windows",
    ):
        expect(regular.panel.get_by_role("listitem").filter(has_text=reason)).to_be_visible()
    assert fetched(site.studio) == (4, 1)
    regular.do(lambda: regular.choose("learn_block", "Impulse #2: Small"))
    assert regular.query["source"].endswith(f"/{project.id}/2/41")
    fact = regular.page.get_by_role("listitem").filter(has_text="input: 96 × 96, resize fit-short")
    expect(fact).to_be_visible()
    assert fetched(site.studio) == (0, 1)
    regular.do(lambda: regular.choose("learn_block", "Impulse #1: Transfer learning"))
    assert regular.query["source"].endswith(f"/{project.id}/1/7")
    assert fetched(site.studio) == (0, 0)
    assert regular.exceptions() == []
    assert regular.notices() == []


def test_a_learning_block_that_cannot_be_opened_leaves_the_first_one(
    regular: Person, site: Site
) -> None:
    key = site.hold(project := with_more_blocks())
    project.impulses[1].learns[0].has_trained_model = False
    regular.connect(key)
    regular.do(lambda: regular.choose("learn_block", "Impulse #2: Small"))
    (notice,) = regular.notices()
    assert "it has no trained model yet; train it in Studio and connect again" in notice
    chosen = regular.page.locator(".st-key-learn_block [role=combobox]")
    expect(chosen).to_have_value("Impulse #1: Transfer learning")
    assert regular.query["source"].endswith(f"/{project.id}/1/7")
    assert regular.exceptions() == []


# ----------------------------------------------------------------------------- Studio's results


def test_samples_on_which_studio_says_something_else_lead_to_explain(
    regular: Person, site: Site, tested_cars: StudioProject
) -> None:
    key = site.hold(project := copied(tested_cars))
    said = dict(project.tests[1, Variant.FLOAT32].said[7])
    swapped = sorted(said)[:3]
    said |= {number: turned(said[number]) for number in swapped}
    project.tests[1, Variant.FLOAT32] = TestRun(1, Variant.FLOAT32, {7: said})
    regular.connect(key)
    agreement = regular.page.get_by_test_id("stMetric").filter(has_text="Agreement")
    expect(agreement).to_contain_text("98.1 %")
    expect(agreement).to_contain_text("157 of 160 samples")
    rows = regular.table("Samples where Studio disagrees")
    assert {row[0] for row in rows} == {project.samples[number].filename for number in swapped}
    differences = [float(row[4]) for row in rows]
    assert differences == sorted(differences, reverse=True)
    regular.press("variant", "int8")
    expect(agreement).to_contain_text("160 of 160 samples")  # those were not changed
    regular.press("variant", "float32")
    grid = regular.page.locator(".st-key-disagreeing .dvn-scroller")
    grid.click(position={"x": 16, "y": 36 + 35 + 17})  # the box before the second row
    regular.page.wait_for_url(re.compile("/explain"))
    regular.settle()
    assert regular.query["sample"] == rows[1][0]
    assert len(set(regular.pixels(".st-key-viewer canvas[role=img]"))) > 10
    assert regular.exceptions() == []


def test_model_testing_costs_and_is_asked_first(regular: Person, site: Site) -> None:
    key = site.hold(drawn_project(6))
    regular.connect(key)
    expect(regular.page.get_by_text("Studio has not tested this model yet.")).to_be_visible()
    expect(regular.button("ask_testing")).to_have_text("Test in Studio …")
    question = (
        "Model testing runs in Studio and uses computing time, of which the project has "
        "60 minutes left. Start it?"
    )
    regular.press_button("ask_testing")
    assert regular.notices() == [question]
    regular.press_button("no_testing")
    assert regular.notices() == []
    regular.press_button("ask_testing")
    assert regular.notices() == [question]
    assert site.studio.count(method="POST") == 0
    regular.press_button("start_testing")
    assert (site.studio.count(CLASSIFY), site.studio.count(method="POST")) == (1, 1)
    agreement = regular.page.get_by_test_id("stMetric").filter(has_text="Agreement")
    expect(agreement).to_contain_text("6 of 6 samples")
    expect(regular.button("ask_testing")).to_have_text("Test again in Studio …")
    assert regular.notices() == []
    assert regular.exceptions() == []


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("role", "fault", "sentence"),
    [
        (Role.READONLY, None, "this key may not do that; make one with the role admin in Studio"),
        (Role.ADMIN, Action.QUOTA, "a quota of the project is used up"),
        (Role.ADMIN, Action.JOB_FAILS, "that job failed; it says “Application exited with code 1”"),
    ],
)
def test_refused_model_testing_leaves_the_project_as_it_is(
    regular: Person, site: Site, role: Role, fault: Action | None, sentence: str
) -> None:
    key = site.hold(project := drawn_project(3), role)
    if fault is not None:
        site.studio.faults.add(Fault(fault, CLASSIFY))
    regular.connect(key)
    regular.press_button("ask_testing")
    regular.press_button("start_testing")
    (notice,) = regular.notices()
    assert sentence in notice
    expect(regular.title).to_have_text("3 drawn pictures")
    assert regular.query["source"].endswith(f"/{project.id}/1/7")
    expect(regular.page.get_by_text("Studio has not tested this model yet.")).to_be_visible()
    assert regular.exceptions() == []


def test_studios_own_picture_is_fetched_on_demand_and_compared(
    regular: Person, site: Site, tested_cars: StudioProject
) -> None:
    key = site.hold(copied(tested_cars))
    regular.connect(key)
    tiles = regular.page.locator(".st-key-studios_own_pair .tile")
    expect(tiles).to_have_count(0)
    assert sized(site.studio) == []
    regular.press_button("fetch_own")
    expect(tiles).to_have_count(2)
    expect(tiles.first).to_contain_text("Studio's own")
    expect(tiles.last).to_contain_text("ours")
    caption = regular.page.get_by_text("Ours differs by").inner_text()
    off = re.search(r"by ([\d.]+) of 255 on average, (\d+) at most\.", caption)
    assert float(off[1]) <= 1
    assert int(off[2]) <= 2
    assert len(sized(site.studio)) == 1
    regular.go("Explain")
    regular.press_button("next")
    regular.go("Project")
    expect(tiles).to_have_count(0)  # that was another sample's
    assert len(sized(site.studio)) == 1
    assert regular.exceptions() == []
    assert regular.notices() == []


def sized(studio: Studio) -> list[str]:
    asked = studio.log.chosen(PICTURES)
    return [request.path for request in asked if "afterInputBlock" in request.query]


@pytest.mark.whole
def test_a_picture_that_studio_does_not_give_is_told(regular: Person, site: Site) -> None:
    key = site.hold(drawn_project(3))
    regular.connect(key)
    site.studio.faults.add(Fault(Action.REFUSE, PICTURES, text="No such picture"))
    regular.press_button("fetch_own")
    assert regular.notices() == ["Studio says “No such picture”."]
    expect(regular.title).to_have_text("3 drawn pictures")
    assert regular.exceptions() == []
