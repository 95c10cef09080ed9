"""Which answers change when a network of whole numbers rounds in its other way."""

from dataclasses import replace

import numpy as np
import pytest

from gradcam import Arithmetic
from gradcam.scores import best_tied
from services.choices.browse import passing_samples
from services.choices.conditions import filter_said, misfit
from services.choices.filter import Filter, read_filter
from services.opening.opening import open_source
from services.predictions.both_arithmetics import BothAnswers, OtherArithmetic, both_answers
from services.tasks.classification.task import Classification
from services.tasks.multi_label.task import MultiLabel
from services.tasks.regression.task import Regression
from services.work.progress import Progress
from tests.services.projects import of_units
from tests.services.rounded import COUNT, rounded_project

OTHER = Arithmetic.MICROCONTROLLER
ONLY_CHANGED = Filter(changes=True)


@pytest.fixture
def predictions(tmp_path, monkeypatch):
    return open_source(rounded_project(tmp_path / "project", monkeypatch)).predictions


def test_nothing_is_known_until_somebody_asks(predictions):
    assert both_answers(predictions) is None
    assert OtherArithmetic(predictions).missing == 1
    assert "not computed yet" in misfit(predictions, ONLY_CHANGED)
    assert len(passing_samples(predictions, ONLY_CHANGED)) == 0


def test_the_samples_with_another_answer_are_those_of_both_networks(predictions):
    OtherArithmetic(predictions).make(Progress())
    both = both_answers(predictions)
    other = predictions.project.in_arithmetic(OTHER)
    batch = np.stack(
        [
            predictions.project.medium.read(sample.path, sample.window).tensor
            for sample in predictions.samples
        ]
    )
    mine = predictions.project.network.predict(batch).argmax(axis=1)
    theirs = other.network.predict(batch).argmax(axis=1)
    changed = np.flatnonzero(mine != theirs)
    assert 0 < len(changed) < COUNT
    assert both.positions.tolist() == changed.tolist()
    assert both.other is OTHER
    passing = passing_samples(predictions, ONLY_CHANGED)
    assert sorted(passing.tolist()) == changed.tolist()
    assert misfit(predictions, ONLY_CHANGED) == ""
    assert filter_said(predictions, ONLY_CHANGED) == "answer changes with the arithmetic"
    first, classes = both.rows()[0], "abc"
    assert first["sample"] == predictions.samples[changed[0]].id
    assert first["as on a phone or PC"].startswith(classes[mine[changed[0]]])
    assert first["as on a microcontroller"].startswith(classes[theirs[changed[0]]])


def test_seen_from_the_other_side_the_same_samples_change(predictions):
    OtherArithmetic(predictions).make(Progress())
    there = OtherArithmetic(predictions).found
    assert OtherArithmetic(there).arithmetic is Arithmetic.PHONE
    OtherArithmetic(there).make(Progress())
    back = both_answers(there)
    assert back.positions.tolist() == both_answers(predictions).positions.tolist()


def test_a_network_of_one_arithmetic_is_refused_with_the_way_out(predictions, blue_or_red):
    own = replace(predictions, project=replace(predictions.project, networks=(blue_or_red,)))
    assert both_answers(own) is None
    words = misfit(own, ONLY_CHANGED)
    assert "has one arithmetic alone. Clear the filter." in words


def test_a_link_and_a_terminal_ask_for_it_alike():
    assert read_filter(["changes=1"]) == ONLY_CHANGED
    assert ONLY_CHANGED.written() == {"changes": "1"}


# ---------------------------------------------------------------------------- of each task


def compared(predictions, task, here, there):
    here, there = (np.array(each, np.float32) for each in (here, there))
    network = of_units(predictions.project.network, here.shape[1])
    samples = predictions.samples[: len(here)]
    read = [
        task.read(network, [replace(s, label=None) for s in samples], outputs)
        for outputs in (here, there)
    ]
    return BothAnswers(*read, OTHER)


def test_of_classes_the_one_that_counts_changes_and_a_tie_is_called_one(predictions):
    same, tied, other = [0.7, 0.3], [0.5, 0.5], [0.2, 0.8]
    found = compared(
        predictions,
        Classification(("a", "b")),
        [same, tied, same, tied],
        [[0.6, 0.4], other, other, [0.6, 0.4]],
    )
    assert found.differs.tolist() == [False, True, True, False]
    assert found.tied.tolist() == [False, True, False, False]
    assert found.positions.tolist() == [2, 1]  # a tie is the least of it
    assert [row["tie"] for row in found.rows()] == ["", "tie"]
    assert found.said == (
        "As on a microcontroller 2 of 4 samples get another answer (50.0\u00a0%); 1 is a tie of "
        "the two best."
    )
    assert found.here.answer_said(1) == "a 50.0\u00a0%, a tie of a and b"
    assert found.here.said(1) == "? → a 50\u00a0%, tied"
    assert found.here.pages.bars(1, None).note == (
        "True class: not labelled; a tie of a and b: the first in the order of the classes counts"
    )
    assert "tie" not in found.here.said(0) + found.here.pages.bars(0, None).note


def test_where_all_answers_are_the_same_it_says_so(predictions):
    found = compared(predictions, Classification(("a", "b")), [[0.7, 0.3]], [[0.6, 0.4]])
    assert found.said == "As on a microcontroller every answer is the same."


def test_of_several_labels_any_that_is_said_counts(predictions):
    found = compared(
        predictions,
        MultiLabel(("a", "b"), 0.5),
        [[0.9, 0.1], [0.9, 0.1]],
        [[0.6, 0.4], [0.9, 0.6]],
    )
    assert found.differs.tolist() == [False, True]


def test_of_values_a_tenth_of_the_threshold_is_the_same(predictions):
    found = compared(predictions, Regression(0, 1.0), [[3.0], [3.0]], [[3.05], [3.2]])
    assert found.differs.tolist() == [False, True]
    assert found.rows()[0]["as on a microcontroller"] == "3.2"


def test_scores_are_tied_where_the_two_best_are_equal_to_the_bit():
    scores = np.array([[0.4, 0.4, 0.2], [0.4, 0.3, 0.3], [1, 1, 1], [0, np.nan, 0]], np.float32)
    assert best_tied(scores).tolist() == [True, False, True, False]
    assert best_tied(scores[:, :1]).tolist() == [False] * 4
