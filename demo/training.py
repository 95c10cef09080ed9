"""The small networks and how they are trained. TensorFlow is imported only here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf
from drawn import INPUT_SIZE, Drawn
from keras import layers, regularizers
from mfe import FILTERS, FRAMES
from numpy.typing import NDArray

LAST_MAP = "things_relu"
"""The classifier's last layer with a spatial output, after its activation: 12x12."""

BATCH = 32
GRID = 12
"""Cells of the detector's output on each side."""
OBJECT_WEIGHT = 30.0
"""How much a cell with an object counts in training, where one without counts 1."""
SHIFT = 4
"""How far, in pixels, a gauge is moved about while the network trains."""


def tensors(samples: Sequence[Drawn]) -> NDArray[np.float32]:
    """All samples as one batch: (n, 96, 96, 3) float32, 0..1."""
    return np.stack([sample.tensor for sample in samples])


def cells_of(samples: Sequence[Drawn], classes: Sequence[str]) -> NDArray[np.int64]:
    """The class of each cell, (n, 12, 12): that of the box whose centre lies in it, from 1."""
    cells = np.zeros((len(samples), GRID, GRID), np.int64)
    for number, sample in enumerate(samples):
        width, height = sample.size
        for box in sample.boxes:
            row = int((box.y + box.height / 2) / height * GRID)
            column = int((box.x + box.width / 2) / width * GRID)
            cells[number, row, column] = 1 + classes.index(box.label)
    return cells


def train_classifier(
    images: NDArray[np.float32], labels: NDArray[np.int64], epochs: int, seed: int
) -> keras.Model:
    """A trained classifier of (n, 96, 96, 3) images with class indices (n,)."""
    _seed(seed)
    network = _build_classifier(int(labels.max()) + 1)
    steps = epochs * -(-len(images) // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    network.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    network.fit(images, labels, batch_size=BATCH, epochs=epochs, verbose=0)
    return network


def train_regressor(
    images: NDArray[np.float32], values: NDArray[np.float32], epochs: int, seed: int
) -> keras.Model:
    """A trained regressor of (n, 96, 96, 3) images with values (n,) from 0 to 1."""
    _seed(seed)
    network = _build_regressor()
    steps = epochs * (len(images) // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, steps)
    network.compile(keras.optimizers.Adam(schedule), "mean_absolute_error")
    batches = _varied_batches(images, values, epochs, np.random.default_rng(seed))
    network.fit(batches, steps_per_epoch=steps // epochs, epochs=epochs, shuffle=False, verbose=0)
    return network


def train_detector(
    images: NDArray[np.float32], cells: NDArray[np.int64], epochs: int, seed: int
) -> keras.Model:
    """A trained detector of (n, 96, 96, 3) images with the class of each cell, (n, 12, 12).

    Class 0 is the background. A cell with an object counts more, as in Edge Impulse's FOMO.
    """
    _seed(seed)
    network = _build_detector(int(cells.max()) + 1)
    steps = epochs * -(-len(images) // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    network.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    weights = np.where(cells > 0, OBJECT_WEIGHT, 1.0).astype(np.float32)
    network.fit(images, cells, sample_weight=weights, batch_size=BATCH, epochs=epochs, verbose=0)
    return network


def train_listener(
    features: NDArray[np.float32], labels: NDArray[np.int64], epochs: int, seed: int
) -> keras.Model:
    """A trained classifier of (n, 3960) features of sounds with class indices (n,)."""
    _seed(seed)
    network = _build_listener(int(labels.max()) + 1)
    steps = epochs * -(-len(features) // BATCH)
    schedule = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    network.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy")
    network.fit(features, labels, batch_size=BATCH, epochs=epochs, verbose=0)
    return network


def _seed(seed: int) -> None:
    """Make weights, shuffling and dropout, and the order of sums in threads, repeatable."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def _convolution(filters: int, size: int, stride: int, name: str) -> list[layers.Layer]:
    """A convolution, its normalisation and its activation."""
    return [
        layers.Conv2D(
            filters,
            size,
            strides=stride,
            padding="same",
            use_bias=False,
            kernel_regularizer=regularizers.L2(1e-4),
            name=f"{name}_conv",
        ),
        layers.BatchNormalization(momentum=0.9, name=f"{name}_norm"),
        layers.ReLU(name=f"{name}_relu"),
    ]


def _build_classifier(classes: int) -> keras.Model:
    """12x12 maps averaged over space: what a map shows is exactly what the score is made of.

    The last convolution is 1x1, so a cell of the map sees little more than the patch below it,
    and a heatmap stays on what it is about.
    """
    return keras.Sequential(
        [
            keras.Input((INPUT_SIZE, INPUT_SIZE, 3), name="image"),
            *_convolution(24, 3, 2, "edges"),
            *_convolution(48, 3, 2, "strokes"),
            *_convolution(96, 3, 2, "parts"),
            *_convolution(128, 1, 1, "things"),
            layers.GlobalAveragePooling2D(name="average"),
            layers.Dropout(0.2, name="dropout"),
            layers.Dense(
                classes,
                activation="softmax",
                kernel_regularizer=regularizers.L2(1e-3),
                name="scores",
            ),
        ],
        name="car_or_not",
    )


def _build_regressor() -> keras.Model:
    """6x6 maps laid out flat: a reading depends on where the needle is, so no averaging."""
    return keras.Sequential(
        [
            keras.Input((INPUT_SIZE, INPUT_SIZE, 3), name="image"),
            *_convolution(16, 3, 2, "edges"),
            *_convolution(32, 3, 2, "strokes"),
            *_convolution(64, 3, 2, "parts"),
            *_convolution(96, 3, 1, "things"),
            *_convolution(64, 3, 2, "places"),
            layers.Flatten(name="flatten"),
            layers.Dense(64, name="hidden"),
            # Leaky, for the first large steps would switch rectified units off for good.
            layers.LeakyReLU(0.1, name="hidden_relu"),
            layers.Dense(1, name="value"),
        ],
        name="gauge",
    )


def _build_detector(classes: int) -> keras.Model:
    """A class for each of 12x12 cells, as FOMO gives it: 24x24 maps halfway, 1x1 at the end.

    A cell sees 47x47 pixels of the picture: what lies beside an object is in sight.
    """
    return keras.Sequential(
        [
            keras.Input((INPUT_SIZE, INPUT_SIZE, 3), name="image"),
            *_convolution(16, 3, 2, "edges"),
            *_convolution(24, 3, 2, "strokes"),
            *_convolution(32, 3, 1, "shapes"),
            *_convolution(48, 3, 2, "parts"),
            *_convolution(64, 3, 1, "things"),
            layers.Conv2D(32, 1, activation="relu", name="head"),
            layers.Conv2D(classes, 1, name="logits"),
            layers.Softmax(name="scores"),
        ],
        name="washers_and_screws",
    )


def _build_listener(classes: int) -> keras.Model:
    """What Edge Impulse makes for MFE features: two convolutions, laid out flat."""
    return keras.Sequential(
        [
            keras.Input((FRAMES * FILTERS,), name="features"),
            layers.Reshape((FRAMES, FILTERS, 1), name="spectrogram"),
            layers.Conv2D(8, 3, padding="same", activation="relu", name="strokes"),
            layers.MaxPooling2D(2, padding="same", name="strokes_pool"),
            layers.Dropout(0.1, name="strokes_dropout"),
            layers.Conv2D(16, 3, padding="same", activation="relu", name="sounds"),
            layers.MaxPooling2D(2, padding="same", name="sounds_pool"),
            layers.Dropout(0.25, name="sounds_dropout"),
            layers.Flatten(name="flatten"),
            layers.Dense(classes, activation="softmax", name="scores"),
        ],
        name="start_step_or_stop",
    )


def _varied_batches(
    images: NDArray[np.float32], values: NDArray[np.float32], epochs: int, rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Shuffled batches for all epochs, each image moved a little and perhaps mirrored."""
    padded = np.pad(images, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images) - BATCH + 1, BATCH):
            chosen = order[start : start + BATCH]
            corners = rng.integers(0, 2 * SHIFT + 1, size=(BATCH, 2))
            batch = np.stack(
                [
                    padded[place, top : top + INPUT_SIZE, left : left + INPUT_SIZE]
                    for place, (top, left) in zip(chosen, corners, strict=True)
                ]
            )
            # The scale is symmetric: a gauge seen in a mirror reads one minus its value.
            mirrored = rng.random(BATCH) < 0.5
            batch[mirrored] = batch[mirrored, :, ::-1]
            yield batch, np.where(mirrored, 1.0 - values[chosen], values[chosen])
