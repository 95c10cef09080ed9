"""Convolutions and dense layers, in real numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcam.arrays import Floats
from gradcam.backends.graph.graph import Node, Stored
from gradcam.backends.graph.operators.convolution import convolution, transposed_convolution
from gradcam.backends.graph.operators.dense import dense
from gradcam.backends.graph.operators.shapes import reshape
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.graph.tensorflow_lite.activations import activated, activation_of
from gradcam.backends.graph.tensorflow_lite.dynamic_range import ScaleFor, in_bytes
from gradcam.backends.graph.tensorflow_lite.step import Builder, LiteStep, NotReadError

_RealWeights = Callable[[Stored], list[Floats]]
_SAME = 0  # the schema's Padding


def window_of(step: LiteStep, size: Sequence[int]) -> SlidingWindow:
    """How a window of such rows and columns goes over the map."""
    own = step.options
    sides, strides = (int(size[0]), int(size[1])), (int(own.strideH), int(own.strideW))
    dilations = getattr(own, "dilationHFactor", 1), getattr(own, "dilationWFactor", 1)
    if own.padding == _SAME:
        return SlidingWindow(sides, strides, dilations, None)
    return SlidingWindow(sides, strides, dilations)


def with_outputs_last(real: _RealWeights, axes: tuple[int, ...]) -> _RealWeights:
    """From weights as the file orders them: the kernel's axes in this order, the bias as it is."""

    def prepared(stored: Stored) -> list[Floats]:
        kernel, *bias = real(stored)
        return [np.ascontiguousarray(kernel.transpose(axes)), *bias]

    return prepared


CONVOLUTION = (1, 2, 3, 0)  # from (outputs, rows, columns, channels)
DEPTHWISE = (1, 2, 0, 3)  # from (1, rows, columns, outputs)
TRANSPOSED = (1, 2, 0, 3)  # from (outputs, rows, columns, channels) to (…, outputs, channels)
DENSE = (1, 0)  # from (units, units in)


def _convolution(step: LiteStep) -> list[Node]:
    outputs, *size, channels = step.constant(1).shape
    given = step.input(0).shape[-1]
    if given % channels or outputs % (given // channels):
        raise ValueError(step)
    node = convolution(
        step.path,
        step.given,
        step.made[0],
        step.weights(1, 2),
        window_of(step, size),
        groups=given // channels,
        activation=activation_of(step),
        real=with_outputs_last(step.real(1, 2), CONVOLUTION),
    )
    pointwise = tuple(size) == (1, 1)
    return [_dynamic(step, node, ScaleFor.PIXELS if pointwise else ScaleFor.PICTURES)]


def _depthwise(step: LiteStep) -> list[Node]:
    one, *size, outputs = step.constant(1).shape
    given = step.input(0).shape[-1]
    if one != 1 or outputs % given:
        raise ValueError(step)
    node = convolution(
        step.path,
        step.given,
        step.made[0],
        step.weights(1, 2),
        window_of(step, size),
        groups=given,
        activation=activation_of(step),
        real=with_outputs_last(step.real(1, 2), DEPTHWISE),
    )
    return [_dynamic(step, node, ScaleFor.PICTURES)]


def _dense(step: LiteStep) -> list[Node]:
    if step.options is not None and step.options.weightsFormat:
        raise NotReadError("weights in an order for certain processors")
    units_in, given = step.constant(1).shape[1], step.given
    nodes = []
    shape = step.input(0).shape
    if shape[-1] != units_in or len(shape) != len(step.output.shape):
        path = f"{step.path}/flatten"
        nodes.append(reshape(path, given, path, (-1, units_in)))
        given = path
    node = activated(
        dense(
            step.path,
            given,
            step.made[0],
            step.weights(1, 2),
            real=with_outputs_last(step.real(1, 2), DENSE),
        ),
        step,
    )
    if getattr(node.details, "activation", None) is not None:
        node = replace(node, absorbing=None)
    return [*nodes, _dynamic(step, node, ScaleFor.PIXELS)]


def _dynamic(step: LiteStep, node: Node, apart: ScaleFor) -> Node:
    """A node whose weights alone are whole numbers has its input made such ones too."""
    if step.input(1).dtype != np.int8 or step.input(1).quantisation is None:
        return node
    compute = node.compute

    def in_whole_numbers(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401
        return compute([in_bytes(tensors[0], apart)], weights)

    return replace(node, compute=in_whole_numbers)


def _transposed(step: LiteStep) -> list[Node]:
    """Its inputs are the shape of what comes out, the kernel, the map and perhaps a bias."""
    _, *size, _ = step.constant(1).shape
    window = window_of(step, size)
    _, *given, _ = step.input(2).shape
    _, *made, _ = step.output.shape
    cut = []
    for axis in range(2):
        painted = (given[axis] - 1) * window.strides[axis] + window.size[axis]
        more = painted - made[axis]  # less than nothing: rows that no cell paints on
        before = more // 2 if window.margins is None and more > 0 else 0
        cut.append((before, more - before))
    node = transposed_convolution(
        step.path,
        step.varying(2),
        step.made[0],
        step.weights(1, 3),
        window,
        (cut[0], cut[1]),
        real=with_outputs_last(step.real(1, 3), TRANSPOSED),
    )
    return [activated(node, step)]


WEIGHTED: dict[str, Builder] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _dense,
    "TRANSPOSE_CONV": _transposed,
}
