from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import gradcam
from gradcam.methods.grad_cam import channel_weights, grad_cam
from gradcam.network import Pooled
from gradcam.rounding import uncancelled
from tests.gradcam.methods.planes import ACTIVATIONS, GRADIENTS, captured


@pytest.mark.parametrize(
    ("pooling", "expected"),
    # = (1 + 0 + 2 + 1) / 4 and (-2 + 1 - 1 + 0) / 4; 1 + 0 + 2 + 1 and 2 + 1 + 1 + 0
    [("mean", [1.0, -0.5]), ("sum_abs", [4.0, 4.0])],
)
def test_weights_by_hand(pooling, expected):
    weights = channel_weights(GRADIENTS, pooling)
    np.testing.assert_array_equal(weights, [expected])
    assert weights.dtype == np.float32


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        # = 1 * [[1, 2], [0, 1]] - 0.5 * [[0, 1], [3, 1]]
        ("mean", [[1.0, 1.5], [-1.5, 0.5]]),
        # = 4 * [[1, 2], [0, 1]] + 4 * [[0, 1], [3, 1]]
        ("sum_abs", [[4.0, 12.0], [12.0, 8.0]]),
    ],
)
def test_map_by_hand_keeps_its_sign(pooling, expected):
    maps = grad_cam(captured(), pooling)
    np.testing.assert_array_equal(maps, [expected])
    assert maps.dtype == np.float32


def test_what_the_run_added_up_is_taken_where_it_is_the_same_pooling():
    sums = Pooled(np.float32([[[7.0, 0.0]]]), np.float32([[[9.0, 1.0]]]))
    own = replace(captured(), pooled=sums)
    np.testing.assert_array_equal(grad_cam(own), sums.maps)
    np.testing.assert_array_equal(uncancelled(own, grad_cam), sums.uncancelled)
    np.testing.assert_array_equal(grad_cam(own, "sum_abs"), grad_cam(captured(), "sum_abs"))
    np.testing.assert_array_equal(own.one(0).pooled.uncancelled, sums.uncancelled)
    assert captured().one(0).pooled is None


def test_pictures_of_a_batch_do_not_mix():
    twice = captured(
        np.concatenate([ACTIVATIONS, 2 * ACTIVATIONS]), np.concatenate([GRADIENTS, -GRADIENTS])
    )
    first, second = grad_cam(twice)
    np.testing.assert_array_equal(second, -2 * first)


def test_defaults_are_the_paper_s():
    np.testing.assert_array_equal(channel_weights(GRADIENTS), channel_weights(GRADIENTS, "mean"))
    np.testing.assert_array_equal(grad_cam(captured()), grad_cam(captured(), gradcam.Pooling.MEAN))
    np.testing.assert_array_equal(gradcam.compute_maps(captured()), grad_cam(captured(), "mean"))


PLANES = arrays.arrays(
    np.float32, (2, 3, 4, 5), elements=st.floats(-8, 8, width=32, allow_subnormal=False)
)


@given(PLANES, PLANES)
def test_mean_pooling_equals_the_sum_written_out(activations, gradients):
    maps = grad_cam(captured(activations, gradients))
    for picture in range(2):
        expected = sum(
            gradients[picture, ..., k].astype(float).mean() * activations[picture, ..., k]
            for k in range(5)
        )
        np.testing.assert_allclose(maps[picture], expected, atol=1e-4)


@given(PLANES, PLANES, st.permutations(range(5)))
def test_the_order_of_channels_is_of_no_account(activations, gradients, order):
    for pooling in gradcam.Pooling:
        np.testing.assert_allclose(
            grad_cam(captured(activations[..., order], gradients[..., order]), pooling),
            grad_cam(captured(activations, gradients), pooling),
            atol=5e-3,
        )
