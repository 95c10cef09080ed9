"""What is looked at first of a test set, and what its figure is made of."""

from dataclasses import replace

import pytest

from gradcam.backends.keras.network import KerasNetwork
from services.tasks.breakdown import BARS, share_bars
from services.tasks.multi_label.task import MultiLabel
from tests.services import projects
from tests.services.tasks.cases import CASES, Case

NAN = float("nan")


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(projects.blue_or_red(), "n.h5")


def pages(network, task, labels, outputs):
    return Case(task, labels, outputs, (), (), "").read(network).pages


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_mistakes_of_every_task_come_first(case, network):
    wrong = [position for position, right in enumerate(case.correct) if right == 0]
    read = case.read(network)
    worst = read.pages.worst(4, None)
    assert sorted(worst.positions) == wrong
    assert worst.note == f"{len(wrong)} of {worst.mistakes}"
    assert read.pages.worst(0, None).positions == ()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_where_nobody_said_what_is_true_nothing_is_called_wrong(case, network):
    nobody = replace(case, labels=(None,) * 4).read(network).pages
    worst = nobody.worst(3, None)
    assert (len(worst.positions), worst.mistakes) == (3, "")
    assert worst.note == "No sample is labelled"


def test_the_surest_mistake_of_a_classification_is_the_first(network):
    task = CASES["classification"].task
    labels = ("bus", "bus", "bus", "car")
    outputs = ((0.3, 0.4, 0.3), (0.1, 0.8, 0.1), (0.6, 0.2, 0.2), (0.3, 0.4, 0.3))
    worst = pages(network, task, labels, outputs).worst(4, None)
    assert (worst.title, worst.positions) == ("Most confidently wrong", (1, 0))
    assert worst.mistakes == "2 mistakes"


def test_where_all_are_right_the_least_certain_come_first(network):
    task = CASES["classification"].task
    outputs = ((0.9, 0.05, 0.05), (0.5, 0.3, 0.2), (0.2, 0.6, 0.2), (0.1, 0.1, 0.8))
    worst = pages(network, task, ("bus", "bus", "car", "van"), outputs).worst(2, None)
    assert (worst.title, worst.positions) == ("Least certain", (1, 2))
    assert (worst.note, worst.mistakes) == ("No sample is wrong", "No mistakes")


def test_labels_nearest_to_the_threshold_come_first_where_none_is_wrong(network):
    task, labels = MultiLabel(("red", "green")), ("red", "red", "green", "-")
    outputs = ((0.9, 0.1), (0.55, 0.1), (0.1, 0.8), (0.1, 0.3))
    worst = pages(network, task, labels, outputs).worst(2, None)
    assert (worst.title, worst.positions) == ("Nearest to the threshold", (1, 3))


def test_errors_of_a_regression_count_against_the_live_threshold(network):
    case = CASES["regression"]
    own = case.read(network).pages
    assert own.worst(4, None).positions == (3, 1)
    assert own.worst(4, None).mistakes == "2 errors beyond 0.25"
    within = own.worst(4, 1.0)
    assert (within.title, within.positions) == ("Largest errors", (3, 1, 0))
    assert (within.note, within.mistakes) == ("Every error is within 1", "No error beyond 1")


def test_a_class_has_a_bar_with_its_count(network):
    bars = CASES["classification"].read(network).pages.breakdown(None)
    assert bars.title == "Accuracy by class"
    assert [(bar.name, bar.length, bar.text) for bar in bars.bars] == [
        ("bus", 0.0, "0\u00a0% · 0 of 1"),
        ("car", 1.0, "100\u00a0% · 1 of 1"),
        ("van", 1.0, "100\u00a0% · 1 of 1"),
    ]


def test_a_label_has_a_bar_with_its_f1(network):
    bars = CASES["multi-label"].read(network).pages.breakdown(None)
    said = {bar.name: bar.text for bar in bars.bars}
    assert said["red"] == "67\u00a0% · true of 1"  # right in one of one, said of one too many


def test_of_many_classes_the_lowest_are_drawn():
    bars = share_bars(
        "Accuracy", [(f"{i}", i / 20, "") for i in range(20, 0, -1)] + [("x", NAN, "")]
    )
    assert [bar.name for bar in bars.bars] == [f"{i}" for i in range(1, BARS + 1)]
    assert bars.note == "The 12 lowest of 20"
    assert share_bars("Accuracy", [("x", NAN, "")]) is None


def test_values_have_their_errors_drawn(network):
    by_value = CASES["regression"].read(network).pages.breakdown(None)
    assert by_value.known.tolist() == [0, 1, 3]
    assert by_value.errors[[0, 3]].tolist() == [0.25, 0.5]
