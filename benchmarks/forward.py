"""A forward pass and Grad-CAM against what Keras itself makes of the same network, never folded."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import gradcam
from benchmarks.networks import BATCH, CLASSES
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns
from gradcam.arrays import Floats

DEMO = Path(__file__).parents[1] / "demo" / "cars" / "model.h5"
SLOW = 3.0  # times the effort for what takes a second a batch


@dataclass(frozen=True)
class Family:
    """A network of `keras.applications`.

    Attributes:
        name: of the function that makes it.
        size: of the input's sides, in pixels.
        at_most: the share of Keras' own forward pass that forward pass and Grad-CAM may take.
        alpha: its width; None for a family without.
    """

    name: str
    size: int
    at_most: float
    alpha: float | None = None

    def write(self, path: Path) -> None:
        """Save one with random weights."""
        import keras

        keras.utils.set_random_seed(0)
        width = {} if self.alpha is None else {"alpha": self.alpha}
        shape = (self.size, self.size, 3)
        make = getattr(keras.applications, self.name)
        make(input_shape=shape, weights=None, classes=CLASSES, **width).save(path)


FAMILIES = (
    Family("MobileNetV2", 96, 0.6, 0.35),
    Family("MobileNetV2", 224, 0.6, 1.0),
    Family("EfficientNetB0", 224, 0.85),
    Family("ResNet50", 224, 0.9),
)
DEMO_AT_MOST = 0.85


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Each network, at batch size and one picture at a time."""
    yield from _compared("the demo's network", DEMO, DEMO_AT_MOST, effort)
    for family in FAMILIES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.h5"
            family.write(path)
            patient = effort if family.size < 200 else effort.longer(SLOW)
            name = f"{family.name}{'' if family.alpha is None else f' α {family.alpha:g}'}"
            yield from _compared(f"{name}, {family.size} px", path, family.at_most, patient)
    yield Note(
        "Keras' own forward pass: `tf.function(model(batch, training=False))` of the same file, "
        "nothing folded, numpy in and numpy out; it is what both ratios are of."
    )


def _compared(name: str, path: Path, at_most: float, effort: Effort) -> Iterator[Row]:
    network, own = gradcam.load_network(path), as_keras_runs_it(path)
    shape = (BATCH, network.height, network.width, network.channels)
    batch = np.random.default_rng(0).random(shape, np.float32)
    for part, target in ((batch, at_most), (batch[:1], None)):
        for what, ours in (
            ("forward pass", lambda part=part: network.predict(part)),
            ("Grad-CAM", lambda part=part: gradcam.explain(network, part, target=0)),
        ):
            pairs = in_turns(ours, lambda part=part: own(part), effort)
            yield Row.of(
                f"{what} : Keras' own forward pass, {name}, batch {len(part)} "
                f"({pairs.said(len(part))} a picture)",
                pairs.ratios,
                target,
            )


def as_keras_runs_it(path: Path) -> Callable[[Floats], Any]:
    """Keras' own forward pass of a file, traced once: numpy in and numpy out."""
    import keras
    import tensorflow as tf

    model = keras.models.load_model(path, compile=False)
    run = tf.function(lambda batch: model(batch, training=False), autograph=False)
    traced = run.get_concrete_function(tf.TensorSpec((None, *model.input_shape[1:]), tf.float32))
    return lambda batch: traced(tf.constant(batch)).numpy()
