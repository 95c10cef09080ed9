"""Sums, means and extremes along axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import AxisOrder, Held
from gradcam.backends.graph.onnx_files.step import (
    OnnxInputs,
    OnnxReading,
    OnnxRule,
    OnnxStep,
    UnsupportedError,
    numbers,
    varying,
)
from gradcam.backends.graph.operators.pooling import global_average_pooling, global_max_pooling
from gradcam.backends.graph.operators.reducing import reduction

_Function = Callable[..., Any]  # of a tensor, with `axis` and `keepdims`


def _reducing(kind: str, function: _Function) -> OnnxRule:
    def rule(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
        own = varying(given, 0)
        asked = numbers(given, step, 1, "axes")
        if not asked and step.integer("noop_with_empty_axes", 0):
            return [own]
        axes = tuple(sorted(own.axis(axis) for axis in asked or range(own.rank)))
        return [reduced(reading, step, own, axes, kind, function)]

    return rule


def reduced(
    reading: OnnxReading,
    step: OnnxStep,
    own: Held,
    axes: Sequence[int],
    kind: str,
    function: _Function,
) -> Held:
    """A value along some of the file's axes, which stay as axes of one where `keepdims` says so."""
    if any(own.shape[axis] % reading.builder.batch == 0 for axis in axes):
        raise UnsupportedError("brings the pictures of a batch together")
    kept = bool(step.integer("keepdims", 1))
    lying = tuple(sorted(own.lies(axis) for axis in axes))
    order = own.order if kept else _without(own.order, axes)
    path = reading.builder.free_path(step.path)
    whole_map = own.rank == 4 and lying == (1, 2)
    pooling = {"Mean": global_average_pooling, "Max": global_max_pooling}.get(kind)
    if whole_map and pooling is not None:
        return reading.builder.add(pooling(path, own.name, path, keeps_sides=kept), order)
    node = reduction(path, kind, own.name, path, lying, function, keeps_axes=kept)
    return reading.builder.add(node, order)


def _without(order: AxisOrder, axes: Sequence[int]) -> AxisOrder:
    """An order of the axes that are left, counted anew."""
    left = [axis for axis in range(len(order)) if axis not in axes]
    return tuple(left.index(axis) for axis in order if axis in left)


def _named(kind: str, name: str) -> OnnxRule:
    def function(x: Any, axis: Any, keepdims: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return getattr(tf, name)(x, axis=axis, keepdims=keepdims)

    return _reducing(kind, function)


def _squares(x: Any, axis: Any, keepdims: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.reduce_sum(x * x, axis=axis, keepdims=keepdims)


def _length(x: Any, axis: Any, keepdims: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.sqrt(_squares(x, axis, keepdims))


def _absolute(x: Any, axis: Any, keepdims: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.reduce_sum(tf.abs(x), axis=axis, keepdims=keepdims)


def _log_of_sum(x: Any, axis: Any, keepdims: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.math.log(tf.reduce_sum(x, axis=axis, keepdims=keepdims))


def _log_of_exponents(x: Any, axis: Any, keepdims: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.reduce_logsumexp(x, axis=axis, keepdims=keepdims)


REDUCING: dict[str, OnnxRule] = {
    "ReduceMean": _named("Mean", "reduce_mean"),
    "ReduceSum": _named("Sum", "reduce_sum"),
    "ReduceMax": _named("Max", "reduce_max"),
    "ReduceMin": _named("Min", "reduce_min"),
    "ReduceProd": _named("Prod", "reduce_prod"),
    "ReduceL1": _reducing("Sum", _absolute),
    "ReduceL2": _reducing("Sum", _length),
    "ReduceSumSquare": _reducing("Sum", _squares),
    "ReduceLogSum": _reducing("Sum", _log_of_sum),
    "ReduceLogSumExp": _reducing("Sum", _log_of_exponents),
}
