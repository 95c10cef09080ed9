"""Fixed point is what Python's whole numbers of any size give, in each way of rounding."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest

from gradcam.backends.graph.tensorflow_lite.fixed_point import FixedPoint, Rounding, in_fixed_point

LEVELS = 255  # to which everything is clipped


def exact(number, mantissa, exponent, rounding):
    """TensorFlow Lite's `MultiplyByQuantizedMultiplier`, in fractions."""
    product = Fraction(number) * mantissa
    if rounding is Rounding.ONCE:
        return floor(product / Fraction(2) ** (31 - exponent) + Fraction(1, 2))
    finer = floor(product * 2 ** max(exponent, 0) / 2**31 + Fraction(1, 2))
    divided = Fraction(finer, 2 ** max(-exponent, 0))
    away = floor(abs(divided) + Fraction(1, 2))
    return away if divided >= 0 else -away


def wanted(sums, point, rounding):
    return np.array([
        exact(int(number), int(point.mantissas), int(point.exponents), rounding) for number in sums
    ], np.float64)  # fmt: skip


def sums_near_halves(rng, point, largest):
    """Some at random, and those whose product lies nearest to a half, where roundings part."""
    drawn = rng.integers(-largest, largest, 40, endpoint=True)
    halves = (np.arange(-40, 40) + 0.5) * 2.0**31 / (point.mantissas * 2.0**point.exponents)
    near = np.concatenate([np.floor(halves), np.ceil(halves)])
    return np.concatenate([drawn, near[np.abs(near) <= largest]]).astype(np.float64)


def given(sums, point, rounding):
    return np.asarray(in_fixed_point(sums, point.rows(rounding), rounding))


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("exponent", [-18, -12, -9, -5, -1, 0, 2])
def test_rounded_as_whole_numbers_of_any_size(rounding, exponent):
    rng = np.random.default_rng(0)
    for _ in range(10):
        point = FixedPoint.of(rng.uniform(0.5, 1) * 2.0**exponent)
        sums = sums_near_halves(rng, point, 2.0**22 / 2.0 ** max(exponent, 0) - 1)
        np.testing.assert_array_equal(
            given(sums, point, rounding), wanted(sums, point, rounding), strict=True
        )


@pytest.mark.parametrize("multiplier", [0.25, 0.125, 2.0**-9])
def test_halves_go_away_from_zero_at_the_second_rounding(multiplier):
    sums, point = np.arange(-9.0, 10.0), FixedPoint.of(multiplier)
    for rounding in (Rounding.TWICE, Rounding.TWICE_SMALL):
        np.testing.assert_array_equal(given(sums, point, rounding), wanted(sums, point, rounding))
    half = round(0.5 / multiplier)
    assert given(np.array([-half, half], float), point, Rounding.TWICE).tolist() == [-1, 1]


@pytest.mark.parametrize("exponent", [-12, -3])
def test_a_large_sum_is_right_once_it_is_clipped(exponent):
    rng = np.random.default_rng(1)
    point = FixedPoint.of(0.7231 * 2.0**exponent)
    assert point.twice(2.0**30) is Rounding.TWICE_SMALL
    sums = sums_near_halves(rng, point, 2.0**30)
    own, other = (given(sums, point, each) for each in (Rounding.TWICE_SMALL, Rounding.TWICE))
    np.testing.assert_array_equal(other, wanted(sums, point, Rounding.TWICE))
    np.testing.assert_array_equal(*(np.clip(each, -LEVELS, LEVELS) for each in (own, other)))


def test_which_way_is_taken():
    fine, coarse = FixedPoint.of(0.6 * 2.0**-13), FixedPoint.of(0.6 * 2.0**-12)
    assert fine.twice(2.0**22 - 1) is Rounding.TWICE_SMALL  # exact as it is
    assert fine.twice(2.0**22) is Rounding.TWICE  # large, and not yet clipped
    assert coarse.twice(2.0**22) is Rounding.TWICE_SMALL  # large, and clipped
    both = FixedPoint.of(np.array([0.6 * 2.0**-13, 0.6 * 2.0**-12]))
    assert both.twice(2.0**22) is Rounding.TWICE  # of several channels the finest counts


def test_the_mean_of_as_many_numbers():
    for count in (2, 7, 49, 16384):
        point = FixedPoint.of(0.83).divided(count)
        sums = np.arange(-3.0 * count, 3.0 * count, max(1, count // 50))
        for rounding in (Rounding.TWICE, Rounding.TWICE_SMALL):
            np.testing.assert_array_equal(
                given(sums, point, rounding), wanted(sums, point, rounding)
            )
            off = np.abs(given(sums, point, rounding) - 0.83 * sums / count)
            assert off.max() <= 0.75  # two roundings
