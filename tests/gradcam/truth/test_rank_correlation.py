"""Spearman's rank correlation against SciPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import spearmanr

from gradcam.truth import rank_correlation

TIED = arrays(np.float32, (3, 4), elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0]))
UNIFORM = np.ones((3, 4), np.float32)
SOME = np.arange(12, dtype=np.float32).reshape(3, 4)


@settings(max_examples=100)
@given(TIED, TIED)
def test_it_is_scipys(first, second):
    if np.ptp(first) > 0 and np.ptp(second) > 0:
        expected = spearmanr(first.ravel(), second.ravel()).statistic
        assert rank_correlation(first, second) == pytest.approx(expected, abs=1e-12)


def test_only_the_order_counts():
    assert rank_correlation(SOME, np.exp(SOME)) == pytest.approx(1.0)
    assert rank_correlation(SOME, -(SOME**3)) == pytest.approx(-1.0)


def test_two_uniform_maps_are_alike_and_one_is_like_no_other():
    assert rank_correlation(UNIFORM, UNIFORM * 3) == 1.0
    assert rank_correlation(UNIFORM, SOME) == rank_correlation(SOME, UNIFORM) == 0.0


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_what_is_not_finite_is_like_nothing(broken):
    bad = SOME.copy()
    bad[0, 0] = broken
    assert rank_correlation(bad, SOME) == rank_correlation(SOME, bad) == 0.0
