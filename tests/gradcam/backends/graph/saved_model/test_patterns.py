"""What TensorFlow writes as several operators is the one layer that its author wrote."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks
from tests.gradcam.backends.graph.saved_model.written import session_answers

k = keras.layers


def ended(x, inputs):
    x = k.Dense(2, activation="softmax")(k.GlobalAveragePooling2D()(x))
    return networks.seeded(keras.Model(inputs, x))


def dilated(inputs):
    x = k.Conv2D(8, 3, dilation_rate=2, padding="same", activation="relu")(inputs)
    return k.DepthwiseConv2D(3, dilation_rate=2)(x)


def grouped(inputs):
    return k.Conv2D(8, 3, groups=4, activation="swish")(k.Conv2D(8, 3, activation="relu6")(inputs))


def transposed(inputs):
    x = k.Conv2D(8, 3, strides=2, activation="relu")(inputs)
    return k.Conv2DTranspose(6, 3, strides=2, padding="same", activation="elu")(x)


def on_places(inputs):
    x = k.Conv2D(8, 3, activation="gelu")(inputs)
    return k.Dense(5, activation="relu")(k.LayerNormalization()(x))


def in_groups(inputs):
    x = k.GroupNormalization(2)(k.Conv2D(8, 3, strides=2)(inputs))
    return k.Activation("silu")(k.Cropping2D(((1, 0), (0, 2)))(x))


@pytest.mark.parametrize(
    ("between", "kinds"),
    [
        (dilated, ["Conv2D", "DepthwiseConv2D"]),
        (grouped, ["Conv2D", "Conv2D"]),
        (transposed, ["Conv2D", "Conv2DTranspose"]),
        (on_places, ["Conv2D", "LayerNormalization", "Dense"]),
        (in_groups, ["Conv2D", "GroupNormalization", "Silu"]),
    ],
)
def test_layers_are_those_of_keras(tmp_path, between, kinds):
    inputs = keras.Input((17, 13, 3))
    model = ended(between(inputs), inputs)
    model.export(str(tmp_path / "network"), verbose=False)
    network, twin = gradcam.load_network(tmp_path / "network", fold=False), KerasNetwork(model, "m")
    batch = np.random.default_rng(4).uniform(-1, 1, (3, 17, 13, 3)).astype(np.float32)
    (expected,) = session_answers(tmp_path / "network", batch)
    np.testing.assert_array_equal(network.predict(batch), expected)
    assert [layer.kind for layer in network.layers] == kinds
    assert len(twin.layers) == len(kinds)
    for own, other in zip(network.layers, twin.layers, strict=True):
        assert (own.receptive_field, own.parameters) == (other.receptive_field, other.parameters)
        maps = [
            gradcam.explain(each, batch, layer=layer.name).maps
            for each, layer in ((network, own), (twin, other))
        ]
        np.testing.assert_allclose(*maps, atol=1e-5 * max(1, np.abs(maps[1]).max()))
