"""Deletion and insertion on a network whose value is the mean of a quarter of the picture."""

import numpy as np
import pytest

from gradcam.truth import Curve, deletion, insertion
from tests.gradcam.truth.conftest import PATCH, score

ORACLE, INVERSE, UNIFORM = PATCH, 1.0 - PATCH, np.ones_like(PATCH)


def chance(seed):
    return np.random.default_rng(seed).random((4, 4), np.float32)


def test_the_area_is_worked_out_by_trapezoids():
    curve = Curve(np.array([0, 0.25, 1], np.float32), np.array([1, 0.5, 0], np.float32))
    assert curve.area == pytest.approx(0.25 * 0.75 + 0.75 * 0.25)


def test_the_oracle_falls_within_the_first_quarter(value_probe):
    curve = deletion(value_probe, 0, ORACLE, steps=4, fill="zero")
    np.testing.assert_array_equal(curve.shares, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curve.values, [1, 0, 0, 0, 0], atol=1e-6)
    assert curve.area == pytest.approx(0.125)


def test_the_oracle_rises_within_the_first_quarter(value_probe):
    curve = insertion(value_probe, 0, ORACLE, steps=4, fill="zero")
    np.testing.assert_allclose(curve.values, [0, 1, 1, 1, 1], atol=1e-6)
    assert curve.area == pytest.approx(0.875)


def test_the_inverse_falls_and_rises_last(value_probe):
    gone = deletion(value_probe, 0, INVERSE, steps=4, fill="zero")
    np.testing.assert_allclose(gone.values, [1, 1, 1, 1, 0], atol=1e-6)
    come = insertion(value_probe, 0, INVERSE, steps=4, fill="zero")
    np.testing.assert_allclose(come.values, [0, 0, 0, 0, 1], atol=1e-6)


def test_a_uniform_map_goes_down_a_straight_line(value_probe):
    for raw in (UNIFORM, UNIFORM[:2, :2] * 0.3, UNIFORM * 0.0):
        curve = deletion(value_probe, 0, raw, steps=4, fill="zero")
        np.testing.assert_allclose(curve.values, [1, 0.75, 0.5, 0.25, 0], atol=1e-6)
        curve = insertion(value_probe, 0, raw, steps=4, fill="zero")
        np.testing.assert_allclose(curve.values, [0, 0.25, 0.5, 0.75, 1], atol=1e-6)


def test_what_ties_goes_together(value_probe):
    curve = deletion(value_probe, 0, ORACLE, steps=8, fill="zero")
    np.testing.assert_allclose(curve.values[:4], [1, 0.5, 0, 0], atol=1e-6)


def test_negative_places_go_last(value_probe):
    curve = deletion(value_probe, 0, -PATCH, steps=4, fill="zero")
    np.testing.assert_allclose(curve.values, [1, 1, 1, 1, 0], atol=1e-6)


def test_the_score_of_a_class_is_read(class_probe):
    curve = deletion(class_probe, 0, ORACLE, steps=4, fill="zero")
    np.testing.assert_allclose(curve.values, score([1, 0, 0, 0, 0]), rtol=1e-5)
    curve = deletion(class_probe, 1, UNIFORM, steps=2, fill="zero")
    np.testing.assert_allclose(curve.values, score([0.75, 0.375, 0]), rtol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_chance_lies_between_oracle_and_inverse(class_probe, seed):
    def areas(raw):
        gone, come = deletion(class_probe, 0, raw), insertion(class_probe, 0, raw)
        return gone.area, come.area

    best, middle, worst = areas(ORACLE), areas(chance(seed)), areas(INVERSE)
    assert best[0] < middle[0] < worst[0]
    assert best[1] > middle[1] > worst[1]
    even = areas(UNIFORM)
    assert best[0] < even[0] < worst[0]
    assert best[1] > even[1] > worst[1]


def test_the_fill_is_where_deletion_ends_and_insertion_begins(value_probe):
    """The second picture has the mean 0.3125, the patch the mean 0.5."""
    assert deletion(value_probe, 1, ORACLE, fill="mean").values[-1] == pytest.approx(0.3125)
    assert insertion(value_probe, 1, ORACLE, fill="mean").values[0] == pytest.approx(0.3125)
    assert deletion(value_probe, 1, ORACLE, fill="zero").values[-1] == pytest.approx(0.0)
    assert deletion(value_probe, 1, ORACLE, fill="mean").values[0] == pytest.approx(0.5)


def test_there_are_twenty_steps_where_nobody_says(value_probe):
    assert len(deletion(value_probe, 0, ORACLE).values) == 21
    assert len(insertion(value_probe, 0, ORACLE).values) == 21
    assert len(insertion(value_probe, 0, ORACLE, steps=3).values) == 4


def test_the_distance_of_a_value_has_no_sign():
    curve = Curve(np.array([0, 0.5, 1], np.float32), np.array([2, 3, 0.5], np.float32))
    apart = curve.distance(2.0)
    np.testing.assert_array_equal(apart.values, [0, 1, 1.5])
    np.testing.assert_array_equal(apart.shares, curve.shares)


def test_the_mean_of_curves():
    shares = np.array([0, 1], np.float32)
    both = [Curve(shares, np.array(v, np.float32)) for v in ([1, 0], [0.5, 0.25])]
    np.testing.assert_array_equal(Curve.mean(both).values, [0.75, 0.125])
    np.testing.assert_array_equal(Curve.mean(both).shares, shares)
