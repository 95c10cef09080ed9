import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods.layer_cam import layer_cam
from gradcam.methods.layer_cam_fused import fused, stages
from gradcam.probe import Probe
from tests.gradcam import networks


def plane(*rows):
    return np.array(rows, np.float32)


TANH_1, TANH_2 = 0.76159416, 0.96402758


def test_the_warmest_of_the_layers_by_hand():
    # [[1, 0], [-2, 2]] / 2 → ReLU → tanh(2 *): [[tanh 1, 0], [0, tanh 2]]
    # [[4, -4]] / 4 → ReLU, both rows → tanh(2 *): [[tanh 2, 0], [tanh 2, 0]]
    maps = fused([plane([1, 0], [-2, 2]), plane([4, -4])])
    np.testing.assert_allclose(maps, [[TANH_2, 0], [TANH_2, TANH_2]], rtol=1e-6)
    assert maps.dtype == np.float32


def test_one_layer_alone_by_hand():
    maps = fused([plane([1, 0], [-2, 2])])
    np.testing.assert_allclose(maps, [[TANH_1, 0], [0, TANH_2]], rtol=1e-6)


def test_a_coarse_map_is_enlarged_once_its_negative_part_is_gone():
    # [4, -4] / 4 → ReLU: [1, 0]; half-pixel bilinear from 2 to 4: [1, 0.75, 0.25, 0]
    maps = fused([plane([0, 0, 0, 0]), plane([4, -4])])
    np.testing.assert_allclose(maps, [np.tanh([2, 1.5, 0.5, 0])], rtol=1e-6)


def test_the_strength_of_a_layer_is_of_no_account():
    maps = [plane([1, 0], [-2, 2]), plane([4, -4])]
    np.testing.assert_array_equal(fused([maps[0] * 1024, maps[1] / 64]), fused(maps))


def test_a_map_without_positive_part_adds_nothing():
    fine, cold = plane([1, 0], [-2, 2]), plane([-1, -3])
    np.testing.assert_array_equal(fused([fine, cold]), fused([fine]))
    np.testing.assert_array_equal(fused([cold, plane([0, 0])]), [[0, 0]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_broken_map_breaks_the_whole(value):
    assert np.isnan(fused([plane([1, 2]), plane([value, 1])])).all()


# ---------------------------------------------------------------------------- which layers


def layer(name, side):
    return gradcam.Layer(name, "Conv2D", side, side, 4)


LAYERS = tuple(
    layer(*each) for each in [("a", 16), ("b", 16), ("c", 8), ("d", 8), ("e", 4), ("f", 32)]
)


@pytest.mark.parametrize(
    ("last", "most", "expected"),
    [
        ("e", 3, "bde"),
        ("e", 2, "de"),
        ("e", 6, "bde"),
        ("d", 3, "bd"),
        ("c", 3, "bc"),
        ("b", 3, "b"),
    ],
)
def test_the_last_layer_of_each_larger_map_finest_first(last, most, expected):
    chosen = next(each for each in LAYERS if each.name == last)
    assert "".join(each.name for each in stages(LAYERS, chosen, most)) == expected


def three_sizes(k):
    inputs = k.Input((16, 16, 3))
    x = k.layers.Conv2D(3, 3, activation="relu", padding="same", name="fine")(inputs)
    x = k.layers.Conv2D(3, 3, activation="relu", strides=2, padding="same", name="middle")(x)
    x = k.layers.Conv2D(3, 3, activation="relu", strides=2, padding="same", name="coarse")(x)
    x = k.layers.GlobalAveragePooling2D()(x)
    return networks.seeded(k.Model(inputs, k.layers.Dense(3, activation="softmax")(x)))


@pytest.mark.parametrize(
    ("chosen", "names"),
    [(3, ["fine", "middle", "coarse"]), (2, ["middle", "coarse"])],
)
def test_in_a_network_it_is_layer_cam_of_each_of_them(batch, chosen, names):
    network = KerasNetwork(three_sizes(keras))
    target = gradcam.Target.for_class(1)
    found = gradcam.explain(network, batch, None, target, "layer-cam-fused", layers=chosen).maps
    maps = [layer_cam(gradcam.capture(network, batch, name, target)) for name in names]
    for number in range(len(batch)):
        expected = fused([of_layer[number] for of_layer in maps])
        np.testing.assert_allclose(found[number], expected, atol=1e-6)
    assert len({raw.tobytes() for raw in found}) == len(batch)


def test_three_layers_where_nobody_says_otherwise(batch):
    probe = Probe(KerasNetwork(three_sizes(keras)), batch)
    assert gradcam.METHODS["layer-cam-fused"].function(probe).maps.shape == (4, 16, 16)
