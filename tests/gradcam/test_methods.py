import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import gradcam

# One picture, 2 x 2 positions, 2 channels; [..., 0] and [..., 1] are written as planes.
ACTIVATIONS = np.stack([[[1, 2], [0, 1]], [[0, 1], [3, 1]]], axis=-1)[None].astype(np.float32)
GRADIENTS = np.stack([[[1, 0], [2, 1]], [[-2, 1], [-1, 0]]], axis=-1)[None].astype(np.float32)


def captured(activations=ACTIVATIONS, gradients=GRADIENTS):
    return gradcam.Capture(activations, gradients, np.zeros((len(activations), 2), np.float32))


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [("mean", [1.0, -0.5]), ("sum_abs", [4.0, 4.0])],
)
def test_weights_by_hand(pooling, expected):
    weights = gradcam.channel_weights(GRADIENTS, pooling)
    np.testing.assert_array_equal(weights, [expected])
    assert weights.dtype == np.float32


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [("mean", [[1.0, 1.5], [-1.5, 0.5]]), ("sum_abs", [[4.0, 12.0], [12.0, 8.0]])],
)
def test_map_by_hand_keeps_its_sign(pooling, expected):
    maps = gradcam.grad_cam(captured(), pooling)
    np.testing.assert_array_equal(maps, [expected])
    assert maps.dtype == np.float32


def test_pictures_of_a_batch_do_not_mix():
    twice = captured(
        np.concatenate([ACTIVATIONS, 2 * ACTIVATIONS]), np.concatenate([GRADIENTS, -GRADIENTS])
    )
    first, second = gradcam.grad_cam(twice)
    np.testing.assert_array_equal(second, -2 * first)


def test_defaults_are_the_paper_s():
    np.testing.assert_array_equal(
        gradcam.channel_weights(GRADIENTS), gradcam.channel_weights(GRADIENTS, "mean")
    )
    np.testing.assert_array_equal(
        gradcam.grad_cam(captured()), gradcam.grad_cam(captured(), gradcam.Pooling.MEAN)
    )


@pytest.mark.parametrize("pooling", list(gradcam.Pooling))
def test_a_method_is_found_by_its_name(pooling):
    np.testing.assert_array_equal(
        gradcam.compute_maps(captured(), "grad-cam", pooling),
        gradcam.grad_cam(captured(), pooling),
    )


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="score-cam"):
        gradcam.compute_maps(captured(), "score-cam", "mean")
    with pytest.raises(ValueError, match="median"):
        gradcam.compute_maps(captured(), "grad-cam", "median")


PLANES = arrays.arrays(
    np.float32, (2, 3, 4, 5), elements=st.floats(-8, 8, width=32, allow_subnormal=False)
)


@given(PLANES, PLANES)
def test_mean_pooling_equals_the_sum_written_out(activations, gradients):
    maps = gradcam.grad_cam(captured(activations, gradients))
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
            gradcam.grad_cam(captured(activations[..., order], gradients[..., order]), pooling),
            gradcam.grad_cam(captured(activations, gradients), pooling),
            atol=5e-3,
        )


@given(PLANES, PLANES, st.sampled_from([0.25, 2.0, 1024.0]))
def test_scaled_gradients_scale_the_map(activations, gradients, factor):
    for pooling in gradcam.Pooling:
        np.testing.assert_allclose(
            gradcam.grad_cam(captured(activations, gradients * np.float32(factor)), pooling),
            gradcam.grad_cam(captured(activations, gradients), pooling) * np.float32(factor),
            rtol=1e-5,
        )
