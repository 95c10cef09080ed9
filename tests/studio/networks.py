"""Small Keras networks with weights set by hand, in the shapes that Studio trains."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from gradcam.arrays import Floats

FRAMES, ROWS = 49, 20  # of a window of half a second, see `made.SOUND`
SIDE, CELL = 48, 8
GRID = SIDE // CELL


def _h5(build: Callable[[], Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        build().save(path)
        return path.read_bytes()


@cache
def high_or_low() -> bytes:
    """Of a flat window of features: `high` and `low`, by which half of the rows is louder."""
    return _h5(_high_or_low)


def _high_or_low() -> Any:
    import keras

    layers = keras.layers
    model = keras.Sequential([
        keras.Input((FRAMES * ROWS,), name="x_input"),
        layers.Reshape((FRAMES, ROWS)),
        layers.Conv1D(2, 3, padding="same", activation="relu", name="halves"),
        layers.Flatten(),
        layers.Dense(2, activation="softmax", name="y_pred"),
    ])  # fmt: skip
    kernel = np.zeros((3, ROWS, 2), np.float32)
    kernel[:, ROWS // 2 :, 0] = kernel[:, : ROWS // 2, 1] = 1 / 30
    model.get_layer("halves").set_weights([kernel, np.zeros(2, np.float32)])
    votes = np.tile(np.array([[1, -1], [-1, 1]], np.float32), (FRAMES, 1))
    model.get_layer("y_pred").set_weights([40 * votes / FRAMES, np.zeros(2, np.float32)])
    return model


@cache
def red_and_blue() -> bytes:
    """Of a picture: a grid of background, `red` and `blue`, as FOMO gives it."""
    return _h5(_red_and_blue)


def _red_and_blue() -> Any:
    import keras

    layers = keras.layers
    entry = keras.Input((SIDE, SIDE, 3), name="x_input")
    fine = layers.Conv2D(2, CELL // 2, CELL // 2, activation="relu", name="colours")(entry)
    head = layers.Conv2D(2, 2, 2, activation="relu", name="head")(fine)
    logits = layers.Conv2D(3, 1, name="logits")(head)
    model = keras.Model(entry, layers.Softmax()(logits))
    half = (CELL // 2) ** 2
    kernel = np.zeros((CELL // 2, CELL // 2, 3, 2), np.float32)
    kernel[..., 0] = np.array([1, -0.5, -0.5]) / half
    kernel[..., 1] = np.array([-0.5, -0.5, 1]) / half
    model.get_layer("colours").set_weights([kernel, np.zeros(2, np.float32)])
    mean = np.zeros((2, 2, 2, 2), np.float32)
    mean[:, :, 0, 0] = mean[:, :, 1, 1] = 0.25
    model.get_layer("head").set_weights([mean, np.zeros(2, np.float32)])
    told = np.array([[0, 12, -4], [0, -4, 12]], np.float32).reshape(1, 1, 2, 3)
    model.get_layer("logits").set_weights([told, np.array([3, 0, 0], np.float32)])
    return model


# Of the trunk below: what its two numbers are in gray pictures, and how far they stray.
MIXTURE = {
    "weights": [1.0],
    "means": [[0.5, 0.0]],
    "covariances": [[[1e-3, 0.0], [0.0, 1e-3]]],
    "mean": [5.07],  # of the log-likelihood of such pictures
    "scale": [1.0],
}


@cache
def light_and_hue() -> bytes:
    """Of a picture: for each place how light and how red it is; a mixture scores that."""
    return _h5(_light_and_hue)


def _light_and_hue() -> Any:
    import keras

    entry = keras.Input((SIDE, SIDE, 3), name="x_input")
    layer = keras.layers.Conv2D(2, CELL // 2, CELL // 2, activation="relu", name="features")
    model = keras.Model(entry, layer(entry))
    size = (CELL // 2) ** 2
    kernel = np.zeros((CELL // 2, CELL // 2, 3, 2), np.float32)
    kernel[..., 0] = 1 / (3 * size)
    kernel[..., 1] = np.array([1, -0.5, -0.5]) / size
    layer.set_weights([kernel, np.zeros(2, np.float32)])
    return model


@cache
def unlike_gray() -> bytes:
    """Of a picture: for each place how far from gray it is, as TensorFlow Lite alone."""
    return as_lite(_unlike_gray())


def as_lite(model: Any, calibrating: Sequence[Floats] = ()) -> bytes:
    """A Keras model as TensorFlow Lite: float32, or int8 throughout where there are pictures."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if calibrating:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([each] for each in calibrating)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def _unlike_gray() -> Any:
    import keras

    layers = keras.layers
    entry = keras.Input((SIDE, SIDE, 3), name="x_input")
    sides = layers.Conv2D(2, CELL, CELL, activation="relu", name="sides")(entry)
    model = keras.Model(entry, layers.Conv2D(1, 1, name="scores")(sides))
    kernel = np.zeros((CELL, CELL, 3, 2), np.float32)
    kernel[..., 0] = 1 / (3 * CELL * CELL)
    kernel[..., 1] = -kernel[..., 0]
    model.get_layer("sides").set_weights([kernel, np.array([-0.5, 0.5], np.float32)])
    model.get_layer("scores").set_weights(
        [np.full((1, 1, 2, 1), 20, np.float32), np.zeros(1, np.float32)]
    )
    return model
