import numpy as np
import pytest

from gradcam.methods.element_wise import element_wise
from tests.gradcam.methods.planes import ACTIVATIONS, GRADIENTS, SIGNED, captured


@pytest.mark.parametrize(
    ("activations", "expected"),
    [
        # [[1, 0], [0, 1]] + [[0, 1], [-3 → 0, 0]]
        (ACTIVATIONS, [[1, 1], [0, 1]]),
        # [[1, 0], [0, -1 → 0]] + [[2, 1], [-3 → 0, 0]]: two negatives speak for the target
        (SIGNED, [[3, 1], [0, 0]]),
    ],
    ids=["after_relu", "before_relu"],
)
def test_maps_by_hand(activations, expected):
    maps = element_wise(captured(activations))
    np.testing.assert_array_equal(maps, [expected])
    assert maps.dtype == np.float32


def test_what_speaks_against_the_target_in_one_channel_takes_nothing_from_another():
    # Channel by channel: ReLU(2 * 1) + ReLU(-2 * 3) = 2, and not ReLU(2 - 6) = 0.
    activations = np.array([1, 3], np.float32).reshape(1, 1, 1, 2)
    gradients = np.array([2, -2], np.float32).reshape(1, 1, 1, 2)
    np.testing.assert_array_equal(element_wise(captured(activations, gradients)), [[[2]]])


def test_pictures_of_a_batch_do_not_mix():
    both = captured(np.concatenate([ACTIVATIONS, SIGNED]), np.concatenate([GRADIENTS] * 2))
    np.testing.assert_array_equal(element_wise(both), [[[1, 1], [0, 1]], [[3, 1], [0, 0]]])
