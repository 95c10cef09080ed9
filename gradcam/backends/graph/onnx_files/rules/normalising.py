"""Normalisations and softmax."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import Held, channels_last_order
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
from gradcam.backends.graph.operators.normalisation import (
    batch_normalisation,
    group_normalisation,
    layer_normalisation,
)

_Array = NDArray[Any]


def _with_channels_last(reading: OnnxReading, step: OnnxStep, own: Held) -> Held:
    return reading.builder.turned(own, channels_last_order(own.rank), step.path)


def _batch(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    if step.integer("training_mode", 0) or not step.integer("is_test", 1):
        raise UnsupportedError("normalises as in training; export the network with `model.eval()`")
    stored = [constant(given, number) for number in range(1, 5)]
    if own.rank < 2 or any(each.shape != (own.shape[1],) for each in stored):
        raise UnsupportedError("has numbers that do not fit")
    maps = _with_channels_last(reading, step, own)
    path = reading.builder.free_path(step.path)
    node = batch_normalisation(path, maps.name, path, stored, step.real("epsilon", 1e-5))
    return [reading.builder.add(node, maps.order)]


def _instance(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    return [_in_groups(reading, step, own, own.shape[1], constant(given, 1), constant(given, 2))]


def _group(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, groups = varying(given, 0), step.integer("num_groups", 1)
    scales = [constant(given, number) for number in (1, 2)]
    if groups < 1 or own.shape[1] % groups:
        raise UnsupportedError("has groups that do not fit")
    if step.opset < 21:  # one number for a group then
        each = own.shape[1] // groups
        scales = [np.repeat(own_scale, each) for own_scale in scales]
    return [_in_groups(reading, step, own, groups, *scales)]


def _in_groups(
    reading: OnnxReading, step: OnnxStep, own: Held, groups: int, scale: _Array, offset: _Array
) -> Held:
    maps = _with_channels_last(reading, step, own)
    path = reading.builder.free_path(step.path)
    epsilon = step.real("epsilon", 1e-5)
    node = group_normalisation(path, maps.name, path, groups, scale, offset, epsilon)
    return reading.builder.add(node, maps.order)


def _layer(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own, scale, offset = varying(given, 0), optional(given, 1), optional(given, 2)
    axis = own.axis(step.integer("axis", -1))
    epsilon, builder = step.real("epsilon", 1e-5), reading.builder
    if axis == own.rank - 1:
        if own.order[-1] != axis:
            own = builder.as_in_file(own, step.path)
        path = builder.free_path(step.path)
        gamma, beta = (None if each is None else each.ravel() for each in (scale, offset))
        node = layer_normalisation(path, own.name, path, gamma, beta, epsilon)
        return [builder.add(node, own.order)]
    flat = builder.reshaped(own, (*own.shape[:axis], math.prod(own.shape[axis:])), step.path)
    flat = builder.as_in_file(flat, step.path)
    path = builder.free_path(step.path)
    spread = [None if each is None else np.broadcast_to(each, own.shape[axis:]).ravel()
              for each in (scale, offset)]  # fmt: skip
    node = layer_normalisation(path, flat.name, path, spread[0], spread[1], epsilon)
    return [builder.reshaped(builder.add(node, flat.order), own.shape, step.path)]


def _rms(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    own, scale = varying(given, 0), constant(given, 1)
    axes = tuple(own.lies(axis) for axis in range(own.axis(step.integer("axis", -1)), own.rank))
    epsilon = step.real("epsilon", 1e-5)

    def function(x: Any, gamma: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return x * tf.math.rsqrt(tf.reduce_mean(x * x, axes, keepdims=True) + epsilon) * gamma

    return [reading.builder.combined(step.path, "RMSNormalization", function, [own, scale])]


def _local_response(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    own, size = varying(given, 0), step.integer("size", 1)
    if size % 2 == 0 or own.rank != 4:
        raise UnsupportedError("looks at an even number of channels")
    alpha, beta, bias = step.real("alpha", 1e-4), step.real("beta", 0.75), step.real("bias", 1.0)
    maps = reading.builder.channels_last(own, step.path)

    def function(x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.nn.local_response_normalization(x, size // 2, bias, alpha / size, beta)

    path = reading.builder.free_path(step.path)
    node = curve(path, "LocalResponseNormalization", maps.name, path, function)
    return [reading.builder.add(node, maps.order)]


def _to_length(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    own = varying(given, 0)
    axis, power = own.lies(step.integer("axis", -1)), step.integer("p", 2)
    order: float = {1: 1, 2: 2}.get(power, 0)
    if not order:
        raise UnsupportedError("is of a form that is not read here")

    def function(x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        length = tf.norm(x, order, axis, keepdims=True)
        return tf.math.divide_no_nan(x, length)

    path = reading.builder.free_path(step.path)
    node = curve(path, "UnitNormalization", own.name, path, function, axis=axis)
    return [reading.builder.add(node, own.order)]


def _whole(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    own = varying(given, 0)
    axes = tuple(own.lies(axis) for axis in step.integers("axes") or (0, 2, 3))
    if any(own.shape[own.order[axis]] % reading.builder.batch == 0 for axis in axes):
        raise UnsupportedError("brings the pictures of a batch together")

    def function(x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        mean, variance = tf.nn.moments(x, axes, keepdims=True)
        return (x - mean) / (tf.sqrt(variance) + 1e-9)

    path = reading.builder.free_path(step.path)
    node = curve(path, "MeanVarianceNormalization", own.name, path, function)
    return [reading.builder.add(node, own.order)]


def _along(kind: str, name: str) -> OnnxRule:
    """Softmax and its kin: before version 13 over all axes from one on."""

    def rule(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
        own, old = varying(given, 0), step.opset < 13
        axis = own.axis(step.integer("axis", 1 if old else -1))
        if old and math.prod(own.shape[axis + 1 :]) != 1:
            flat = math.prod(own.shape[:axis]), math.prod(own.shape[axis:])
            shaped = reading.builder.reshaped(own, flat, f"{step.path}/reshape")
            made = _squashed(reading, step, shaped, 1, kind, name)
            return [reading.builder.reshaped(made, own.shape, f"{step.path}/reshape")]
        return [_squashed(reading, step, own, axis, kind, name)]

    return rule


def _squashed(
    reading: OnnxReading, step: OnnxStep, own: Held, axis: int, kind: str, name: str
) -> Held:
    import tensorflow as tf

    lying = own.lies(axis)
    lying = -1 if lying == own.rank - 1 else lying
    squash: Callable[..., Any] = getattr(tf.nn, name)
    path = reading.builder.free_path(step.path)
    # Its own function of logits (M, classes) is along their last axis too.
    node = curve(path, kind, own.name, path, lambda x: squash(x, lying), axis=lying)
    return reading.builder.add(node, own.order)


NORMALISING: dict[str, OnnxRule] = {
    "BatchNormalization": _batch,
    "InstanceNormalization": _instance,
    "GroupNormalization": _group,
    "LayerNormalization": _layer,
    "RMSNormalization": _rms,
    "LRN": _local_response,
    "LpNormalization": _to_length,
    "MeanVarianceNormalization": _whole,
    "Softmax": _along("Softmax", "softmax"),
    "LogSoftmax": _along("LogSoftmax", "log_softmax"),
}
