"""Arithmetic on numbers in the same places, and functions of each, in real numbers."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.operators.curves import curve
from gradcam.backends.graph.operators.elementwise import elementwise
from gradcam.backends.graph.tensorflow_lite.activations import (
    activated,
    relu_0_to_1,
    relu_n1_to_1,
)
from gradcam.backends.graph.tensorflow_lite.step import Builder, LiteStep, real_numbers

_Function = Callable[..., Any]


def _arithmetic(kind: str, function: str) -> Builder:
    def build(step: LiteStep) -> list[Node]:
        import tensorflow as tf

        parts = []
        for number, name in enumerate(step.names):
            tensor = step.input(number)
            parts.append(name or real_numbers(step.constant(number), tensor.quantisation))
        node = elementwise(
            step.path, kind, parts, step.made[0], attrgetter(function)(tf), learned=step.learned
        )
        return [activated(node, step)]

    return build


def _curve(kind: str, function: str) -> Builder:
    def build(step: LiteStep) -> list[Node]:
        import tensorflow as tf

        return [curve(step.path, kind, step.given, step.made[0], attrgetter(function)(tf))]

    return build


def _own_curve(kind: str, function: _Function) -> Builder:
    return lambda step: [curve(step.path, kind, step.given, step.made[0], function)]


def hard_swish(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """X · relu6(x + 3) / 6."""
    import tensorflow as tf

    return numbers * tf.nn.relu6(numbers + 3.0) * (1.0 / 6.0)


def _softmax(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    beta = float(step.options.beta)

    def function(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.nn.softmax(numbers if beta == 1 else numbers * beta)

    return [curve(step.path, "Softmax", step.given, step.made[0], function)]


def _leaky(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    alpha = float(step.options.alpha)

    def function(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.where(numbers < 0, numbers * alpha, numbers)

    return [curve(step.path, "LeakyReLU", step.given, step.made[0], function)]


def _gelu(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    approximate = bool(step.options.approximate)

    def function(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.nn.gelu(numbers, approximate)

    return [curve(step.path, "Gelu", step.given, step.made[0], function)]


def _prelu(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    slope = np.asarray(real_numbers(step.constant(1), step.input(1).quantisation))

    def function(numbers: Any, alpha: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.where(numbers < 0, numbers * alpha, numbers)

    return [elementwise(step.path, "PReLU", (step.given, slope), step.made[0], function)]


def _product(step: LiteStep) -> list[Node]:
    """Products of matrices, one for each entry of the axes before; a constant one is learned."""
    import tensorflow as tf

    first, second = bool(step.options.adjX), bool(step.options.adjY)
    parts = [
        name or real_numbers(step.constant(number), step.input(number).quantisation)
        for number, name in enumerate(step.names)
    ]

    def product(left: Any, right: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.linalg.matmul(left, right, transpose_a=first, transpose_b=second)

    return [elementwise(step.path, "Matmul", parts, step.made[0], product)]


def _unit(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    def unit(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.math.l2_normalize(numbers, axis=-1)

    return [curve(step.path, "UnitNormalization", step.given, step.made[0], unit)]


def _local_response(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    own = step.options

    def function(maps: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.nn.lrn(maps, own.radius, own.bias, own.alpha, own.beta)

    return [curve(step.path, "LocalResponseNormalization", step.given, step.made[0], function)]


PAIRED: dict[str, Builder] = {
    "ADD": _arithmetic("Add", "add"),
    "SUB": _arithmetic("Subtract", "subtract"),
    "MUL": _arithmetic("Multiply", "multiply"),
    "DIV": _arithmetic("TrueDivide", "divide"),
    "MAXIMUM": _arithmetic("Maximum", "maximum"),
    "MINIMUM": _arithmetic("Minimum", "minimum"),
    "POW": _arithmetic("Power", "pow"),
    "SQUARED_DIFFERENCE": _arithmetic("SquaredDifference", "math.squared_difference"),
    "BATCH_MATMUL": _product,
}

CURVED: dict[str, Builder] = {
    "RELU": _curve("ReLU", "nn.relu"),
    "RELU6": _curve("Relu6", "nn.relu6"),
    "RELU_N1_TO_1": _own_curve("Clip", relu_n1_to_1),
    "RELU_0_TO_1": _own_curve("Clip", relu_0_to_1),
    "LOGISTIC": _curve("Sigmoid", "nn.sigmoid"),
    "TANH": _curve("Tanh", "nn.tanh"),
    "ELU": _curve("Elu", "nn.elu"),
    "EXP": _curve("Exp", "exp"),
    "LOG": _curve("Log", "math.log"),
    "SQRT": _curve("Sqrt", "sqrt"),
    "RSQRT": _curve("Rsqrt", "math.rsqrt"),
    "SQUARE": _curve("Square", "square"),
    "ABS": _curve("Abs", "abs"),
    "NEG": _curve("Negative", "negative"),
    "SIN": _curve("Sin", "sin"),
    "COS": _curve("Cos", "cos"),
    "FLOOR": _curve("Floor", "floor"),
    "CEIL": _curve("Ceil", "math.ceil"),
    "ROUND": _curve("Round", "round"),
    "SIGN": _curve("Sign", "sign"),
    "L2_NORMALIZATION": _unit,
    "LOCAL_RESPONSE_NORMALIZATION": _local_response,
    "HARD_SWISH": _own_curve("HardSilu", hard_swish),
    "LOG_SOFTMAX": _curve("LogSoftmax", "nn.log_softmax"),
    "SOFTMAX": _softmax,
    "LEAKY_RELU": _leaky,
    "GELU": _gelu,
    "PRELU": _prelu,
}
