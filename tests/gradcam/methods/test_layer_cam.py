import numpy as np
import pytest

from gradcam.methods.layer_cam import layer_cam
from tests.gradcam.methods.planes import ACTIVATIONS, GRADIENTS, SIGNED, captured


@pytest.mark.parametrize(
    ("activations", "expected"),
    [
        # = [[1, 0], [2, 1]] * [[1, 2], [0, 1]] + [[0, 1], [0, 0]] * [[0, 1], [3, 1]]
        (ACTIVATIONS, [[1, 1], [0, 1]]),
        # = [[1, 0], [2, 1]] * [[1, -2], [0, -1]] + [[0, 1], [0, 0]] * [[-1, 1], [3, 1]]
        (SIGNED, [[1, 1], [0, -1]]),
    ],
    ids=["after_relu", "before_relu"],
)
def test_maps_by_hand(activations, expected):
    maps = layer_cam(captured(activations))
    np.testing.assert_array_equal(maps, [expected])
    assert maps.dtype == np.float32


def test_pictures_of_a_batch_do_not_mix():
    both = captured(np.concatenate([ACTIVATIONS, SIGNED]), np.concatenate([GRADIENTS] * 2))
    np.testing.assert_array_equal(layer_cam(both), [[[1, 1], [0, 1]], [[1, 1], [0, -1]]])


def test_a_larger_gradient_counts_for_more():
    # One cell, two channels: 3 * 2 + 0.5 * 4.
    activations = np.array([2, 4], np.float32).reshape(1, 1, 1, 2)
    gradients = np.array([3, 0.5], np.float32).reshape(1, 1, 1, 2)
    np.testing.assert_array_equal(layer_cam(captured(activations, gradients)), [[[8]]])
