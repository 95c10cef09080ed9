"""The first batch normalisation remembers how training scaled its pictures, on trained networks."""

from functools import cache

import keras
import numpy as np
import pytest

from gradcam.arrived import distance
from gradcam.backends.keras.network import KerasNetwork
from gradcam.input_spec import Color, InputSpec, Scaling, scaled

k = keras.layers
SIDE = 24
SCALINGS = (
    Scaling.UNIT, Scaling.SYMMETRIC, Scaling.RAW, Scaling.SIGNED, Scaling.TORCH, Scaling.CAFFE,
)  # fmt: skip


def outdoors(count=96, seed=0):
    """Blue above, brown below, with a mark that tells two classes: (N, side, side, 3) uint8."""
    rng = np.random.default_rng(seed)
    light = rng.uniform(0.6, 1.0, (count, 1, 1, 1))
    pictures = np.empty((count, SIDE, SIDE, 3))
    pictures[:, : SIDE // 2] = (90, 140, 220)
    pictures[:, SIDE // 2 :] = (140, 110, 60)
    labels = rng.integers(0, 2, count)
    for picture, label in zip(pictures, labels, strict=True):
        left = rng.integers(2, SIDE - 8)
        rows = slice(4, 10) if label else slice(14, 20)
        picture[rows, left : left + 6] = rng.integers(0, 255, 3)
    noisy = pictures * light + rng.normal(0, 12, pictures.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), labels


def grey_pictures(count=96, seed=0):
    """The same without colours: all three channels alike."""
    pictures, labels = outdoors(count, seed)
    return np.repeat(pictures.mean(axis=-1, keepdims=True).astype(np.uint8), 3, -1), labels


def spec(scaling, color=Color.RGB):
    return InputSpec(SIDE, SIDE, scaling=scaling, color=color)


@cache
def trained(trained_with, norm_first=False, pictures=outdoors):
    """A small network trained on pictures made tensors by an input spec."""
    keras.utils.set_random_seed(1)
    own, labels = pictures()
    front = [k.BatchNormalization(momentum=0.9)] if norm_first else []
    model = keras.Sequential([
        keras.Input((SIDE, SIDE, trained_with.channels)),
        *front,
        k.Conv2D(8, 3, strides=2),
        k.BatchNormalization(momentum=0.9),
        k.ReLU(),
        k.Conv2D(8, 3, strides=2, activation="relu"),
        k.Flatten(),
        k.Dense(2, activation="softmax"),
    ])  # fmt: skip
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(scaled(own, trained_with), labels, epochs=12, batch_size=16, verbose=0)
    return KerasNetwork(model)


def distances(network, colors=(Color.RGB,), pictures=outdoors):
    """Of pictures that training did not show, nearest first."""
    seen, _ = pictures(48, seed=9)
    tried = [spec(scaling, color) for scaling in SCALINGS for color in colors]
    far = {each: distance(network.statistics(scaled(seen, each))) for each in tried}
    return dict(sorted(far.items(), key=lambda pair: pair[1]))


# Raw pixels and 0..1 are far from all others. torch lies beside -1..1, and Caffe's beside
# -128..127: only the means of the colours tell them apart.
@pytest.mark.parametrize(
    ("scaling", "norm_first", "times"),
    [
        (Scaling.UNIT, False, 100),
        (Scaling.UNIT, True, 100),
        (Scaling.RAW, False, 50),
        (Scaling.SYMMETRIC, False, 10),
        (Scaling.SIGNED, False, 10),
        (Scaling.TORCH, False, 10),
        (Scaling.CAFFE, False, 10),
    ],
)
def test_the_trained_scaling_is_by_far_the_nearest(scaling, norm_first, times):
    far = distances(trained(spec(scaling), norm_first))
    nearest, second = list(far)[:2]
    assert nearest.scaling is scaling
    assert far[nearest] < 0.2
    assert far[second] > times * far[nearest]


def test_grey_networks_remember_it_too():
    far = distances(trained(spec(Scaling.UNIT, Color.GRAYSCALE)), (Color.GRAYSCALE,))
    nearest, second = list(far)[:2]
    assert nearest.scaling is Scaling.UNIT
    assert far[second] > 20 * far[nearest]


@pytest.mark.parametrize(
    ("own", "other"), [(Color.RGB, Color.BGR), (Color.BGR, Color.RGB)], ids=["rgb", "bgr"]
)
def test_the_order_of_colours_is_remembered_where_pictures_have_colours(own, other):
    far = distances(trained(spec(Scaling.UNIT, own)), (Color.RGB, Color.BGR))
    assert far[spec(Scaling.UNIT, other)] > 3 * far[spec(Scaling.UNIT, own)]
    assert far[spec(Scaling.SYMMETRIC, own)] > 10 * far[spec(Scaling.UNIT, other)]


def test_where_channels_are_alike_it_says_nothing_about_their_order():
    network = trained(spec(Scaling.UNIT), pictures=grey_pictures)
    far = distances(network, (Color.RGB, Color.BGR), grey_pictures)
    assert far[spec(Scaling.UNIT, Color.BGR)] == far[spec(Scaling.UNIT)]


def test_a_network_that_was_never_trained_says_that_it_was_not():
    own, _ = outdoors(4)
    model = keras.Sequential([
        keras.Input((SIDE, SIDE, 3)), k.Conv2D(4, 3), k.BatchNormalization(), k.Flatten(),
        k.Dense(2),
    ])  # fmt: skip
    given = scaled(own, spec(Scaling.UNIT))
    assert not KerasNetwork(model).statistics(given).is_trained
    assert trained(spec(Scaling.UNIT)).statistics(given).is_trained
