import numpy as np

from gradcam.methods.uniform_map import uniform_map
from tests.gradcam.methods.planes import captured


def test_one_everywhere_at_the_layer_s_size():
    activations = np.random.default_rng(0).normal(size=(3, 4, 5, 2)).astype(np.float32)
    maps = uniform_map(captured(activations, activations))
    np.testing.assert_array_equal(maps, np.ones((3, 4, 5)))
    assert maps.dtype == np.float32
