from dataclasses import replace

import numpy as np
import pytest

from services.edge_impulse.agreement import Agreement, Disagreement, agreement
from services.edge_impulse.model import TestResult
from services.sample import Window
from services.tasks.answers import Compared
from services.tasks.other_answer import OtherAnswer
from services.tasks.regression.task import Regression
from tests.services.projects import said

CLASSES = ("no car", "car")


def numbered(predictions, first=1001):
    """The samples as Studio numbers them."""
    samples = tuple(
        replace(sample, studio_id=first + n) for n, sample in enumerate(predictions.samples)
    )
    return replace(predictions, samples=samples)


@pytest.fixture
def classified(blue_or_red):
    """Four pictures; the network is sure of three, and torn over the last."""
    outputs = [[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.5, 0.5]]
    answers = [(name, "car") for name in "abcd"]
    return numbered(said(blue_or_red, answers, classes=CLASSES, outputs=outputs))


def studio(*scores, variant="float32", answers=None):
    return TestResult(
        variant,
        {1001 + n: (OtherAnswer(said),) for n, said in enumerate(scores) if said is not None},
        answers or {},
    )


def score(first):
    return {"no car": first, "car": 1 - first}


def test_all_agree_where_the_scores_are_alike(classified):
    found = agreement(classified, studio(score(0.9), score(0.2), score(0.3), score(0.5)))
    assert (found.variant, found.compared, found.disagreeing) == ("float32", 4, ())
    assert found.difference == pytest.approx(0.0, abs=1e-6)
    assert found.share == 1.0


def test_another_class_is_a_disagreement_the_largest_first(classified):
    found = agreement(classified, studio(score(0.4), score(0.25), score(0.95), score(0.5)))
    assert found.compared == 4
    assert found.disagreeing == (
        Disagreement(
            2, Compared(False, "car 70.0\u00a0%", "no car 95.0\u00a0%", pytest.approx(0.65))
        ),
        Disagreement(
            0, Compared(False, "no car 90.0\u00a0%", "car 60.0\u00a0%", pytest.approx(0.5))
        ),
    )
    assert found.share == 0.5
    assert found.difference == pytest.approx((0.5 + 0.05 + 0.65 + 0.0) / 4)


def test_other_scores_for_the_same_class_agree_but_differ(classified):
    found = agreement(classified, studio(score(0.6), score(0.4), score(0.4), score(0.5)))
    assert found.disagreeing == ()
    assert found.share == 1.0
    assert found.difference == pytest.approx((0.3 + 0.2 + 0.1 + 0.0) / 4)


def test_the_difference_is_that_of_the_class_that_differs_most(blue_or_red):
    classes = ("a", "b", "c")
    outputs = [[0.5, 0.3, 0.2]]
    predictions = numbered(said(blue_or_red, [("x", "a")], classes=classes, outputs=outputs))
    found = agreement(predictions, studio({"a": 0.1, "b": 0.5, "c": 0.4}))
    assert found.disagreeing == (
        Disagreement(0, Compared(False, "a 50.0\u00a0%", "b 50.0\u00a0%", pytest.approx(0.4))),
    )
    assert found.difference == pytest.approx(0.4)


def test_classes_are_compared_by_name_not_by_order(classified):
    turned = {"car": 0.1, "no car": 0.9}
    found = agreement(classified, studio(turned))
    assert (found.compared, found.disagreeing) == (1, ())
    assert found.difference == pytest.approx(0.0, abs=1e-6)


def test_what_studio_calls_uncertain_is_compared_by_its_scores(classified):
    found = agreement(classified, studio(score(0.55), answers={1001: "uncertain"}))
    assert (found.compared, found.disagreeing) == (1, ())
    assert found.difference == pytest.approx(0.35)


def test_only_what_both_know_is_compared(classified):
    found = agreement(classified, studio(None, score(0.9), None, None))
    assert (found.compared, [item.position for item in found.disagreeing]) == (1, [1])
    assert found.share == 0.0


def test_a_result_without_all_classes_is_not_compared(classified):
    found = agreement(classified, studio({"car": 1.0}, {"car": 0.8, "other": 0.2}, score(0.3)))
    assert found.compared == 1
    assert found.share == 1.0


def test_a_class_that_only_studio_has_does_not_matter(classified):
    found = agreement(classified, studio({**score(0.9), "other": 0.0}))
    assert (found.compared, found.share) == (1, 1.0)


@pytest.mark.parametrize(
    "result", [studio(), studio({}, {}), TestResult("int8", {5: (OtherAnswer(score(1)),)}, {})]
)
def test_where_nothing_is_compared_nothing_is_claimed(classified, result):
    found = agreement(classified, result)
    assert (found.compared, found.disagreeing) == (0, ())
    assert np.isnan(found.share)
    assert np.isnan(found.difference)


def test_a_sample_that_is_not_studios_is_not_compared(blue_or_red):
    predictions = said(blue_or_red, [("a", "car")], classes=CLASSES, outputs=[[0.9, 0.1]])
    assert (
        agreement(
            predictions, TestResult("float32", {1001: (OtherAnswer(score(0.9)),)}, {})
        ).compared
        == 0
    )


def windowed(predictions):
    """The same four answers as two windows of two sounds."""
    samples = tuple(
        replace(sample, studio_id=1001 + n // 2, window=Window(n % 2, n % 2 + 1, n % 2, 2))
        for n, sample in enumerate(predictions.samples)
    )
    return replace(predictions, samples=samples)


def test_windows_are_compared_one_by_one(classified):
    said = {
        1001: (OtherAnswer(score(0.9)), OtherAnswer(score(0.75))),
        1002: (OtherAnswer(score(0)),),
    }
    found = agreement(windowed(classified), TestResult("int8", said, {}))
    assert found.compared == 2  # the second sound was cut in another way
    assert [item.position for item in found.disagreeing] == [1]
    assert found.difference == pytest.approx((0.0 + 0.55) / 2)


def test_the_variant_is_the_results(classified):
    assert agreement(classified, studio(score(0.9), variant="int8")).variant == "int8"


# ------------------------------------------------------------------------------------- regression


@pytest.fixture
def read(blue_or_red):
    """Three values, of which an error of up to 0.5 is correct."""
    answers = [(name, "1") for name in "abc"]
    outputs = [[1.0], [-2.0], [3.25]]
    return numbered(said(blue_or_red, answers, outputs=outputs, threshold=0.5))


def test_values_may_be_a_tenth_of_the_threshold_apart(read):
    found = agreement(read, studio({"value": 1.04}, {"value": -2.06}, {"value": 3.0}))
    assert found.compared == 3
    assert found.disagreeing == (
        Disagreement(2, Compared(False, "3.25", "3", pytest.approx(0.25))),
        Disagreement(1, Compared(False, "-2", "-2.06", pytest.approx(0.06))),
    )
    assert found.difference == pytest.approx((0.04 + 0.06 + 0.25) / 3)
    assert found.share == pytest.approx(1 / 3)


def test_the_tolerance_is_that_of_the_project(read):
    wide = replace(read, project=replace(read.project, task=Regression(0, 5.0)))
    result = studio({"value": 1.04}, {"value": -2.06}, {"value": 3.0})
    assert agreement(wide, result).disagreeing == ()


def test_a_value_has_one_name_whatever_it_is(read):
    assert agreement(read, studio({"label": 1.0})).compared == 1
    assert agreement(read, studio({"a": 1.0, "b": 2.0})).compared == 0


def test_a_value_is_that_of_the_chosen_output(blue_or_red):
    predictions = numbered(said(blue_or_red, [("a", "1")], outputs=[[1.0, 7.0]], threshold=0.5))
    chosen = replace(predictions.project, task=Regression(1, 0.5))
    result = studio({"value": 7.0})
    assert agreement(replace(predictions, project=chosen), result).disagreeing == ()
    assert len(agreement(predictions, result).disagreeing) == 1


def test_the_share_is_of_what_was_compared():
    pair = (
        Disagreement(0, Compared(False, "a", "b", 0.5)),
        Disagreement(1, Compared(False, "a", "b", 0.4)),
    )
    assert Agreement("float32", 8, pair, 0.1).share == 0.75
