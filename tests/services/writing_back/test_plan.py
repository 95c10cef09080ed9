"""Why an agreed label cannot be set, what follows of a plan, and where agreed labels come from."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.edge_impulse.model import StudioSample
from services.notes.notebook import say
from services.notes.opinion import Flag, Opinion, Subject
from services.notes.settling import settle
from services.notes.shared import Shared
from services.people.person import NOBODY_ELSE
from services.sample import LabelledBox, Sample, Window
from services.writing_back.agreed import agreed_labels
from services.writing_back.consequences import consequences
from services.writing_back.plan import AgreedSample, agreed_targets, planned
from services.writing_back.steps import DISABLING, RELABELLING, TAGGING, WRITE_STEPS
from tests.services.writing_back.giving import ANN, CLASSES, reasons

HERE = ("https://studio", 9)
SEEN = StudioSample(1, "a", "car", (), "id", "stored", "hash", modified="2026")


def plan_of(seen=SEEN, label="no car", step=RELABELLING, classes=CLASSES, now=None):
    target = AgreedSample("a", label, seen)
    return planned(*HERE, step, [target], {seen.id: now or seen}, classes)


@pytest.mark.parametrize(
    ("seen", "label", "classes", "reason"),
    [
        (replace(SEEN, labeling="object_detection"), "no car", CLASSES,
         "its labels are boxes; draw them in Studio"),
        (replace(SEEN, labels=("car", "bus")), "no car", CLASSES,
         "it has several labels; set them in Studio"),
        (SEEN, "car|no car", CLASSES, "it has several labels; set them in Studio"),
        (SEEN, "lorry", CLASSES, "lorry is no class of this project"),
        (SEEN, "much", (), "much is no number"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", WRITE_STEPS.values(), ids=WRITE_STEPS)
def test_what_cannot_be_done_and_why(seen, label, classes, reason, step):
    plan = plan_of(seen, label, step, classes)
    assert (plan.samples, reasons(plan.refused)) == ((), {"a": reason})


def test_a_number_is_a_label_of_a_regression():
    plan = plan_of(replace(SEEN, label="0.5"), "0.75", classes=())
    assert plan.relabelled == {("0.5", "0.75"): 1}


def test_boxes_in_a_project_of_single_labels_are_no_reason():
    assert plan_of(replace(SEEN, boxes=(LabelledBox("x", 0, 0, 1, 1),))).samples


def test_what_somebody_else_has_set_already_needs_no_change():
    plan = plan_of(now=replace(SEEN, label="no car", modified="2027"))
    assert (plan.samples, plan.refused, plan.same) == ((), (), 1)


def test_only_samples_with_another_label_than_in_studio_are_meant():
    samples = [
        Sample("a", Path("a"), "car", studio_id=1),
        Sample("b", Path("b"), "car", studio_id=2),
        Sample("c", Path("c"), "car", studio_id=3),
        Sample("no studio", Path("d"), "car"),
    ]
    seen = {number: replace(SEEN, id=number) for number in (1, 2, 3)}
    agreed = {"da": "no car", "db": "car", "dd": "no car"}
    targets = agreed_targets(samples, ["da", "db", "dc", "dd"], seen, agreed)
    assert targets == (AgreedSample("a", "no car", seen[1]),)


def test_one_window_does_not_relabel_the_whole_sound():
    window = Window(0, 4000, 0, 2)
    sample = Sample("a@0.000s", Path("a"), "car", studio_id=1, window=window)
    targets = agreed_targets([sample], ["da"], {1: SEEN}, {"da": "no car"})
    plan = planned(*HERE, RELABELLING, targets, {1: SEEN}, CLASSES)
    assert (plan.samples, reasons(plan.refused)) == (
        (),
        {
            "a@0.000s": "it is one window of a sound, whose label counts for all of them; "
            "set it in Studio"
        },
    )
    alone = replace(sample, window=replace(window, count=1))
    (target,) = agreed_targets([alone], ["da"], {1: SEEN}, {"da": "no car"})
    assert planned(*HERE, RELABELLING, [target], {1: SEEN}, CLASSES).samples


def test_what_becomes_of_the_classes():
    test_set = [SEEN, replace(SEEN, id=2), replace(SEEN, id=3, label="no car")]
    relabelled = " ".join(consequences(plan_of(), test_set))
    assert "1 sample would be changed." in relabelled
    assert "Labels: 1 from car to no car." in relabelled
    assert "car 1 (now 2)" in relabelled
    assert "no car 2 (now 1)" in relabelled
    assert "test results no longer count" in relabelled
    disabled = " ".join(consequences(plan_of(step=DISABLING), test_set))
    assert "car 1 (now 2), no car 1 (now 1)" in disabled
    tagged = " ".join(consequences(plan_of(step=TAGGING), test_set))
    assert tagged.endswith("No label, no training and no test result is touched.")


def test_of_several_people_only_what_was_settled_is_agreed():
    say(ANN, Subject("one"), "one", lambda _: Opinion(Flag.LABEL_WRONG, "car"))
    assert agreed_labels(ANN) == {}
    settle(ANN, "two", Shared(Subject("two")), Shared(Subject("two"), agreed="bus"))
    assert agreed_labels(ANN) == {"two": "bus"}


def test_who_is_alone_agrees_with_themselves():
    say(NOBODY_ELSE, Subject("one"), "one", lambda _: Opinion(Flag.LABEL_WRONG, "car"))
    say(NOBODY_ELSE, Subject("two"), "two", lambda _: Opinion(Flag.UNCLEAR))
    say(ANN, Subject("three"), "three", lambda _: Opinion(Flag.LABEL_WRONG, "car"))
    assert agreed_labels(NOBODY_ELSE) == {"one": "car"}
