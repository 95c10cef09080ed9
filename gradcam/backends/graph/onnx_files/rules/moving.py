"""Other shapes and orders of the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import FileShape, Held
from gradcam.backends.graph.onnx_files.step import (
    OnnxInputs,
    OnnxReading,
    OnnxRule,
    OnnxStep,
    UnsupportedError,
    numbers,
    varying,
)
from gradcam.backends.graph.operators.shapes import broadcast, tile


def _shape(_: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    start, end = step.integer("start", 0), step.integer("end", own.rank)
    return [np.asarray(own.shape[start:end], np.int64)]


def _size(_: OnnxReading, __: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    return [np.asarray(math.prod(varying(given, 0).shape), np.int64)]


def _reshape(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    shape = numbers(given, step, 1, "shape") or ()
    if not step.integer("allowzero", 0):
        if any(size == 0 and number >= own.rank for number, size in enumerate(shape)):
            raise UnsupportedError("copies an axis that is not there")
        shape = tuple(own.shape[n] if size == 0 else size for n, size in enumerate(shape))
    return [_in_shape(reading, step, own, reading.with_batch(shape, math.prod(own.shape)))]


def _in_shape(reading: OnnxReading, step: OnnxStep, own: Held, shape: FileShape) -> Held:
    return reading.builder.reshaped(own, shape, step.path)


def _flatten(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    axis = step.integer("axis", 1)
    axis = axis + own.rank if axis < 0 else axis
    shape = math.prod(own.shape[:axis]), math.prod(own.shape[axis:])
    return [_in_shape(reading, step, own, shape)]


def _squeeze(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, asked = varying(given, 0), numbers(given, step, 1, "axes")
    axes = {own.axis(axis) for axis in asked or ()}
    if asked is None:
        axes = {axis for axis, size in enumerate(own.shape) if size == 1}
    shape = tuple(size for axis, size in enumerate(own.shape) if axis not in axes)
    return [_in_shape(reading, step, own, shape)]


def _unsqueeze(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, asked = varying(given, 0), numbers(given, step, 1, "axes") or ()
    rank = own.rank + len(asked)
    new = {axis % rank for axis in asked}
    sizes = iter(own.shape)
    shape = tuple(1 if axis in new else next(sizes) for axis in range(rank))
    return [_in_shape(reading, step, own, shape)]


def _transpose(_: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    return [own.transposed(step.integers("perm") or tuple(reversed(range(own.rank))))]


def _expand(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, builder = varying(given, 0), reading.builder
    asked = numbers(given, step, 1, "shape") or ()
    rank = max(own.rank, len(asked))
    asked = (1,) * (rank - len(asked)) + asked
    wide = builder.reshaped(own, (1,) * (rank - own.rank) + own.shape, step.path)
    target = tuple(max(old, new) if old == 1 else old
                   for old, new in zip(wide.shape, asked, strict=True))  # fmt: skip
    if target == wide.shape:
        return [wide]
    lying = tuple(-1 if wide.shape[axis] == target[axis] else target[axis] for axis in wide.order)
    path = builder.free_path(step.path)
    return [builder.add(broadcast(path, wide.name, path, lying), wide.order)]


def _tile(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, times = varying(given, 0), numbers(given, step, 1, "repeats") or ()
    if len(times) != own.rank:
        raise UnsupportedError("has a number of repeats that does not fit")
    path = reading.builder.free_path(step.path)
    node = tile(path, own.name, path, tuple(times[axis] for axis in own.order))
    return [reading.builder.add(node, own.order)]


def _depth_to_space(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, block = varying(given, 0), step.integer("blocksize", 1)
    batch, channels, height, width = own.shape
    if block < 1 or channels % block**2:
        raise UnsupportedError("has channels that do not fit")
    rest = channels // block**2
    builder = reading.builder
    if step.text("mode", "DCR") == "DCR":
        cut = builder.reshaped(own, (batch, block, block, rest, height, width), step.path)
        turned = cut.transposed((0, 3, 4, 1, 5, 2))
    else:
        cut = builder.reshaped(own, (batch, rest, block, block, height, width), step.path)
        turned = cut.transposed((0, 1, 4, 2, 5, 3))
    return [builder.reshaped(turned, (batch, rest, height * block, width * block), step.path)]


def _space_to_depth(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, block = varying(given, 0), step.integer("blocksize", 1)
    batch, channels, height, width = own.shape
    if block < 1 or height % block or width % block:
        raise UnsupportedError("has sides that do not fit")
    rows, columns = height // block, width // block
    builder = reading.builder
    cut = builder.reshaped(own, (batch, channels, rows, block, columns, block), step.path)
    turned = cut.transposed((0, 3, 5, 1, 2, 4))
    return [builder.reshaped(turned, (batch, channels * block**2, rows, columns), step.path)]


MOVING: dict[str, OnnxRule] = {
    "Shape": _shape,
    "Size": _size,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Transpose": _transpose,
    "Expand": _expand,
    "Tile": _tile,
    "DepthToSpace": _depth_to_space,
    "SpaceToDepth": _space_to_depth,
}
