import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gradcam.methods.grad_cam_plus_plus import grad_cam_plus_plus, plus_plus_weights
from tests.gradcam.methods.planes import ACTIVATIONS, GRADIENTS, SIGNED, captured


@pytest.mark.parametrize(
    ("activations", "expected"),
    [
        # S = 4 and 5: 1/(2+4) + 0 + 2/(2+8) + 1/(2+4) and 1/(2+5)
        (ACTIVATIONS, [8 / 15, 1 / 7]),
        # The positive parts add up to 1 and 5: 1/(2+1) + 0 + 2/(2+2) + 1/(2+1) and 1/(2+5)
        (SIGNED, [7 / 6, 1 / 7]),
    ],
    ids=["after_relu", "before_relu"],
)
def test_weights_by_hand(activations, expected):
    weights = plus_plus_weights(activations, GRADIENTS)
    np.testing.assert_allclose(weights, [expected], rtol=1e-6)
    assert weights.dtype == np.float32


def test_maps_by_hand():
    # = 8/15 * [[1, 2], [0, 1]] + 1/7 * [[0, 1], [3, 1]]
    expected = [[8 / 15, 16 / 15 + 1 / 7], [3 / 7, 8 / 15 + 1 / 7]]
    np.testing.assert_allclose(grad_cam_plus_plus(captured())[0], expected, rtol=1e-6)
    # 7/6 * [[1, -2], [0, -1]] + 1/7 * [[-1, 1], [3, 1]]: the map itself keeps negative activations
    expected = [[7 / 6 - 1 / 7, -7 / 3 + 1 / 7], [3 / 7, -7 / 6 + 1 / 7]]
    np.testing.assert_allclose(grad_cam_plus_plus(captured(SIGNED))[0], expected, rtol=1e-5)


@given(
    arrays.arrays(np.float32, (2, 3, 4, 5), elements=st.floats(0, 8, width=32)),
    arrays.arrays(np.float32, (2, 3, 4, 5), elements=st.floats(-8, 8, width=32)),
)
def test_after_a_relu_it_is_equation_19_as_the_paper_has_it(activations, gradients):
    a, g = activations.astype(np.float64), gradients.astype(np.float64)
    below = 2 * g**2 + a.sum(axis=(1, 2), keepdims=True) * g**3
    alpha = np.divide(g**2, below, out=np.zeros_like(g), where=g > 1e-30)
    expected = (alpha * np.maximum(g, 0)).sum(axis=(1, 2))
    np.testing.assert_allclose(
        plus_plus_weights(activations, gradients), expected, rtol=1e-5, atol=1e-12
    )


@pytest.mark.parametrize("size", [1e-30, 1e-5, 1e5, 1e30])
def test_tiny_and_huge_gradients_neither_vanish_nor_overflow(size):
    # One cell, A = 1: g / (2 + g).
    one = np.ones((1, 1, 1, 1), np.float32)
    weights = plus_plus_weights(one, np.float32(size) * one)
    np.testing.assert_allclose(weights, [[size / (2 + size)]], rtol=1e-6)
