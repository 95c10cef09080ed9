"""How far what arrives at a batch normalisation is from what it saw in training, by hand."""

import math

import numpy as np
import pytest

from gradcam.arrived import Arrived, distance


def arrived(values, mean, variance):
    """What arrived, of numbers (N, C)."""
    values = np.asarray(values, np.float64)
    return Arrived(
        "bn", np.asarray(mean, float), np.asarray(variance, float),
        len(values), values.sum(axis=0), (values**2).sum(axis=0),
    )  # fmt: skip


VALUES = [[1.0, 10.0], [3.0, 10.0], [5.0, 40.0]]  # means 3 and 20, variances 8/3 and 200


def test_mean_and_variance_are_those_of_the_numbers():
    given = arrived(VALUES, [0, 0], [1, 1])
    np.testing.assert_allclose(given.mean, [3.0, 20.0])
    np.testing.assert_allclose(given.variance, [8 / 3, 200.0])


def test_distance_is_the_formula_worked_out_by_hand():
    given = arrived(VALUES, [1.0, 15.0], [4.0, 100.0])
    shift = ((3 - 1) ** 2 / 4 + (20 - 15) ** 2 / 100) / 2  # (1 + 0.25) / 2
    spread = (math.log(4 / (8 / 3)) + math.log(200 / 100)) / 2
    assert distance(given) == pytest.approx(shift + spread, rel=1e-5)
    assert distance(given) == pytest.approx(1.1743, abs=1e-4)


def test_what_training_showed_is_at_distance_0():
    assert distance(arrived(VALUES, [3.0, 20.0], [8 / 3, 200.0])) == pytest.approx(0, abs=1e-9)


def test_a_channel_that_was_dead_in_training_and_still_is_adds_nothing():
    dead = arrived([[0.0], [0.0]], [0.0], [0.0])
    assert distance(dead) == 0.0
    assert math.isfinite(distance(arrived(VALUES, [3.0, 0.0], [8 / 3, 0.0])))


def test_batches_add_up():
    first, second = (arrived(part, [1, 15], [4, 100]) for part in (VALUES[:1], VALUES[1:]))
    whole = arrived(VALUES, [1, 15], [4, 100])
    assert distance(first + second) == pytest.approx(distance(whole))
    assert (first + second).count == 3
    assert (first.count, second.count) == (1, 2)


def test_rounding_makes_no_variance_negative():
    assert arrived([[0.1]] * 3, [0], [1]).variance >= 0


@pytest.mark.parametrize(
    ("mean", "variance", "is_trained"),
    [([0, 0], [1, 1], False), ([0, 0.1], [1, 1], True), ([0, 0], [1, 0.9], True)],
)
def test_statistics_that_were_never_trained_are_known(mean, variance, is_trained):
    assert arrived(VALUES, mean, variance).is_trained is is_trained
