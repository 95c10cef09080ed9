"""The network that is measured: MobileNetV2 with random weights, opened as the product opens it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

import gradcam
from gradcam.arrays import Floats

CLASSES = 10
BATCH = 32
TARGET = 3  # any class but the predicted one will do


def mobilenet(
    size: int, activation: str | None = "softmax", copies: int = 1, alpha: float = 1.0
) -> list[gradcam.Network]:
    """MobileNetV2 by way of an `.h5` file, opened anew for each copy; all have equal weights.

    Args:
        size: of the input's sides, in pixels.
        activation: of the head.
        copies: how many to open.
        alpha: its width; 0.35 is what small devices run.
    """
    import keras

    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2(
        (size, size, 3),
        alpha=alpha,
        weights=None,
        classes=CLASSES,
        classifier_activation=activation,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mobilenet.h5"
        model.save(path)
        return [gradcam.load_network(path) for _ in range(copies)]


def pictures(size: int) -> Floats:
    """A batch as the network wants it, between -1 and 1: (BATCH, size, size, 3) float32."""
    return np.random.default_rng(0).random((BATCH, size, size, 3), np.float32) * 2.0 - 1.0
