import numpy as np
import pytest

from gradcam.methods.hires_cam import hires_cam
from tests.gradcam.methods.planes import ACTIVATIONS, GRADIENTS, SIGNED, captured


@pytest.mark.parametrize(
    ("activations", "expected"),
    [
        # = [[1, 0], [0, 1]] + [[0, 1], [-3, 0]]
        (ACTIVATIONS, [[1, 1], [-3, 1]]),
        # = [[1, 0], [0, -1]] + [[2, 1], [-3, 0]]
        (SIGNED, [[3, 1], [-3, -1]]),
    ],
    ids=["after_relu", "before_relu"],
)
def test_maps_by_hand(activations, expected):
    maps = hires_cam(captured(activations))
    np.testing.assert_array_equal(maps, [expected])
    assert maps.dtype == np.float32


def test_pictures_of_a_batch_do_not_mix():
    both = captured(np.concatenate([ACTIVATIONS, SIGNED]), np.concatenate([GRADIENTS] * 2))
    np.testing.assert_array_equal(hires_cam(both), [[[1, 1], [-3, 1]], [[3, 1], [-3, -1]]])
