"""Figures against scikit-learn, and the calibration error by hand."""

import numpy as np
import pytest
from sklearn import metrics

from services.tasks.confusion import Confusion
from services.tasks.scores import (
    accuracy,
    calibration,
    class_figures,
    macro,
    rates,
    regression_scores,
    top_k,
    true_ranks,
    weighted_mean,
    wilson,
)
from tests.services.projects import said

RNG = np.random.default_rng(6)
# Of six classes, 4 never occurs and is called, 5 occurs and is never called.
TRUE = RNG.choice([0, 0, 0, 1, 2, 3, 5], 200)
CALLED = np.where(RNG.random(200) < 0.6, np.where(TRUE == 5, 1, TRUE), RNG.integers(0, 5, 200))
CONFUSION = Confusion.of(TRUE, CALLED, 6)
MATRIX = metrics.confusion_matrix(TRUE, CALLED, labels=range(6))


def test_a_confusion_is_the_matrix_of_scikit_learn_without_its_empty_cells():
    assert CONFUSION.table().tolist() == MATRIX.tolist()
    assert len(CONFUSION.count) == np.count_nonzero(MATRIX)
    assert CONFUSION.total == MATRIX.sum()


def test_a_confusion_of_many_classes_holds_no_more_than_its_samples():
    many = 10**6
    of = Confusion.of(np.array([0, many - 1, 5]), np.array([7, many - 1, 5]), many)
    assert [cells.tolist() for cells in (of.true, of.called, of.count)] == [
        [0, 5, many - 1], [7, 5, many - 1], [1, 1, 1],
    ]  # fmt: skip
    assert of.hits.nonzero()[0].tolist() == [5, many - 1]


def test_each_class_is_scored_as_by_scikit_learn():
    found = class_figures(CONFUSION)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        TRUE, CALLED, labels=range(6), zero_division=np.nan
    )
    np.testing.assert_allclose(found.precision, precision)
    np.testing.assert_allclose(found.recall, recall)
    np.testing.assert_allclose(found.f1, f1)
    assert found.support.tolist() == support.tolist()
    assert found.called.tolist() == np.bincount(CALLED, minlength=6).tolist()
    assert np.isnan(found.precision[5])
    assert np.isnan(found.recall[4])


@pytest.mark.parametrize(("name", "mean"), [("macro", macro), ("weighted", weighted_mean)])
def test_means_over_classes_are_scikit_learns(name, mean):
    expected = metrics.precision_recall_fscore_support(TRUE, CALLED, average=name, zero_division=0)
    found = mean(class_figures(CONFUSION))
    assert (found.precision, found.recall, found.f1) == pytest.approx(expected[:3])


def test_a_class_that_nobody_has_and_nobody_calls_is_not_in_the_mean():
    wider = Confusion.of(TRUE, CALLED, 7)
    assert macro(class_figures(wider)) == macro(class_figures(CONFUSION))
    assert np.isnan(class_figures(wider).f1[6])


def test_no_samples_have_no_figures():
    nothing = Confusion.of(np.zeros(0, int), np.zeros(0, int), 2)
    assert np.isnan([accuracy(nothing), macro(class_figures(nothing)).f1]).all()
    assert np.isnan([top_k(np.zeros(0, int), 1)]).all()


def test_accuracy_and_rates_are_scikit_learns():
    assert accuracy(CONFUSION) == pytest.approx(metrics.accuracy_score(TRUE, CALLED))
    expected = np.nan_to_num(
        metrics.confusion_matrix(TRUE, CALLED, labels=range(6), normalize="true")
    )
    np.testing.assert_allclose(rates(MATRIX), expected)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k_is_scikit_learns(k):
    scores = RNG.random((200, 6)).astype(np.float32)
    expected = metrics.top_k_accuracy_score(TRUE, scores, k=k, labels=range(6))
    assert top_k(true_ranks(scores, TRUE), k) == pytest.approx(expected)


def test_of_equal_scores_the_first_class_counts_as_the_highest():
    even = np.full((2, 3), 1 / 3)
    ranks = true_ranks(even, np.array([0, 1]))
    assert ranks.tolist() == [0, 1]
    assert (top_k(ranks, 1), top_k(ranks, 2)) == (0.5, 1.0)


def test_calibration_error_is_as_worked_out_by_hand():
    # Bins to 0.5 and to 1. In the lower: 0.4 wrong and 0.5 right, so 45 % sure and 50 % right.
    # In the upper: 0.6 right, 0.8 wrong and 1.0 wrong, so 80 % sure and a third right.
    found = calibration(np.array([0.4, 0.6, 0.8, 1.0, 0.5]), np.array([0, 1, 0, 0, 1]), 2)
    assert found.count.tolist() == [2, 3]
    np.testing.assert_allclose(found.confidence, [0.45, 0.8])
    np.testing.assert_allclose(found.accuracy, [0.5, 1 / 3])
    assert found.ece == pytest.approx((2 * 0.05 + 3 * (0.8 - 1 / 3)) / 5)
    assert (found.sure, found.right) == pytest.approx((0.66, 0.4))


def test_an_empty_bin_says_nothing_and_takes_no_part():
    found = calibration(np.array([0.9, 0.95]), np.array([1.0, 0.0]), 10)
    assert np.isnan(found.accuracy[:8]).all()
    assert found.count.tolist() == [0] * 8 + [1, 1]  # 0.9 lies in the bin that ends there
    assert found.ece == pytest.approx((0.1 + 0.95) / 2)


def test_regression_figures_are_scikit_learns():
    true, read = RNG.random(50), RNG.random(50)
    found = regression_scores(true, read)
    assert found.count == 50
    assert found.mean_absolute == pytest.approx(metrics.mean_absolute_error(true, read))
    assert found.root_mean_square == pytest.approx(metrics.root_mean_squared_error(true, read))
    assert found.median_absolute == pytest.approx(metrics.median_absolute_error(true, read))
    assert found.r2 == pytest.approx(metrics.r2_score(true, read))
    assert found.bias == pytest.approx(read.mean() - true.mean())


def test_labels_that_do_not_vary_leave_nothing_to_explain():
    assert np.isnan(regression_scores(np.ones(3), np.array([1.0, 2.0, 3.0])).r2)
    assert np.isnan(regression_scores(np.zeros(0), np.zeros(0)).mean_absolute)


def test_samples_without_a_label_or_a_finite_answer_are_not_judged(blue_or_red):
    found = said(
        blue_or_red,
        [("0", "a"), ("1", None), ("2", "b"), ("3", "b")],
        classes=("a", "b"),
        outputs=[[0.9, 0.1], [0.9, 0.1], [np.nan, np.nan], [0.6, 0.4]],
    )
    assert found.answers.judged.tolist() == [0, 3]


def test_wilsons_interval_holds_for_few_and_for_none():
    low, high = wilson(np.array([81, 0, 3, 0]), np.array([263, 20, 3, 0]))
    # The first two are examples of Newcombe 1998, table I, method 3.
    assert low[:3] == pytest.approx([0.2553, 0.0, 0.4385], abs=1e-4)
    assert high[:3] == pytest.approx([0.3662, 0.1611, 1.0], abs=1e-4)
    assert np.isnan([low[3], high[3]]).all()
