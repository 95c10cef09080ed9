"""Maps equal those of tf-keras-vis, where it works: flat functional networks with a linear head."""

import warnings

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.layercam import Layercam
    from tf_keras_vis.utils.scores import CategoricalScore

PEERS = {"grad-cam": Gradcam, "layer-cam": Layercam}


def deep(k, activation):
    inputs = k.Input((24, 24, 3))
    x = k.layers.Conv2D(4, 3, activation="relu", padding="same", name="first")(inputs)
    x = k.layers.MaxPooling2D()(x)
    x = k.layers.Conv2D(6, 3, activation="relu", name="middle")(x)
    x = k.layers.BatchNormalization()(x)
    x = k.layers.Conv2D(8, 3, activation="relu", name="last")(x)
    x = k.layers.Dense(4, activation=activation)(k.layers.Flatten()(x))
    return networks.seeded(k.Model(inputs, x), seed=3)


BUILDERS = {
    "pooled": (lambda activation: networks.flat(keras, activation=activation), 16),
    "deep": (lambda activation: deep(keras, activation), 24),
}


@pytest.fixture(scope="module", params=BUILDERS)
def pair(request):
    """The model with a linear head for them, our network with softmax, and a batch."""
    build, size = BUILDERS[request.param]
    return build("linear"), KerasNetwork(build("softmax")), networks.pictures(3, size, seed=9)


def peaks_to_one(maps):
    return maps / np.abs(maps).max(axis=(1, 2), keepdims=True)


@pytest.mark.parametrize("index", [0, 1, 2])
@pytest.mark.parametrize("position", [0, -1])
@pytest.mark.parametrize("method", PEERS)
def test_maps_equal_those_of_tf_keras_vis(pair, method, position, index):
    model, network, batch = pair
    layer = network.layers[position].name
    expected = PEERS[method](model)(
        CategoricalScore([index] * len(batch)),
        batch,
        penultimate_layer=layer,
        activation_modifier=None,
        expand_cam=False,
        normalize_cam=False,
    )
    result = gradcam.explain(network, batch, layer, index, method)
    np.testing.assert_allclose(peaks_to_one(result.maps), peaks_to_one(expected), atol=1e-5)
    np.testing.assert_allclose(result.maps, expected, atol=1e-5 * np.abs(expected).max())


def test_heatmaps_equal_those_of_tf_keras_vis(pair):
    """It divides by max - min + 1e-7, which is our maximum where some cell is not positive."""
    model, network, batch = pair
    theirs, compared = Gradcam(model), 0
    for index in range(3):
        expected = np.array(
            theirs(CategoricalScore([index] * 3), batch, penultimate_layer="last", expand_cam=False)
        )
        maps = gradcam.explain(network, batch, "last", index).maps
        for raw, heat in zip(maps, expected, strict=True):
            if raw.min() <= 0 < raw.max():
                by_its_rule = gradcam.normalize(raw, scale=raw.max() + 1e-7)
                np.testing.assert_allclose(by_its_rule, heat, atol=1e-5)
                compared += 1
    assert compared >= 3
