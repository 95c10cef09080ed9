"""Features of any layer, against captures and against a network worked out by hand."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks
from tests.services import projects


def test_they_are_the_mean_of_each_channel_by_hand(batch):
    # The layer gives red plus 1 and blue minus green, before nothing else.
    model = projects.pointwise(
        [[1, 0], [0, -1], [0, 1]], [1, 0], np.eye(2), [0, 0], activation="softmax", relu=False
    )
    pictures = np.zeros((2, 8, 8, 3), np.float32)
    pictures[0, :4, :, 0] = 1.0  # the upper half is red
    pictures[1, :, :, 2] = 0.5
    found = KerasNetwork(model).channel_means(pictures, "conv")
    np.testing.assert_allclose(found, [[1.5, 0.0], [1.0, 0.5]], atol=1e-6)


def test_they_are_the_mean_of_the_capture_s_activations(flat_network, batch):
    for layer in flat_network.layers:
        activations = gradcam.capture(flat_network, batch, layer.name).activations
        found = flat_network.channel_means(batch, layer.name)
        np.testing.assert_allclose(found, activations.mean(axis=(1, 2)), rtol=1e-5, atol=1e-6)


def test_without_a_name_it_is_the_default_layer(flat_network, batch):
    named = flat_network.channel_means(batch, flat_network.default_layer.name)
    np.testing.assert_array_equal(flat_network.channel_means(batch), named)


def test_what_the_last_dense_layer_gets_is_the_pooled_map_of_a_nested_network():
    network = KerasNetwork(networks.nested_once(keras), "nested.h5")
    pictures = networks.pictures(3)
    pooled = network.channel_means(pictures)
    assert "/" in network.default_layer.name
    assert network.has_dense
    np.testing.assert_allclose(network.run(pictures).features, pooled, rtol=1e-4, atol=1e-5)


def test_a_network_that_ends_with_a_convolution_has_no_dense_layer():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(2, 1)(inputs)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(x))
    assert not KerasNetwork(model).has_dense


def test_a_layer_that_is_not_there_is_refused(flat_network, batch):
    with pytest.raises(gradcam.NetworkError, match="no explainable layer named 'nothing'"):
        flat_network.channel_means(batch, "nothing")
