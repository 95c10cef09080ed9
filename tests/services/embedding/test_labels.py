"""Whether neighbours carry the same label, on paper."""

import numpy as np
import pytest

from services.embedding.labels import (
    Doubt,
    KindAgreement,
    agreement_by_kind,
    by_chance,
    neighbour_agreement,
    to_check,
)
from services.tasks.likeness import SameTruth, commonest, middle
from tests.services.projects import said

NAN = np.nan
CLASSES = np.array([0, 0, 1, 1, NAN])
NEAR = np.array([[1, 2], [0, 4], [0, 1], [2, 4], [0, 1]])


def test_agreement_counts_labelled_neighbours_of_the_same_class():
    np.testing.assert_array_equal(neighbour_agreement(CLASSES, NEAR), [0.5, 1.0, 0.0, 1.0, NAN])


def test_agreement_of_a_kind_is_of_those_that_are_compared():
    kinds = [SameTruth("a", np.array([0, 3, 5])), SameTruth("b", np.array([1, 4])),
             SameTruth("c", np.array([2]))]  # fmt: skip
    compared, shares = np.array([0, 2, 3, 4]), np.array([0.5, NAN, 1.0, 0.25])
    assert agreement_by_kind(kinds, compared, shares, 6) == [
        KindAgreement("a", 2, 0.75),
        KindAgreement("b", 1, 0.25),
    ]


def test_neighbours_without_a_label_have_no_say():
    truth = np.array([0, NAN, NAN])
    np.testing.assert_array_equal(
        neighbour_agreement(truth, np.array([[1, 2]] * 3)), [NAN, NAN, NAN]
    )


def test_numbers_agree_within_the_tolerance_and_at_its_very_end():
    truth = np.array([0.3, 0.4, 0.51, 0.9])
    near = np.array([[1, 2], [0, 2], [1, 3], [1, 2]])
    np.testing.assert_array_equal(neighbour_agreement(truth, near, 0.1), [0.5, 0.5, 0.0, 0.0])
    np.testing.assert_array_equal(neighbour_agreement(truth, near, 0.12), [0.5, 1.0, 0.5, 0.0])


def test_chance_is_the_share_of_pairs_that_agree():
    assert by_chance(CLASSES) == pytest.approx(4 / 12)  # 2 of 6 pairs
    assert by_chance(np.array([0.1, 0.2, 0.3]), 0.1) == pytest.approx(2 / 3)
    assert np.isnan(by_chance(np.array([1.0, NAN])))


def test_who_has_no_neighbour_of_its_own_label_is_to_be_checked():
    truth = np.array([0, 0, 0, 1, 2, 1])
    near = np.array([[1, 2], [0, 2], [0, 1], [0, 4], [0, 1], [1, 2]])
    # 3 has neighbours 0 and 2, 5 has twice 0; 4 is the only one of its class.
    assert to_check(truth, near, 0.0, commonest) == (Doubt(5, 0, 2, 2), Doubt(3, 0, 1, 2))


def test_a_number_is_doubted_with_the_median_of_its_neighbours():
    truth = np.array([0.9, 0.1, 0.2, 0.15, 0.95])
    near = np.array([[1, 2, 3], [2, 3, 0], [1, 3, 0], [1, 2, 0], [0, 1, 2]])
    assert to_check(truth, near, 0.1, middle) == (Doubt(0, 0.15, 3, 3),)
    assert to_check(truth, near, 0.01, middle) == ()  # nobody could agree with them


def test_the_truth_is_the_class_or_the_number(blue_or_red, redness):
    answers = [("a", "red"), ("b", None), ("c", "blue")]
    classes = said(blue_or_red, answers, classes=("blue", "red"), outputs=[[1, 0]] * 3)
    np.testing.assert_array_equal(classes.answers.likeness.truth, [1, NAN, 0])
    values = said(redness, [("a", "0.5"), ("b", None)], outputs=[0, 0])
    np.testing.assert_array_equal(values.answers.likeness.truth, [0.5, NAN])
