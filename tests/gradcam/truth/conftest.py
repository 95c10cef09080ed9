"""Networks whose answer to any picture can be written down."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork

SIZE = 8
PATCH = np.zeros((SIZE, SIZE), np.float32)
PATCH[:4, :4] = 1.0  # a quarter of the picture
GAIN = 8.0


def network_of(weights, bias, activation=None, name="patch"):
    """A dense layer on the picture itself, as (8, 8, K) weights; a convolution does nothing."""
    inputs = keras.Input((SIZE, SIZE, 1))
    seen = keras.layers.Conv2D(1, 1, use_bias=False, name="glass")(inputs)
    flat = keras.layers.Flatten()(seen)
    units = weights.shape[-1]
    outputs = keras.layers.Dense(units, activation=activation, name="answer")(flat)
    model = keras.Model(inputs, outputs)
    model.set_weights(
        [
            np.ones((1, 1, 1, 1), np.float32),
            weights.reshape(-1, units).astype(np.float32),
            np.asarray(bias, np.float32),
        ]
    )
    return KerasNetwork(model, name)


def picture(inside=1.0, outside=0.0):
    """One number inside the patch, another outside."""
    return np.where(PATCH > 0, inside, outside).astype(np.float32)[..., None]


@pytest.fixture(scope="session")
def value_network():
    """Its value is the mean over the patch."""
    return network_of(PATCH[..., None] / PATCH.sum(), [0.0])


@pytest.fixture(scope="session")
def class_network():
    """Its first class has the score sigmoid(8 · mean over the patch - 4)."""
    weights = np.stack([PATCH / PATCH.sum() * GAIN, np.zeros_like(PATCH)], axis=-1)
    return network_of(weights, [-GAIN / 2, 0.0], "softmax")


@pytest.fixture(scope="session")
def value_probe(value_network):
    batch = np.stack([picture(), picture(0.5, 0.25)])
    return gradcam.Probe(value_network, batch)


@pytest.fixture(scope="session")
def class_probe(class_network):
    batch = np.stack([picture(), picture(0.75)])
    return gradcam.Probe(class_network, batch, targets=gradcam.Target.for_class(0))


def score(mean):
    """Of the class network's first class."""
    return 1.0 / (1.0 + np.exp(-(GAIN * np.asarray(mean) - GAIN / 2)))
