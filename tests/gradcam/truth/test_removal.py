"""Which part of a picture goes first: no order may hide in ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import gradcam
from gradcam import GradcamError
from gradcam.baseline import Baseline
from gradcam.truth import USUAL_FILL, hottest, importance, values_without
from tests.gradcam.truth.conftest import PATCH, picture, score


def row(*numbers):
    return np.array([numbers], np.float32)


def test_the_hottest_pixels_go_first():
    some = row(1, 4, 2, 3)
    np.testing.assert_array_equal(hottest(some, 0.25), row(0, 1, 0, 0))
    np.testing.assert_array_equal(hottest(some, 0.5), row(0, 1, 0, 1))
    np.testing.assert_array_equal(hottest(some, 0.75), row(0, 1, 1, 1))


def test_a_pixel_can_go_in_part():
    np.testing.assert_array_equal(hottest(row(1, 4, 2, 3), 0.375), row(0, 1, 0, 0.5))


def test_equal_pixels_go_alike():
    np.testing.assert_array_equal(hottest(row(2, 2, 1, 1), 0.25), row(0.5, 0.5, 0, 0))
    np.testing.assert_array_equal(hottest(row(2, 1, 1, 1), 0.5), row(1, 1 / 3, 1 / 3, 1 / 3))


def test_of_a_uniform_map_every_pixel_fades_evenly():
    np.testing.assert_allclose(hottest(np.ones((5, 7), np.float32), 0.3), 0.3, rtol=1e-6)


def test_negative_numbers_are_colder_than_zero():
    np.testing.assert_array_equal(hottest(row(-1, 0, -2, 3), 0.5), row(0, 1, 0, 1))


def test_at_the_ends_nothing_or_all_is_gone():
    some = row(2, 2, 1, -1)
    np.testing.assert_array_equal(hottest(some, 0.0), row(0, 0, 0, 0))
    np.testing.assert_array_equal(hottest(some, 1.0), row(1, 1, 1, 1))


FEW_NUMBERS = arrays(np.float32, (4, 5), elements=st.sampled_from([-2.0, 0.0, 0.5, 1.0, 3.0]))


@settings(max_examples=60)
@given(FEW_NUMBERS, st.floats(0, 1), st.randoms(use_true_random=False))
def test_the_share_is_met_whatever_the_order_of_the_pixels(some, share, shuffle):
    gone = hottest(some, share)
    assert gone.mean(dtype=np.float64) == pytest.approx(share, abs=1e-6)
    assert gone.min() >= 0.0
    assert gone.max() <= 1.0
    places = list(range(some.size))
    shuffle.shuffle(places)
    moved = hottest(some.ravel()[places].reshape(some.shape), share)
    np.testing.assert_array_equal(moved, gone.ravel()[places].reshape(some.shape))


def test_a_map_is_enlarged_at_half_pixels():
    found = importance(row(0, 1), 2, 4)
    np.testing.assert_array_equal(found, np.array([[0, 0.25, 0.75, 1]] * 2) * 1e6)


def test_only_the_order_counts_and_not_the_strength():
    some = np.random.default_rng(0).normal(size=(3, 3)).astype(np.float32)
    for strength in (1e-20, 1e20):
        scaled = importance(some * np.float32(strength), 9, 9)
        np.testing.assert_allclose(scaled, importance(some, 9, 9), atol=1.5)


def test_signs_are_kept():
    found = importance(row(-2, 1), 1, 2)
    np.testing.assert_array_equal(found, row(-1e6, 5e5))


@pytest.mark.parametrize("constant", [0.3, -0.7, 1e-12, 0.0])
def test_a_uniform_map_stays_exactly_uniform(constant):
    found = importance(np.full((6, 6), constant, np.float32), 96, 97)
    assert found.shape == (96, 97)
    assert len(np.unique(found)) == 1


def test_what_differs_by_rounding_is_a_tie():
    assert len(np.unique(importance(row(1.0, 1.0 + 2e-7, 0.5), 1, 3))) == 2
    assert len(np.unique(importance(row(1.0, 1.0 + 5e-6, 0.5), 1, 3))) == 3


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_map_that_is_not_finite_is_refused(broken):
    with pytest.raises(GradcamError, match="not finite"):
        importance(row(1, broken), 2, 2)


def test_what_is_gone_is_replaced_in_proportion(value_probe):
    half = 0.5 * (PATCH * (np.arange(8) < 2))  # half of the patch by half
    gone = np.stack([np.zeros_like(PATCH), PATCH, half])
    found = values_without(value_probe, 0, gone, "zero")
    np.testing.assert_allclose(found, [1.0, 0.0, 0.75], rtol=1e-6)
    found = values_without(value_probe, 0, gone, Baseline.MEAN)  # a quarter of ones
    np.testing.assert_allclose(found, [1.0, 0.25, 0.75 + 0.25 * 0.25], rtol=1e-6)


def test_blur_stands_where_nothing_else_is_said(value_probe):
    gone = np.ones((1, 8, 8), np.float32)
    usual = values_without(value_probe, 0, gone)
    np.testing.assert_array_equal(usual, values_without(value_probe, 0, gone, USUAL_FILL))
    assert USUAL_FILL is Baseline.BLUR
    assert usual != values_without(value_probe, 0, gone, "mean")


def test_more_is_read_than_goes_through_at_once(value_probe):
    gone = np.linspace(0, 1, 100, dtype=np.float32)[:, None, None] * np.ones((1, 8, 8), np.float32)
    expected = 1 - np.linspace(0, 1, 100)
    np.testing.assert_allclose(values_without(value_probe, 0, gone, "zero"), expected, atol=1e-6)


def test_each_picture_is_read_by_its_own_target(class_network):
    targets = [gradcam.Target.for_class(0), gradcam.Target.for_class(1)]
    probe = gradcam.Probe(class_network, np.stack([picture(), picture()]), targets=targets)
    nothing = np.zeros((1, 8, 8), np.float32)
    first, second = (values_without(probe, number, nothing)[0] for number in (0, 1))
    assert first == pytest.approx(score(1.0), rel=1e-5)
    assert second == pytest.approx(1.0 - score(1.0), rel=1e-3)
