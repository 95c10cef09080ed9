"""Kernels against the network's weights, and by running them as a convolution."""

import keras
import numpy as np
import pytest
from scipy.signal import correlate

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.kernels import (
    kernel_figures,
    kernel_layer,
    kernel_limits,
    kernel_pictures,
)

SIZE = 9
L = keras.layers


def network_of(*layers, channels=3):
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [keras.Input((SIZE, SIZE, channels)), *layers, L.GlobalAveragePooling2D(),
         L.Dense(2, activation="softmax")]
    )  # fmt: skip
    return KerasNetwork(model)


def test_filters_of_a_convolution_are_its_weights():
    network = network_of(L.Conv2D(4, (3, 2), name="conv"))
    kernel = network.operation("conv").details.get_weights()[0]
    found = network.kernels("conv")
    assert found.shape == (4, 3, 2, 3)
    for number in range(4):
        np.testing.assert_array_equal(found[number], kernel[..., number])


@pytest.mark.parametrize(
    "layer",
    [
        L.Conv2D(4, (3, 2), use_bias=False, name="conv"),
        L.DepthwiseConv2D((2, 3), depth_multiplier=2, use_bias=False, name="conv"),
        L.SeparableConv2D(5, 3, depth_multiplier=2, use_bias=False, name="conv"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_filters_do_what_the_layer_does(layer):
    network = network_of(layer)
    picture = np.random.default_rng(0).normal(size=(SIZE, SIZE, 3)).astype(np.float32)
    given = layer(picture[None]).numpy()[0]
    for number, kernel in enumerate(network.kernels("conv")):
        own = picture
        if kernel.shape[-1] == 1:  # depthwise: two filters for each input channel
            own = picture[..., number // 2 : number // 2 + 1]
        expected = correlate(own, kernel, mode="valid")[..., 0]
        np.testing.assert_allclose(given[..., number], expected, atol=1e-4)


def test_filters_of_a_transposed_convolution_are_what_a_cell_paints():
    layer = L.Conv2DTranspose(4, 3, strides=3, use_bias=False, name="conv")
    network = network_of(layer)
    picture = np.zeros((1, SIZE, SIZE, 3), np.float32)
    picture[0, 2, 1, 1] = 1
    painted = layer(picture).numpy()[0, 6:9, 3:6]
    found = network.kernels("conv")
    np.testing.assert_allclose(found[..., 1], painted.transpose(2, 0, 1), atol=1e-6)


@pytest.mark.parametrize("kind", [L.Conv1D, L.SeparableConv1D])
def test_filters_of_a_sequence_have_one_row(kind):
    model = keras.Sequential(
        [keras.Input((12, 3)), kind(5, 4, name="conv"), L.Flatten(),
         L.Dense(2, activation="softmax")]
    )  # fmt: skip
    found = KerasNetwork(model).kernels("conv")
    assert found.shape == (5, 1, 4, 3)
    if kind is L.Conv1D:
        kernel = model.get_layer("conv").get_weights()[0]
        np.testing.assert_array_equal(found[:, 0], kernel.transpose(2, 0, 1))


def test_a_layer_without_filters_has_those_of_the_convolution_before_it():
    network = network_of(
        L.BatchNormalization(name="norm"),
        L.Conv2D(2, 3, name="first"),
        L.ReLU(name="relu"),
        L.Conv2D(2, 3, name="second"),
    )
    assert network.kernels("relu") is None
    found = {name: kernel_layer(network, name) for name in ("norm", "first", "relu", "second")}
    assert found.pop("norm") is None
    assert {name: layer.name for name, layer in found.items()} == {
        "first": "first",
        "relu": "first",
        "second": "second",
    }


def test_a_layer_that_is_not_there_is_refused():
    network = network_of(L.Conv2D(2, 3))
    for ask in (network.kernels, lambda name: kernel_layer(network, name)):
        with pytest.raises(gradcam.NetworkError, match="no explainable layer named 'other'"):
            ask("other")


def test_figures_by_hand():
    kernels = np.array([[[[1.0], [-3.0]]], [[[2.0], [2.0]]]], np.float32)
    found = kernel_figures(kernels)
    assert found.mean.tolist() == [-1, 2]
    assert found.deviation.tolist() == [2, 0]
    assert found.low.tolist() == [-3, 2]
    assert found.high.tolist() == [1, 2]
    np.testing.assert_allclose(found.norm, [10**0.5, 8**0.5])


def test_three_input_channels_are_colours_and_zero_is_the_middle():
    kernels = np.zeros((2, 1, 1, 3), np.float32)
    kernels[0, 0, 0] = 2, -1, 0
    kernels[1, 0, 0] = 0, 0, -4
    np.testing.assert_allclose(kernel_pictures(kernels)[:, 0, 0], [[1, 0.25, 0.5], [0.5, 0.5, 0]])
    np.testing.assert_allclose(
        kernel_pictures(kernels, shared=True)[:, 0, 0], [[0.75, 0.375, 0.5], [0.5, 0.5, 0]]
    )
    assert kernel_limits(kernels).tolist() == [2, 4]
    assert kernel_limits(kernels, shared=True).tolist() == [4, 4]


def test_one_input_channel_or_the_mean_of_all():
    kernels = np.array([[[[1, 3, 0, 0], [-2, -2, -2, -2]]]], np.float32)
    np.testing.assert_allclose(kernel_pictures(kernels), [[[0.75, 0]]])  # means 1 and -2
    np.testing.assert_allclose(kernel_pictures(kernels, 1), [[[1, 1 / 6]]])
    np.testing.assert_allclose(kernel_pictures(kernels[..., :3], 1), [[[1, 1 / 6]]])


def test_a_filter_of_zeros_is_the_middle():
    assert kernel_pictures(np.zeros((1, 2, 2, 5), np.float32)).tolist() == [[[0.5] * 2] * 2]
