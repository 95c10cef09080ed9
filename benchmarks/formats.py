"""Networks of other formats against Keras' own forward pass of the same network, never folded."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import gradcam
from benchmarks.forward import Family, as_keras_runs_it
from benchmarks.networks import BATCH
from benchmarks.peak import peak_megabytes
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns, seconds
from gradcam.arithmetic import Arithmetic

OPENING_AT_MOST = 2.0  # seconds beyond the runtime's start
GRADCAM_AT_MOST = 1.5  # of its own forward pass
LAYERS, MEMORY_AT_MOST = 4, 10.0  # traced layers, times the weights
SMALL, LARGE = Family("MobileNetV2", 96, 1.0, 0.35), Family("MobileNetV2", 224, 1.0, 1.0)
CALIBRATING = 8  # pictures

Write = Callable[[Path, Path], None]  # from Keras' file to one of the format


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        name: of it.
        ending: of such files.
        write: one of what Keras saved.
        at_most: the share of Keras' own forward pass that its own may take.
        arithmetic: in which it is run.
    """

    name: str
    ending: str
    write: Write
    at_most: float
    arithmetic: Arithmetic = Arithmetic.PHONE


def tensorflow_lite(keras_file: Path, path: Path, *, whole: bool = False) -> None:
    """By TensorFlow's converter, in float32 or in int8 from end to end."""
    import keras
    import tensorflow as tf

    model = keras.models.load_model(keras_file, compile=False)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if whole:
        rng, shape = np.random.default_rng(0), (1, *model.input_shape[1:])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [rng.random(shape, np.float32) * 2 - 1] for _ in range(CALIBRATING)
        )
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    with redirect_stdout(io.StringIO()):  # it prints what it exports
        path.write_bytes(converter.convert())


def _whole(keras_file: Path, path: Path) -> None:
    tensorflow_lite(keras_file, path, whole=True)


FORMATS = (
    Format("TensorFlow Lite float32", ".tflite", tensorflow_lite, 1.0),
    Format("TensorFlow Lite int8", ".tflite", _whole, 1.4),
    Format(
        "TensorFlow Lite int8 as on a microcontroller", ".tflite", _whole, 6.5,
        Arithmetic.MICROCONTROLLER,
    ),
)  # fmt: skip


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Each format of a small and a usual network; opening and memory of the usual one."""
    with tempfile.TemporaryDirectory() as folder:
        for family in (SMALL, LARGE):
            keras_file = Path(folder) / f"{family.size}.h5"
            family.write(keras_file)
            own = as_keras_runs_it(keras_file)
            for number, each in enumerate(FORMATS):
                path = Path(folder) / f"{family.size}_{number}{each.ending}"
                each.write(keras_file, path)
                name = f"{each.name}, {family.name} α {family.alpha:g} {family.size} px"
                patient = effort if family is SMALL else effort.longer(3.0)
                yield from _compared(name, each, path, own, patient)
                if family is LARGE:
                    yield from _opened(name, each, path, effort)
    yield Note(
        "Keras' own forward pass: `tf.function(model(batch, training=False))` of the `.h5` that "
        "the files were written from, in the same run."
    )


def _compared(
    name: str, each: Format, path: Path, own: Callable[[Any], Any], effort: Effort
) -> Iterator[Row]:
    network = gradcam.load_network(path, arithmetic=each.arithmetic)
    shape = (BATCH, network.height or 0, network.width or 0, network.channels)
    batch = np.random.default_rng(0).random(shape, np.float32) * 2 - 1
    pairs = in_turns(lambda: network.predict(batch), lambda: own(batch), effort)
    yield Row.of(
        f"forward pass : Keras' own, {name} ({pairs.said(BATCH)} a picture)",
        pairs.ratios,
        each.at_most,
    )
    pairs = in_turns(
        lambda: gradcam.explain(network, batch, target=0), lambda: network.predict(batch), effort
    )
    yield Row.of(
        f"Grad-CAM : its own forward pass, {name} ({pairs.said(BATCH)} a picture)",
        pairs.ratios,
        GRADCAM_AT_MOST,
    )


def _opened(name: str, each: Format, path: Path, effort: Effort) -> Iterator[Row]:
    times = [
        seconds(lambda: gradcam.load_network(path, arithmetic=each.arithmetic))
        for _ in range(max(3, effort.rounds))
    ]
    yield Row.of(f"opening, seconds once the runtime is there, {name}", times, OPENING_AT_MOST)
    weights = path.stat().st_size / 2**20
    before, after = (
        peak_megabytes(_TRACING, path, each.arithmetic, count) for count in (1, 1 + LAYERS)
    )
    yield Row.of(
        f"memory of {LAYERS} traced layers : the file's weights ({after - before:.0f} : "
        f"{weights:.1f} MB), {name}",
        [(after - before) / weights],
        MEMORY_AT_MOST,
    )


_TRACING = """
import sys
import numpy as np
import gradcam
network = gradcam.load_network(sys.argv[1], arithmetic=gradcam.Arithmetic(sys.argv[2]))
batch = np.zeros((1, network.height, network.width, network.channels), np.float32)
for layer in network.layers[:: len(network.layers) // 6][: int(sys.argv[3])]:
    gradcam.explain(network, batch, layer.name, target=0)
"""
