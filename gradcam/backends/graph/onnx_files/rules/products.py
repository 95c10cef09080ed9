"""Products of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.builder import GraphBuilder, Operand
from gradcam.backends.graph.channels_last import Held, as_filed
from gradcam.backends.graph.graph import Stored
from gradcam.backends.graph.onnx_files.step import (
    OnnxInputs,
    OnnxReading,
    OnnxRule,
    OnnxStep,
    UnsupportedError,
    optional,
)
from gradcam.backends.graph.operators.dense import dense
from gradcam.backends.graph.operators.elementwise import elementwise


def _gemm(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    alpha, beta = step.real("alpha", 1.0), step.real("beta", 1.0)
    first, second = given[0], given[1]
    third = given[2] if len(given) > 2 else None
    turn, turned = step.integer("transA", 0), step.integer("transB", 0)
    if not isinstance(first, Held) or isinstance(second, Held) or turn or isinstance(third, Held):
        return [_general(reading, step, given, alpha, beta)]
    if second is None or first.rank != 2 or second.ndim != 2:
        raise UnsupportedError("gets what is no matrix")
    units = second.shape[0 if turned else 1]
    if third is not None and third.size not in {1, units}:
        return [_general(reading, step, given, alpha, beta)]

    def real(stored: Stored) -> Stored:
        kernel, *bias = (np.asarray(each, np.float32) for each in stored)
        own = kernel.T if turned else kernel
        offsets = [np.broadcast_to(each.ravel() * beta, units) for each in bias]
        return [np.ascontiguousarray(own * alpha, np.float32), *(
            np.ascontiguousarray(each, np.float32) for each in offsets)]  # fmt: skip

    stored = [second] if third is None else [second, third]
    return [_dense(reading.builder, step.path, first, stored, real)]


def _dense(builder: GraphBuilder, path: str, own: Held, stored: Stored, real: Any) -> Held:  # noqa: ANN401
    if own.order[-1] != own.rank - 1:
        own = builder.as_in_file(own, path)
    path = builder.free_path(path)
    return builder.add(dense(path, own.name, path, stored, real=real), own.order)


def _general(
    reading: OnnxReading, step: OnnxStep, given: OnnxInputs, alpha: float, beta: float
) -> Held:
    import tensorflow as tf

    _, names = _in_file_order(reading, step, given)
    turn, turned = bool(step.integer("transA", 0)), bool(step.integer("transB", 0))

    def function(a: Any, b: Any, *c: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        made = alpha * tf.matmul(a, b, turn, turned)
        return made + beta * c[0] if c else made

    path = reading.builder.free_path(step.path)
    return reading.builder.add(elementwise(path, "Matmul", names, path, function), as_filed(2))


def _in_file_order(
    reading: OnnxReading, step: OnnxStep, given: OnnxInputs
) -> tuple[list[Operand], list[str | NDArray[Any]]]:
    own: list[Operand] = []
    names: list[str | NDArray[Any]] = []
    for each in given:
        if isinstance(each, Held):
            turned = reading.builder.as_in_file(each, step.path)
            own.append(turned)
            names.append(turned.name)
        elif each is not None:
            constant = reading.builder.one_for_all(each).astype(np.float32)
            own.append(constant)
            names.append(constant)
    return own, names


def _matmul(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    first, second = given[0], given[1]
    constant = second if isinstance(second, np.ndarray) and second.ndim == 2 else None
    if isinstance(first, Held) and first.rank > 1 and constant is not None:
        bias = optional(given, 2)  # see `one_layer`
        stored = [constant] if bias is None else [constant, bias]
        return [_dense(reading.builder, step.path, first, stored, _as_real)]
    own, names = _in_file_order(reading, step, given)
    ranks = [each.rank if isinstance(each, Held) else each.ndim for each in own]
    if min(ranks) < 2:
        raise UnsupportedError("multiplies a row by a matrix")
    path = reading.builder.free_path(step.path)
    node = elementwise(path, "Matmul", names, path, tf.matmul)
    return [reading.builder.add(node, as_filed(max(ranks)))]


def _as_real(stored: Stored) -> Stored:
    return [np.asarray(each, np.float32) for each in stored]


def _einsum(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    equation = step.text("equation", "").replace(" ", "")
    if "->" not in equation or "." in equation:
        raise UnsupportedError("is written in a way that is not read here")
    _, names = _in_file_order(reading, step, given)
    path = reading.builder.free_path(step.path)
    node = elementwise(path, "Einsum", names, path, lambda *each: tf.einsum(equation, *each))
    return [reading.builder.add(node, as_filed(len(equation.split("->")[1])))]


PRODUCTS: dict[str, OnnxRule] = {"Gemm": _gemm, "MatMul": _matmul, "Einsum": _einsum}
