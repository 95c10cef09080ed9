import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import gradcam
from gradcam import Degenerate

RAW = np.array([[-4, 1], [2, 4]], np.float32)  # its positive part: 0, 1, 2, 4


def a_map(*rows):
    return np.array(rows, np.float32)


@pytest.mark.parametrize(
    ("mode", "percentile", "expected"),
    [
        ("simple", 100, 4.0),
        ("simple", 50, 4.0),  # the percentile is not for `simple`
        ("percentile", 100, 4.0),
        ("percentile", 50, 1.5),  # half way from 1 to 2, zeros count as positions
        ("percentile", 90, 3.4),  # 2.7 steps up: 2 + 0.7 * (4 - 2)
    ],
)
def test_divisor_by_hand(mode, percentile, expected):
    assert gradcam.divisor(RAW, mode, percentile) == pytest.approx(expected, rel=1e-6)


def test_a_percentile_of_zero_falls_back_to_the_maximum():
    assert gradcam.divisor(a_map([-1, -1], [-1, 2]), "percentile", 50) == 2.0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [[0, 0.25], [0.5, 1]]),
        ({"mode": "simple", "percentile": 50}, [[0, 0.25], [0.5, 1]]),
        ({"percentile": 50}, [[0, 1 / 1.5], [1, 1]]),
        ({"scale": 8.0}, [[0, 0.125], [0.25, 0.5]]),
        ({"scale": 2.0}, [[0, 0.5], [1, 1]]),
        ({"scale": 0.0}, [[0, 0], [0, 0]]),
    ],
)
def test_normalize_by_hand(arguments, expected):
    heat = gradcam.normalize(RAW, **arguments)
    np.testing.assert_allclose(heat, expected, rtol=1e-6)
    assert heat.dtype == np.float32


def test_a_shared_divisor_is_the_largest_of_their_own():
    maps = [a_map([0, 1]), a_map([-9, 3]), a_map([0, 2])]
    assert gradcam.shared_divisor(maps) == 3.0
    assert gradcam.shared_divisor([RAW, a_map([0, 1])], "percentile", 50) == 1.5
    assert gradcam.shared_divisor([RAW, a_map([0, 1])], "simple", 50) == 4.0


def test_maps_that_show_nothing_have_no_say_in_a_shared_divisor():
    assert gradcam.shared_divisor([a_map([5, 5]), a_map([np.inf, 1]), a_map([0, 2])]) == 2.0
    assert gradcam.shared_divisor([a_map([0, 0])]) == 0.0
    assert gradcam.shared_divisor([]) == 0.0


DEGENERATE = {
    "zero": (a_map([0, 0], [0, 0]), Degenerate.ZERO),
    "minus_zero": (a_map([0, -0.0]), Degenerate.ZERO),
    "negative": (a_map([-1, -3]), Degenerate.NEGATIVE),
    "negative_or_zero": (a_map([-1, 0]), Degenerate.NEGATIVE),
    "negative_constant": (a_map([-2, -2]), Degenerate.NEGATIVE),
    "constant": (a_map([2, 2], [2, 2]), Degenerate.CONSTANT),
    "constant_but_for_rounding": (a_map([1, 1 + 2.4e-7]), Degenerate.CONSTANT),
    "one_cell": (a_map([3]), Degenerate.CONSTANT),
    "nan": (a_map([np.nan, 1]), Degenerate.NOT_FINITE),
    "infinite": (a_map([np.inf, 1]), Degenerate.NOT_FINITE),
    "minus_infinite": (a_map([-np.inf, 1]), Degenerate.NOT_FINITE),
    "all_nan": (a_map([np.nan, np.nan]), Degenerate.NOT_FINITE),
}


@pytest.mark.parametrize(("raw", "reason"), DEGENERATE.values(), ids=DEGENERATE)
@pytest.mark.parametrize("scale", [None, 0.5])
@pytest.mark.parametrize("mode", list(gradcam.Normalization))
def test_a_degenerate_map_is_named_and_never_divided(raw, reason, scale, mode):
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        assert gradcam.degenerate_reason(raw) is reason
        assert gradcam.divisor(raw, mode) == 0.0
        heat = gradcam.normalize(raw, mode, scale=scale)
    np.testing.assert_array_equal(heat, np.zeros_like(raw))


@pytest.mark.parametrize(
    "raw", [RAW, a_map([0, 1e-30]), a_map([-5, 1e-3]), a_map([1, 1.001]), a_map([0, 0, 3e37])]
)
def test_a_weak_or_faint_map_is_not_degenerate(raw):
    assert gradcam.degenerate_reason(raw) is None
    assert gradcam.normalize(raw).max() == 1.0


def test_each_reason_is_a_sentence_of_its_own():
    sentences = [str(reason) for reason in Degenerate]
    assert len(set(sentences)) == 4
    assert all(" " in text and text.endswith(".") and "\n" not in text for text in sentences)


@given(
    arrays.arrays(np.float32, (3, 4), elements=st.floats(-1e6, 1e6, width=32)),
    st.sampled_from(list(gradcam.Normalization)),
    st.floats(0, 100),
)
def test_a_heatmap_lies_in_0_to_1_and_keeps_the_order(raw, mode, percentile):
    heat = gradcam.normalize(raw, mode, percentile)
    assert heat.min() >= 0.0
    assert heat.max() <= 1.0
    assert (heat.max() == 1.0) == (gradcam.degenerate_reason(raw) is None)
    order = np.argsort(raw, axis=None)
    assert (np.diff(heat.ravel()[order]) >= 0).all()


@given(st.sampled_from([2.0**-20, 0.5, 4.0, 2.0**20]))
def test_the_strength_of_a_map_does_not_change_its_heatmap(factor):
    for percentile in (50, 100):
        np.testing.assert_array_equal(
            gradcam.normalize(RAW * np.float32(factor), percentile=percentile),
            gradcam.normalize(RAW, percentile=percentile),
        )


def test_two_cells_resized_half_pixel_by_hand():
    # The centres of 4 pixels over 2 cells lie at -0.25, 0.25, 0.75 and 1.25 cells.
    np.testing.assert_allclose(
        gradcam.resize_heat(a_map([0, 1]), 4, 1), [[0, 0.25, 0.75, 1]], atol=1e-6
    )
    np.testing.assert_allclose(
        gradcam.resize_heat(a_map([1], [0]), 2, 4),
        np.repeat([[1], [0.75], [0.25], [0]], 2, axis=1),
        atol=1e-6,
    )


def test_width_and_height_of_a_resized_heatmap_are_not_confused():
    heat = gradcam.resize_heat(a_map([0, 1], [0, 1]), 6, 3)
    assert heat.shape == (3, 6)
    assert (np.diff(heat, axis=0) == 0).all()
    assert (heat[:, 0] == 0).all()
    assert (heat[:, -1] == 1).all()


def test_a_resized_heatmap_is_clipped():
    resized = gradcam.resize_heat(a_map([-0.5, 1.5]), 4, 1)
    np.testing.assert_allclose(resized, [[0, 0, 1, 1]], atol=1e-6)
    assert resized.dtype == np.float32
