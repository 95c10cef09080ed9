import numpy as np
import pytest

from gradcam.methods.xgrad_cam import xgrad_cam, xgrad_weights
from tests.gradcam.methods.planes import ACTIVATIONS, GRADIENTS, captured, planes


def test_weights_and_map_by_hand():
    # = (1*1 + 0*2 + 2*0 + 1*1) / 4 and (-2*0 + 1*1 - 1*3 + 0*1) / 5
    weights = xgrad_weights(ACTIVATIONS, GRADIENTS)
    np.testing.assert_allclose(weights, [[0.5, -0.4]], rtol=1e-6)
    assert weights.dtype == np.float32
    # = 0.5 * [[1, 2], [0, 1]] - 0.4 * [[0, 1], [3, 1]]
    np.testing.assert_allclose(
        xgrad_cam(captured()), [[[0.5, 0.6], [-1.2, 0.1]]], rtol=1e-5, atol=1e-7
    )


def test_a_channel_whose_sum_is_negative_has_its_weight():
    # Both sums turn their sign, so the quotient keeps it.
    np.testing.assert_allclose(xgrad_weights(-ACTIVATIONS, GRADIENTS), [[0.5, -0.4]], rtol=1e-6)


def test_a_channel_that_cancels_itself_is_left_out():
    # 1 - 1 + 2 - 2 = 0; the other one as above
    activations = planes([[1, -1], [2, -2]], [[0, 1], [3, 1]])
    np.testing.assert_allclose(xgrad_weights(activations, GRADIENTS), [[0.0, -0.4]], rtol=1e-6)


@pytest.mark.parametrize("steep", [2.0, 2e-4, 2e4])
@pytest.mark.parametrize(("left", "defined"), [(0.001, 0), (0.01, 1), (-0.01, 1)])
def test_nearly_cancelled_is_left_out_and_a_little_left_is_not(left, defined, steep):
    # The sums are `left` and 2 + |left|; a thousandth is the limit, whatever the gradients.
    # They are the same everywhere, so they are the weight.
    activations = planes([[1, -1], [left, 0]], [[1, 1], [1, 1]])
    weights = xgrad_weights(activations, np.full_like(GRADIENTS, steep))
    np.testing.assert_allclose(weights, [[defined * steep, steep]], rtol=1e-3)


def test_a_dead_channel_has_no_weight():
    activations = planes([[0, 0], [0, 0]], [[0, 1], [3, 1]])
    np.testing.assert_allclose(xgrad_weights(activations, GRADIENTS), [[0.0, -0.4]], rtol=1e-6)


def test_pictures_of_a_batch_do_not_mix():
    activations = np.concatenate([ACTIVATIONS, 2 * ACTIVATIONS])
    gradients = np.concatenate([GRADIENTS, -GRADIENTS])
    first, second = xgrad_cam(captured(activations, gradients))
    np.testing.assert_array_equal(second, -2 * first)
