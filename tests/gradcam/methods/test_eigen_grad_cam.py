import numpy as np

from gradcam.methods.eigen_grad_cam import eigen_grad_cam
from tests.gradcam.methods.planes import captured, planes

UPRIGHT, LEVEL = np.array([[1, -1], [1, -1]]), np.array([[1, 1], [-1, -1]])


def test_the_stronger_pattern_of_gradient_times_activation_by_hand():
    # g * A are the channels -3 upright and 2 level; they add up to what -3 upright goes with.
    activations = planes(3 * UPRIGHT, 2 * LEVEL)
    gradients = planes(np.full((2, 2), -1), np.ones((2, 2)))
    maps = eigen_grad_cam(captured(activations, gradients))
    np.testing.assert_allclose(maps, [-3 * UPRIGHT], atol=1e-6)
    assert maps.dtype == np.float32


def test_gradients_decide_which_pattern_is_the_stronger():
    activations = planes(3 * UPRIGHT, 2 * LEVEL)
    gradients = planes(np.ones((2, 2)), np.full((2, 2), 4))  # 3 upright and 8 level
    maps = eigen_grad_cam(captured(activations, gradients))
    np.testing.assert_allclose(maps, [8 * LEVEL], atol=1e-6)


def test_each_cell_counts_with_its_own_gradient():
    # g * A = [[1, -1], [1, -1]] although A is the same everywhere.
    activations = planes(np.ones((2, 2)), np.zeros((2, 2)))
    maps = eigen_grad_cam(captured(activations, planes(UPRIGHT, LEVEL)))
    np.testing.assert_allclose(maps, [UPRIGHT], atol=1e-6)


def test_it_turns_with_the_target():
    activations, gradients = planes(3 * UPRIGHT, 2 * LEVEL), np.ones((1, 2, 2, 2), np.float32)
    maps = eigen_grad_cam(captured(activations, gradients))
    np.testing.assert_allclose(eigen_grad_cam(captured(activations, -gradients)), -maps)
