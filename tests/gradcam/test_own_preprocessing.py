"""What a network does to pixels by itself, and what the outside has to be: by hand, then Keras."""

import keras
import numpy as np
import pytest

from gradcam.backends.keras.network import KerasNetwork
from gradcam.input_spec import Color, InputSpec, scaled
from gradcam.own_preprocessing import probes, worked_out
from gradcam.scaling import Scaling
from tests.gradcam import networks

LAYERS = keras.layers
MEAN, VARIANCE = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225]) ** 2
CAFFE = np.array([103.939, 116.779, 123.68])


def done_by(function, channels=3):
    sent = probes(5, 4, channels)
    return worked_out(("Any",), sent, np.asarray(function(sent), np.float32))


# ------------------------------------------------------------------------------ the arithmetic


def test_a_factor_and_an_offset_of_each_channel_are_told():
    own = done_by(lambda x: x * [2.0, 0.5, -1.0] + [1.0, 0.0, -3.0])
    np.testing.assert_allclose(own.gains, np.diag([2.0, 0.5, -1.0]), atol=1e-6)
    np.testing.assert_allclose(own.offsets, [1.0, 0.0, -3.0], atol=1e-5)
    assert not own.turns_colors


def test_channels_in_another_order_are_told():
    own = done_by(lambda x: x[..., ::-1] / 2)
    np.testing.assert_allclose(own.gains, [[0, 0, 0.5], [0, 0.5, 0], [0.5, 0, 0]], atol=1e-6)
    assert own.turns_colors


def test_a_grey_channel_made_three_is_told():
    own = done_by(lambda x: np.repeat(x / 255, 3, axis=-1), channels=1)
    np.testing.assert_allclose(own.gains, [[1 / 255]] * 3, rtol=1e-5)
    assert (own.outside, own.turns_colors) == (Scaling.RAW, False)


def test_a_border_put_around_the_picture_is_passed_over():
    own = done_by(lambda x: np.pad(x / 255, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=9))
    np.testing.assert_allclose(own.gains, np.eye(3) / 255, atol=1e-7)


def test_a_flattened_picture_is_read_too():
    own = done_by(lambda x: (x / 127.5 - 1).reshape(len(x), -1))
    np.testing.assert_allclose(own.gains, np.eye(3) / 127.5, atol=1e-7)
    np.testing.assert_allclose(own.offsets, -1.0, atol=1e-6)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x,
        lambda x: x**2,
        lambda x: np.clip(x, 0, 1),
        lambda x: 0 * x,
        lambda x: np.abs(x - 128),
        lambda x: np.full_like(x, np.nan),
        lambda x: x.reshape(len(x), -1)[:, :31],
    ],
    ids=["nothing", "square", "clipped", "black", "bent", "no number", "cut"],
)
def test_what_is_nothing_or_no_factor_and_offset_says_nothing(function):
    assert done_by(function) is None


# --------------------------------------------------------------------------------- the outside

ARITHMETIC = {
    "x / 255": (lambda x: x / 255, Scaling.RAW),
    "x / 256": (lambda x: x / 256, Scaling.RAW),
    "x / 255 - 0.5": (lambda x: x / 255 - 0.5, Scaling.RAW),
    "x / 127.5 - 1": (lambda x: x / 127.5 - 1, Scaling.RAW),
    "x - 128": (lambda x: x - 128, Scaling.RAW),
    "x / 128": (lambda x: x / 128, Scaling.SIGNED),
    "x × 2 - 1": (lambda x: x * 2 - 1, Scaling.UNIT),
    "x × 255": (lambda x: x * 255, Scaling.UNIT),
    "x / 2 + 0.5": (lambda x: (x + 1) / 2, Scaling.SYMMETRIC),
    "x × 127.5 + 127.5": (lambda x: (x + 1) * 127.5, Scaling.SYMMETRIC),
    "(x - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)": (
        lambda x: (x - MEAN) / VARIANCE**0.5,
        Scaling.UNIT,
    ),
    "(x - (123.675, 116.28, 103.53)) / (58.395, 57.12, 57.375)": (
        lambda x: (x / 255 - MEAN) / VARIANCE**0.5,
        Scaling.RAW,
    ),
    "(x - (103.939, 116.779, 123.68)) with red and blue exchanged": (
        lambda x: x[..., ::-1] - CAFFE,
        Scaling.RAW,
    ),
    # adapted to pictures of one's own, raw and of 0..1; and what EfficientNet's weights want
    "(x - (12, 20, 31)) / (8, 9, 10)": (lambda x: (x - [12, 20, 31]) / [8, 9, 10], Scaling.RAW),
    "(x - (0.3, 0.4, 0.5)) / (0.1, 0.2, 0.25)": (
        lambda x: (x - [0.3, 0.4, 0.5]) / [0.1, 0.2, 0.25],
        Scaling.UNIT,
    ),
    "efficientnet": (lambda x: (x / 255 - MEAN) / VARIANCE**0.75, Scaling.RAW),
}


@pytest.mark.parametrize("formula", ARITHMETIC)
def test_what_the_outside_has_to_be(formula):
    function, outside = ARITHMETIC[formula]
    own = done_by(function)
    assert own.outside is outside
    if formula != "efficientnet":
        follows = f"so it takes pixels of {outside.value}."
        assert own.reason == f"The network itself begins with {formula} (Any), {follows}"


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (lambda x: x[..., ::-1], "x with red and blue exchanged"),
        (lambda x: x / 1e6, "x / 1e+06"),
    ],
)
def test_what_tells_nothing_of_the_outside(function, formula):
    own = done_by(function)
    assert own.outside is None
    assert own.reason == (
        f"The network itself begins with {formula} (Any), "
        "which says nothing about how pixels are scaled outside."
    )


def test_colours_made_grey_are_a_mix():
    own = done_by(lambda x: (x @ np.array([[0.299], [0.587], [0.114]])) / 255)
    assert own.outside is Scaling.RAW
    assert "a mix x of the colours / 255" in own.reason
    assert done_by(lambda x: x.mean(axis=-1, keepdims=True)).outside is None


# -------------------------------------------------------------------------------- of a network


def of(*front, shape=(16, 16, 3), nested=False):
    back = [LAYERS.Conv2D(4, 3, activation="relu"), LAYERS.Flatten(), LAYERS.Dense(3)]
    layers = [keras.Sequential([keras.Input(shape), *front]), *back] if nested else [*front, *back]
    return keras.Sequential([keras.Input(shape), *layers])


def inside(function, shape=(16, 16, 3)):
    inputs = keras.Input(shape)
    x = LAYERS.Conv2D(4, 3)(function(inputs))
    return keras.Model(inputs, LAYERS.Dense(3)(LAYERS.Flatten()(x)))


NORMALIZATION = LAYERS.Normalization(mean=MEAN, variance=VARIANCE)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize(
    ("front", "kinds", "spec"),
    [
        ([LAYERS.Rescaling(1 / 255)], ("Rescaling",), Scaling.UNIT),
        ([LAYERS.Rescaling(1 / 127.5, -1)], ("Rescaling",), Scaling.SYMMETRIC),
        (
            [LAYERS.RandomFlip(), LAYERS.Rescaling(1 / 255), LAYERS.RandomRotation(0.1)],
            ("Rescaling",),
            Scaling.UNIT,
        ),
        (
            [LAYERS.Resizing(24, 24), LAYERS.CenterCrop(20, 20), LAYERS.Rescaling(1 / 255)],
            ("Rescaling",),
            Scaling.UNIT,
        ),
        (
            [LAYERS.Rescaling(1 / 255), NORMALIZATION],
            ("Rescaling", "Normalization"),
            Scaling.TORCH,
        ),
    ],
)
def test_what_layers_do_is_what_the_scaling_would(front, kinds, spec, nested):
    own = KerasNetwork(of(*front, nested=nested)).preprocessing
    assert (own.kinds, own.outside, own.turns_colors) == (kinds, Scaling.RAW, False)
    pixels = np.arange(0, 255, 17, dtype=np.uint8).reshape(-1, 3)
    ours = pixels @ np.array(own.gains).T + own.offsets
    np.testing.assert_allclose(ours, scaled(pixels, InputSpec(1, 1, scaling=spec)), atol=2e-4)


def test_a_normalization_alone_says_that_the_outside_is_0_to_1():
    own = KerasNetwork(of(NORMALIZATION)).preprocessing
    assert (own.kinds, own.outside) == (("Normalization",), Scaling.UNIT)


@pytest.mark.parametrize("data_format", ["caffe", "torch", "tf"])
def test_preprocess_input_inside_a_functional_network(data_format):
    modules = {"caffe": keras.applications.vgg16, "torch": keras.applications.densenet,
               "tf": keras.applications.mobilenet}  # fmt: skip
    own = KerasNetwork(inside(modules[data_format].preprocess_input)).preprocessing
    assert (own.outside, own.turns_colors) == (Scaling.RAW, data_format == "caffe")
    spec = {"caffe": Scaling.CAFFE, "torch": Scaling.TORCH, "tf": Scaling.SYMMETRIC}[data_format]
    pixels = np.arange(0, 255, 17, dtype=np.uint8).reshape(-1, 3)
    theirs = scaled(pixels, InputSpec(1, 1, color=Color.RGB, scaling=spec))
    np.testing.assert_allclose(pixels @ np.array(own.gains).T + own.offsets, theirs, atol=1e-3)


def test_slices_put_together_count_like_layers():
    def front(x):
        blue, green, red = (x[..., number] - CAFFE[2 - number] for number in (2, 1, 0))
        return keras.ops.stack([blue, green, red], axis=-1)

    own = KerasNetwork(inside(front)).preprocessing
    assert (own.outside, own.turns_colors) == (Scaling.RAW, True)
    np.testing.assert_allclose(own.offsets, -CAFFE, atol=1e-3)


@pytest.mark.parametrize(
    "front", [lambda x: x[..., ::-1], lambda x: keras.ops.flip(x, axis=-1)], ids=["slice", "flip"]
)
def test_colours_turned_round_are_told_though_nothing_else_is_done(front):
    own = KerasNetwork(inside(front)).preprocessing
    assert (own.turns_colors, own.outside) == (True, None)
    assert "x with red and blue exchanged" in own.reason


@pytest.mark.parametrize(
    "model",
    [
        of(),
        inside(lambda x: x[:, 2:, 2:]),
        of(LAYERS.BatchNormalization()),
        of(LAYERS.RandomFlip()),
        of(LAYERS.Rescaling(1.0)),
        of(LAYERS.Activation("relu")),
        of(LAYERS.LayerNormalization(), LAYERS.Rescaling(1 / 255)),
    ],
    ids=["plain", "cut", "batch norm", "augmentation", "idle rescaling", "relu", "behind weights"],
)
def test_networks_that_do_nothing_to_pixels(model):
    assert KerasNetwork(model).preprocessing is None


def test_a_network_that_takes_any_size_is_asked_too():
    inputs = keras.Input((None, None, 3))
    x = LAYERS.Conv2D(4, 3)(LAYERS.Rescaling(1 / 255)(inputs))
    model = keras.Model(inputs, LAYERS.Dense(3)(LAYERS.GlobalAveragePooling2D()(x)))
    assert KerasNetwork(model).preprocessing.outside is Scaling.RAW


def test_sound_has_no_pixels():
    inputs = keras.Input((20, 13))
    x = LAYERS.Conv1D(4, 3)(LAYERS.Rescaling(1 / 255)(inputs))
    model = keras.Model(inputs, LAYERS.Dense(3)(LAYERS.Flatten()(x)))
    assert KerasNetwork(model).preprocessing is None


def test_asking_leaves_the_network_as_it_was():
    network = KerasNetwork(networks.seeded(of(LAYERS.Rescaling(1 / 255), nested=True)))
    batch = 255 * np.abs(networks.pictures())
    before = network.predict(batch)
    assert network.preprocessing is network.preprocessing  # tried once
    np.testing.assert_array_equal(network.predict(batch), before)
