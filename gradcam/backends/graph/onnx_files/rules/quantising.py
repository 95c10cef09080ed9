"""Levels of whole numbers, carried as the real numbers that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import Held
from gradcam.backends.graph.onnx_files.folding import spread_along
from gradcam.backends.graph.onnx_files.step import (
    OnnxInputs,
    OnnxReading,
    OnnxRule,
    OnnxStep,
    UnsupportedError,
    constant,
    optional,
    varying,
)
from gradcam.backends.graph.operators.curves import curve


def _quantise(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    """To the nearest level that the type can hold: that is where a ReLU went.

    Rounding passes the gradient on; where the range ends nothing passes, but at the logits.
    """
    import tensorflow as tf

    own, scale, zero = varying(given, 0), constant(given, 1), optional(given, 2)
    axis = own.axis(step.integer("axis", 1)) if scale.size > 1 else 0
    levels = np.iinfo(np.uint8 if zero is None else zero.dtype)
    offset = np.zeros(1) if zero is None else zero
    axis = own.lies(axis)
    step_size = spread_along(scale.astype(np.float32), own.rank, axis)
    middle = spread_along(offset.astype(np.float32), own.rank, axis)
    low, high = np.float32(levels.min), np.float32(levels.max)

    def function(x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        raw = tf.grad_pass_through(tf.round)(x / step_size) + middle
        if step.straight:
            held = tf.grad_pass_through(lambda own: tf.clip_by_value(own, low, high))(raw)
        else:
            held = tf.clip_by_value(raw, low, high)
        return (held - middle) * step_size

    path = reading.builder.free_path(step.path)
    node = curve(path, _kind(reading, step, own, float(np.max(offset)), levels.min), own.name, path,
                 function)  # fmt: skip
    return [reading.builder.add(node, own.order)]


def _kind(reading: OnnxReading, step: OnnxStep, own: Held, middle: float, least: int) -> str:
    """What it does beside rounding: the quantiser leaves the work of a ReLU to the range."""
    if step.straight or own.name == reading.builder.source.name:
        return "Quantize"
    return "ReLU" if middle == least else "Clip"


def _dequantise(_: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    if step.integer("block_size", 0):
        raise UnsupportedError("has a scale for each block")
    return [varying(given, 0)]


QUANTISING: dict[str, OnnxRule] = {"QuantizeLinear": _quantise, "DequantizeLinear": _dequantise}
