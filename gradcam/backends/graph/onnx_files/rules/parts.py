"""Parts of values, joins of several, and margins around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.builder import GraphBuilder, Operand
from gradcam.backends.graph.channels_last import AxisOrder, Held
from gradcam.backends.graph.onnx_files.step import (
    OnnxInputs,
    OnnxReading,
    OnnxRule,
    OnnxStep,
    UnsupportedError,
    constant,
    numbers,
    optional,
    varying,
)
from gradcam.backends.graph.onnx_files.taking import slice_keys, split_sizes
from gradcam.backends.graph.operators.shapes import concatenate, gather, get_item, pad


def cut_out(builder: GraphBuilder, path: str, own: Held, keys: Sequence[slice | int]) -> Held:
    """A stretch of each of the file's axes, or one entry without its axis."""
    if all(key == slice(None) for key in keys):
        return own
    for axis, key in enumerate(keys):
        if own.shape[axis] % builder.batch == 0 and key != slice(None):
            raise UnsupportedError("takes single pictures out of a batch")
    gone = [axis for axis, key in enumerate(keys) if not isinstance(key, slice)]
    left = [axis for axis in range(own.rank) if axis not in gone]
    order: AxisOrder = tuple(left.index(axis) for axis in own.order if axis in left)
    path = builder.free_path(path)
    node = get_item(path, own.name, path, [keys[axis] for axis in own.order])
    return builder.add(node, order)


def _slice(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    told = [None, *(optional(given, number) for number in range(1, len(given)))]
    return [cut_out(reading.builder, step.path, own, slice_keys(step, told, own.shape))]


def _split(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    axis = own.axis(step.integer("axis", 0))
    sizes = split_sizes(step, numbers(given, step, 1, "split"), own.shape[axis])
    keys, start, parts = [slice(None)] * own.rank, 0, []
    for size, name in zip(sizes, step.outputs, strict=True):
        keys[axis] = slice(start, start + size)
        start += size
        parts.append(cut_out(reading.builder, step.path, own, keys) if name else own)
    return parts


def _gather(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, indices = varying(given, 0), constant(given, 1)
    if indices.dtype.kind not in "iu":
        raise UnsupportedError("has no whole numbers to go by")
    axis = own.axis(step.integer("axis", 0))
    builder = reading.builder
    if own.shape[axis] % builder.batch == 0:
        return [_of_each_picture(builder, step, own, indices)]
    size = own.shape[axis]
    entries = np.where(indices < 0, indices + size, indices)
    if entries.size and (entries.min() < 0 or entries.max() >= size):
        raise UnsupportedError("takes entries that are not there")
    keys: list[slice | int] = [slice(None)] * own.rank
    if entries.ndim == 0:
        keys[axis] = int(entries)
        return [cut_out(builder, step.path, own, keys)]
    flat = entries.ravel()
    if flat.size and np.array_equal(flat, np.arange(flat[0], flat[0] + flat.size)):
        keys[axis] = slice(int(flat[0]), int(flat[0]) + flat.size)
        taken = cut_out(builder, step.path, own, keys)
    else:
        path = builder.free_path(step.path)
        node = gather(path, own.name, path, flat.astype(np.int32), own.lies(axis))
        taken = builder.add(node, own.order)
    shape = (*own.shape[:axis], *entries.shape, *own.shape[axis + 1 :])
    return [builder.reshaped(taken, shape, step.path)]


def _of_each_picture(
    builder: GraphBuilder, step: OnnxStep, own: Held, indices: NDArray[Any]
) -> Held:
    """`as_strided`, as torch's newer exporter writes it: the same entries of each picture."""
    batch = builder.batch
    if own.rank != 1 or not indices.ndim or indices.shape[0] != batch:
        raise UnsupportedError("takes single pictures out of a batch")
    each = own.shape[0] // batch
    first = indices[0].ravel()
    rows = indices.reshape(batch, -1)
    expected = first + each * np.arange(batch)[:, None]
    if not np.array_equal(rows, expected) or (first.size and first.max() >= each):
        raise UnsupportedError("takes other numbers of each picture of a batch")
    apart = builder.reshaped(own, (batch, each), step.path)
    if not np.array_equal(first, np.arange(each)):
        path = builder.free_path(step.path)
        node = gather(path, apart.name, path, first.astype(np.int32), apart.lies(1))
        apart = builder.add(node, apart.order)
    return builder.reshaped(apart, indices.shape, step.path)


def _concat(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    several = [each for each in given if isinstance(each, Held)]
    leading, builder = several[0], reading.builder
    axis = leading.axis(step.integer("axis", 1))
    turned = []
    for each in given:
        if each is None:
            continue
        own = each if isinstance(each, Held) else _for_each(builder, step, each, leading)
        turned.append(builder.turned(own, leading.order, step.path))
    if len(turned) == 1:
        return turned
    path = builder.free_path(step.path)
    node = concatenate(path, [each.name for each in turned], path, leading.lies(axis))
    return [builder.add(node, leading.order)]


def _for_each(builder: GraphBuilder, step: OnnxStep, own: NDArray[Any], like: Held) -> Held:
    """A constant that is joined to what depends on the picture, such as a class token."""
    one = builder.one_for_all(own)
    if not one.ndim or one.shape[0] != 1 or like.order[0] != 0 or like.shape[0] != builder.batch:
        raise UnsupportedError("joins pictures and constants")
    return builder.for_each(builder.source, one, f"{step.path}/constant")


def _pad(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    pads = numbers(given, step, 1, "pads") or step.integers("paddings") or ()
    value = optional(given, 2)
    filling = step.real("value", 0.0) if value is None else float(value.reshape(()))
    axes = numbers(given, step, 3, "axes") or tuple(range(own.rank))
    if len(pads) != 2 * len(axes):
        raise UnsupportedError("has margins that do not fit")
    margins = [(0, 0)] * own.rank
    for number, axis in enumerate(axes):
        margins[own.axis(axis)] = (pads[number], pads[number + len(axes)])
    return [_padded(reading.builder, step, own, margins, filling)]


def _padded(
    builder: GraphBuilder,
    step: OnnxStep,
    own: Held,
    margins: Sequence[tuple[int, int]],
    filling: float,
) -> Held:
    cut = [slice(max(-before, 0), size - max(-after, 0) if after < 0 else None)
           for (before, after), size in zip(margins, own.shape, strict=True)]  # fmt: skip
    keys = [slice(None) if key == slice(0, None) else key for key in cut]
    own = cut_out(builder, f"{step.path}/crop", own, keys)
    more = [(max(before, 0), max(after, 0)) for before, after in margins]
    if not any(map(any, more)):
        return own
    mode = step.text("mode", "constant")
    if mode == "constant":
        path = builder.free_path(step.path)
        node = pad(path, own.name, path, [more[axis] for axis in own.order], value=filling)
        return builder.add(node, own.order)
    if mode not in {"reflect", "edge", "wrap"}:
        raise UnsupportedError(f"pads in a way of its own, {mode}")
    for axis, pair in enumerate(more):
        if any(pair):
            numbers_ = np.arange(own.shape[axis], dtype=np.int32)
            entries = np.pad(numbers_, pair, mode=mode)  # type: ignore[call-overload]
            path = builder.free_path(step.path)
            node = gather(path, own.name, path, entries, own.lies(axis))
            own = builder.add(node, own.order)
    return own


PARTS: dict[str, OnnxRule] = {
    "Slice": _slice,
    "Split": _split,
    "Gather": _gather,
    "Concat": _concat,
    "Pad": _pad,
}
