import numpy as np

from gradcam.methods.mean_activation import mean_activation
from tests.gradcam.methods.planes import ACTIVATIONS, SIGNED, captured


def test_maps_by_hand():
    # = ([[1, 2], [0, 1]] + [[0, 1], [3, 1]]) / 2
    np.testing.assert_array_equal(mean_activation(captured()), [[[0.5, 1.5], [1.5, 1.0]]])
    # ([[1, -2], [0, -1]] + [[-1, 1], [3, 1]]) / 2: negative ones count as they are
    np.testing.assert_array_equal(mean_activation(captured(SIGNED)), [[[0.0, -0.5], [1.5, 0.0]]])


def test_the_gradients_do_not_enter():
    other = captured(ACTIVATIONS, np.full_like(ACTIVATIONS, -7.0))
    np.testing.assert_array_equal(mean_activation(other), mean_activation(captured()))
