"""Convolutions and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import Held, channels_last_order
from gradcam.backends.graph.graph import Stored
from gradcam.backends.graph.onnx_files.one_layer import ACTIVATION
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
from gradcam.backends.graph.operators.convolution import convolution, transposed_convolution
from gradcam.backends.graph.operators.pooling import (
    average_pooling,
    global_average_pooling,
    global_max_pooling,
    max_pooling,
)
from gradcam.backends.graph.operators.shapes import pad
from gradcam.backends.graph.operators.window import NONE, SlidingWindow
from gradcam.backends.tensorflow.model import Margins


def _maps(reading: OnnxReading, step: OnnxStep, held: Held) -> Held:
    """What goes under a window, as maps with channels last."""
    if held.rank == 3:
        batch, channels, steps = held.shape
        wide = (batch, channels, 1, steps)
        held = reading.builder.reshaped(held, wide, f"{step.path}/reshape")
    if held.rank != 4:
        raise UnsupportedError(f"works on {held.rank - 2} dimensions, and a picture has two")
    return reading.builder.channels_last(held, step.path)


def _as_given(reading: OnnxReading, step: OnnxStep, made: Held, given: Held) -> Sequence[Operand]:
    if given.rank == 4:
        return [made]
    batch, channels, _, steps = made.shape
    return [reading.builder.reshaped(made, (batch, channels, steps), f"{step.path}/reshape")]


def _pair(own: Sequence[int] | None, default: int = 1) -> tuple[int, int]:
    if own is None:
        return (default, default)
    return (default, own[0]) if len(own) == 1 else (own[0], own[1])


def _window(step: OnnxStep, maps: Held, size: Sequence[int]) -> SlidingWindow:
    """A window as its attributes tell."""
    if any(each < 1 for each in size):
        raise UnsupportedError("has a window of nothing")
    strides, dilations = _pair(step.integers("strides")), _pair(step.integers("dilations"))
    if min(strides + dilations) < 1:
        raise UnsupportedError("has strides of nothing")
    own = SlidingWindow(_pair(size), strides, dilations)
    return SlidingWindow(own.size, strides, dilations, _margins(step, maps, own))


def _margins(step: OnnxStep, maps: Held, window: SlidingWindow) -> Margins | None:
    way = step.text("auto_pad", "NOTSET")
    if way == "SAME_UPPER":
        return None
    if way == "VALID":
        return NONE
    if way == "SAME_LOWER":
        return _lower(maps, window)
    pads = step.integers("pads") or ()
    if not pads:
        return NONE
    if min(pads) < 0:
        raise UnsupportedError("cuts margins off")
    half = len(pads) // 2
    before, after = _pair(pads[:half], 0), _pair(pads[half:], 0)
    return (before[0], after[0]), (before[1], after[1])


def _lower(maps: Held, window: SlidingWindow) -> Margins:
    totals: list[int] = []
    for axis in range(2):
        size, stride = maps.shape[axis + 2], window.strides[axis]
        reach = (window.size[axis] - 1) * window.dilations[axis] + 1
        totals.append(max((-(-size // stride) - 1) * stride + reach - size, 0))
    rows, columns = totals
    return (rows - rows // 2, rows // 2), (columns - columns // 2, columns // 2)


def _hwio(stored: Stored) -> Stored:
    """Kernels (outputs, inputs of a group, [rows,] columns) in TensorFlow's order, real."""
    kernel, *bias = (np.asarray(each, np.float32) for each in stored)
    wide = kernel if kernel.ndim == 4 else kernel[:, :, None]
    return [np.ascontiguousarray(wide.transpose(2, 3, 1, 0)), *bias]


def _conv(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    own, kernel, bias = varying(given, 0), constant(given, 1), optional(given, 2)
    groups = step.integer("group", 1)
    maps = _maps(reading, step, own)
    if kernel.ndim != own.rank or groups < 1 or kernel.shape[1] * groups != maps.shape[1]:
        raise UnsupportedError("has a kernel that does not fit")
    window = _window(step, maps, kernel.shape[2:])
    path = reading.builder.free_path(step.path)
    stored = [kernel] if bias is None else [kernel, bias]
    activation = tf.nn.relu if ACTIVATION in step.attributes else None
    node = convolution(
        path, maps.name, path, stored, window, groups=groups, activation=activation, real=_hwio
    )
    return _as_given(reading, step, reading.builder.add(node, maps.order), own)


def _conv_transpose(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, kernel, bias = varying(given, 0), constant(given, 1), optional(given, 2)
    groups = step.integer("group", 1)
    maps = _maps(reading, step, own)
    if kernel.ndim != own.rank or groups < 1 or kernel.shape[0] != maps.shape[1]:
        raise UnsupportedError("has a kernel that does not fit")
    size = kernel.shape[2:]
    window = SlidingWindow(
        _pair(size), _pair(step.integers("strides")), _pair(step.integers("dilations"))
    )
    margins = _transposed_margins(step, maps, window)

    def real(stored: Stored) -> Stored:
        """From (inputs, outputs of a group, rows, columns) to (rows, columns, outputs, inputs)."""
        weights, *offset = (np.asarray(each, np.float32) for each in stored)
        wide = weights if weights.ndim == 4 else weights[:, :, None]
        return [np.ascontiguousarray(wide.transpose(2, 3, 1, 0)), *offset]

    path = reading.builder.free_path(step.path)
    stored = [kernel] if bias is None else [kernel, bias]
    node = transposed_convolution(
        path, maps.name, path, stored, window, margins, groups=groups, real=real
    )
    return _as_given(reading, step, reading.builder.add(node, maps.order), own)


def _transposed_margins(step: OnnxStep, maps: Held, window: SlidingWindow) -> Margins:
    """What is cut off above, below, left and right; less than nothing is added."""
    more = _pair(step.integers("output_padding"), 0)
    way, wanted = step.text("auto_pad", "NOTSET"), step.integers("output_shape")
    if wanted is None and way not in {"SAME_UPPER", "SAME_LOWER"}:
        pads = step.integers("pads") or (0, 0, 0, 0)
        half = len(pads) // 2
        (above, left), (below, right) = _pair(pads[:half], 0), _pair(pads[half:], 0)
        return (above, below - more[0]), (left, right - more[1])
    cut: list[tuple[int, int]] = []
    for axis in range(2):
        size, stride = maps.shape[axis + 2], window.strides[axis]
        full = (size - 1) * stride + (window.size[axis] - 1) * window.dilations[axis] + 1
        target = size * stride if wanted is None else _pair(wanted[-2:])[axis]
        total = full + more[axis] - target
        less = total // 2
        before = total - less if way != "SAME_UPPER" else less
        cut.append((before, total - before - more[axis]))
    return cut[0], cut[1]


def _pooling_window(step: OnnxStep, maps: Held) -> tuple[SlidingWindow, Margins]:
    """A window, and how much farther it reaches at the end where the last one is cut short."""
    window = _window(step, maps, step.integers("kernel_shape") or ())
    if not step.integer("ceil_mode", 0) or window.margins is None:
        return window, NONE
    beyond = []
    for axis in range(2):
        before, after = window.margins[axis]
        reach = (window.size[axis] - 1) * window.dilations[axis] + 1
        size, stride = maps.shape[axis + 2], window.strides[axis]
        left = (size + before + after - reach) % stride
        begins = size + before + after - reach - left + stride
        more = stride - left if left and begins < size + before else 0
        beyond.append((0, more))
    return window, (beyond[0], beyond[1])


def _both(margins: Margins, beyond: Margins) -> Margins:
    (a, b), (c, d) = margins
    return (a, b + beyond[0][1]), (c, d + beyond[1][1])


def _max_pool(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    if len(step.outputs) > 1 and step.outputs[1]:
        raise UnsupportedError("gives the places of its largest numbers")
    maps = _maps(reading, step, own)
    window, beyond = _pooling_window(step, maps)
    if window.margins is not None:
        margins = _both(window.margins, beyond)
        window = SlidingWindow(window.size, window.strides, window.dilations, margins)
    path = reading.builder.free_path(step.path)
    node = max_pooling(path, maps.name, path, window)
    return _as_given(reading, step, reading.builder.add(node, maps.order), own)


def _average_pool(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    maps = _maps(reading, step, own)
    window, beyond = _pooling_window(step, maps)
    if window.dilations != (1, 1):
        raise UnsupportedError("averages numbers that lie apart")
    counts = bool(step.integer("count_include_pad", 0))
    builder = reading.builder
    if beyond != NONE and window.margins is not None:
        if counts and window.margins != NONE:  # zeros that count, then some that do not
            path = builder.free_path(f"{step.path}/pad")
            node = pad(path, maps.name, path, ((0, 0), *window.margins, (0, 0)))
            maps = builder.add(node, maps.order)
            margins = beyond
        else:
            margins = _both(window.margins, beyond)
        window, counts = SlidingWindow(window.size, window.strides, margins=margins), False
    path = builder.free_path(step.path)
    node = average_pooling(path, maps.name, path, window, counts_margins=counts)
    return _as_given(reading, step, builder.add(node, maps.order), own)


def _global(make: Any) -> OnnxRule:  # noqa: ANN401 - one of two builders of nodes
    def rule(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
        own = varying(given, 0)
        maps = _maps(reading, step, own)
        path = reading.builder.free_path(step.path)
        node = make(path, maps.name, path, keeps_sides=True)
        return _as_given(reading, step, reading.builder.add(node, channels_last_order(4)), own)

    return rule


WINDOWS: dict[str, OnnxRule] = {
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "MaxPool": _max_pool,
    "AveragePool": _average_pool,
    "GlobalAveragePool": _global(global_average_pooling),
    "GlobalMaxPool": _global(global_max_pooling),
}
