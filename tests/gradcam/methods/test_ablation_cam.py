import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks

# ReLU(x) and ReLU(-x) of this picture are [[2, 0], [1, 0]] and [[0, 4], [0, 0]]; sums 3 and 4.
PICTURE = np.array([[2, -4], [1, 0]], np.float32)[None, ..., None]
PLUS, MINUS = np.array([[2, 0], [1, 0]]), np.array([[0, 4], [0, 0]])


def maps_of(weights, bias, target, activation=None):
    model = networks.of_channels([1, -1], weights, bias, activation)
    return gradcam.explain(KerasNetwork(model), PICTURE, None, target, "ablation-cam").maps[0]


VALUE = gradcam.Target.for_output(0)
LOWERS = gradcam.Target.for_output(0, lowers=True)


@pytest.mark.parametrize(
    ("bias", "target", "expected"),
    [
        # y = 3 + 2 * 4 + 10 = 21; without the first channel 18, without the second 13.
        (10, VALUE, 3 / 21 * PLUS + 8 / 21 * MINUS),
        # y = 11 - 30 = -19, -22 and -27: what is lost is still what the channel gave.
        (-30, VALUE, 3 / 19 * PLUS + 8 / 19 * MINUS),
        # y = 0: the loss itself.
        (-11, VALUE, 3 * PLUS + 8 * MINUS),
        # -y = -21, -18 and -13.
        (10, LOWERS, -3 / 21 * PLUS - 8 / 21 * MINUS),
    ],
    ids=["positive", "negative", "zero", "lowers"],
)
def test_maps_by_hand(bias, target, expected):
    np.testing.assert_allclose(maps_of([[1, 2]], bias, target), expected, rtol=1e-5, atol=1e-6)


def test_a_channel_that_speaks_against_the_class_is_negative_and_the_logit_counts():
    # Logits 3 - 2 * 4 + 1 = -4 and 0, whatever the softmax makes of them: losses 3 and -8 of 4.
    maps = maps_of([[1, -2], [0, 0]], [1, 0], 0, "softmax")
    np.testing.assert_allclose(maps, 3 / 4 * PLUS - 8 / 4 * MINUS, rtol=1e-5)


def test_with_a_linear_head_the_weights_are_each_channel_s_share_of_the_logit(batch):
    model = networks.flat(keras)
    found = gradcam.explain(KerasNetwork(model), batch, "last", 1, "ablation-cam").maps
    last = keras.Model(model.inputs, model.get_layer("last").output)
    activations = last.predict(batch, verbose=0)
    kernel, bias = (each.numpy()[..., 1] for each in model.get_layer("y_pred").weights)
    shares = activations.mean(axis=(1, 2)) * kernel
    logits = shares.sum(axis=1, keepdims=True) + bias
    expected = np.einsum("nijk,nk->nij", activations, shares / np.abs(logits))
    assert networks.relative(found, expected) <= 1e-5


def test_each_picture_loses_of_its_own_logit():
    # The second picture is -x, so that its sums are 4 and 3; lowered, y = -(4 + 2 * 3 + 10).
    network = KerasNetwork(networks.of_channels([1, -1], [[1, 2]], 10))
    both = np.concatenate([PICTURE, -PICTURE])
    found = gradcam.explain(network, both, None, [VALUE, LOWERS], "ablation-cam").maps
    np.testing.assert_allclose(found[0], 3 / 21 * PLUS + 8 / 21 * MINUS, rtol=1e-5)
    np.testing.assert_allclose(found[1], -4 / 20 * MINUS - 6 / 20 * PLUS, rtol=1e-5)


def test_many_channels_are_switched_off_in_several_runs():
    kernel = np.array([1, -1] * 20) * np.linspace(0.5, 2, 40)
    network = KerasNetwork(networks.of_channels(kernel, [np.linspace(-1, 1, 40)], 3))
    captured = gradcam.capture(network, PICTURE, None, VALUE).activations[0].astype(np.float64)
    parts = captured.sum(axis=(0, 1)) * np.linspace(-1, 1, 40)
    expected = captured @ (parts / abs(parts.sum() + 3))
    told = []
    found = gradcam.explain(
        network, PICTURE, None, VALUE, "ablation-cam", tell=lambda *said: told.append(said)
    )
    assert networks.relative(found.maps[0], expected) <= 1e-4
    # The capture, and what the layer gives whole and without each of 40 channels: 32 and 9 runs.
    assert told == [(1, 42), (33, 42), (42, 42)]


@pytest.mark.parametrize("size", [16, 24])
def test_a_network_of_any_size_is_ablated_at_the_picture_s_size(size):
    """It is listed at another size than the picture has."""
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="last")(inputs)
    x = keras.layers.Dense(3, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    free = KerasNetwork(networks.seeded(keras.Model(inputs, x)))
    batch = networks.pictures(2, size=size)
    found = gradcam.explain(free, batch, method="ablation-cam")
    captured = gradcam.capture(free, batch)
    # The rest is linear: what the logit loses is what Grad-CAM's weight times the channel gives.
    lost = np.einsum("nijk,nijk->nk", captured.gradients, captured.activations)
    maps = np.einsum("nijk,nk->nij", captured.activations, lost)
    for one, other in zip(found.maps, maps, strict=True):
        np.testing.assert_allclose(one / np.abs(one).max(), other / np.abs(other).max(), atol=1e-5)
