"""A small trunk and a mixture of two features, small enough to be worked out by hand."""

import keras
import numpy as np

from gradcam.anomaly.mixture import Mixture
from gradcam.anomaly.network import scored_network
from gradcam.anomaly.scoring import Scoring
from gradcam.backends.keras.network import KerasNetwork

SIDE = 24  # of a picture; its features have 12 cells a side


def trunk(scale=1.0):
    """Two features, the means of the first two colours over 2 × 2 pixels; then a class."""
    k = keras.layers
    inputs = keras.Input((SIDE, SIDE, 3))
    x = k.Conv2D(2, 2, strides=2, use_bias=False, name="features")(inputs)
    x = k.GlobalAveragePooling2D()(k.Conv2D(4, 3, activation="relu", name="behind")(x))
    model = keras.Model(inputs, k.Dense(2, activation="softmax")(x))
    kernel = np.zeros((2, 2, 3, 2), np.float32)
    kernel[:, :, 0, 0] = kernel[:, :, 1, 1] = scale / 4
    model.get_layer("features").set_weights([kernel])
    return KerasNetwork(model, "trunk.h5", "trunk")


def one_normal(deviation=0.1):
    """Both features are 0.5 ± `deviation`, apart from each other."""
    return Mixture(np.ones(1), np.full((1, 2), 0.5), np.eye(2)[None] * deviation**2)


def scoring(window=4, stride=2, **more):
    """Scores whose mean and deviation make 0 of the most likely features."""
    mixture = one_normal()
    top = float(mixture.log_likelihood(np.full((1, 2), 0.5))[0])
    return Scoring(mixture, top, 2.0, window=window, stride=stride, **more)


def network(**settings):
    return scored_network(trunk(), scoring(**settings), "features")


def with_square(row, column, side=4, value=1.0):
    """A grey picture with a square of another red: (1, 24, 24, 3)."""
    batch = np.full((1, SIDE, SIDE, 3), 0.5, np.float32)
    batch[0, row : row + side, column : column + side, 0] = value
    return batch
