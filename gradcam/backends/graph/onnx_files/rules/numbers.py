"""Functions of each number, and of numbers in the same places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradcam.backends.graph.builder import Operand
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

_Function = Callable[..., Any]


def one_for_each(
    kind: str,
    function: Callable[[OnnxStep], _Function],
    **details: Any,  # noqa: ANN401
) -> OnnxRule:
    """A function of each number, as a step's attributes make it."""

    def rule(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
        own, path = varying(given, 0), reading.builder.free_path(step.path)
        node = curve(path, kind, own.name, path, function(step), **details)
        return [reading.builder.add(node, own.order)]

    return rule


def _named(kind: str, name: str) -> OnnxRule:
    def function(_: OnnxStep) -> _Function:
        import tensorflow as tf

        own = tf
        for part in name.split("."):
            own = getattr(own, part)
        return own

    return one_for_each(kind, function)


def _leaky(step: OnnxStep) -> _Function:
    import tensorflow as tf

    alpha = step.real("alpha", 0.01)
    return lambda x: tf.nn.leaky_relu(x, alpha)


def _elu(step: OnnxStep) -> _Function:
    import tensorflow as tf

    alpha = step.real("alpha", 1.0)
    return lambda x: tf.where(x > 0, x, alpha * tf.math.expm1(tf.minimum(x, 0)))


def _celu(step: OnnxStep) -> _Function:
    import tensorflow as tf

    alpha = step.real("alpha", 1.0)
    return lambda x: (
        tf.maximum(x, 0) + tf.minimum(alpha * tf.math.expm1(tf.minimum(x, 0) / alpha), 0)
    )


def _selu(step: OnnxStep) -> _Function:
    import tensorflow as tf

    alpha, gamma = step.real("alpha", 1.6732632), step.real("gamma", 1.0507010)
    return lambda x: gamma * tf.where(x > 0, x, alpha * tf.math.expm1(tf.minimum(x, 0)))


def _thresholded(step: OnnxStep) -> _Function:
    import tensorflow as tf

    alpha = step.real("alpha", 1.0)
    return lambda x: tf.where(x > alpha, x, tf.zeros_like(x))


def _hard_sigmoid(step: OnnxStep) -> _Function:
    import tensorflow as tf

    alpha, beta = step.real("alpha", 0.2), step.real("beta", 0.5)
    return lambda x: tf.clip_by_value(alpha * x + beta, 0.0, 1.0)


def _hard_swish(_: OnnxStep) -> _Function:
    import tensorflow as tf

    return lambda x: x * tf.clip_by_value(x / 6 + 0.5, 0.0, 1.0)


def _gelu(step: OnnxStep) -> _Function:
    import tensorflow as tf

    approximate = step.text("approximate", "none") == "tanh"
    return lambda x: tf.nn.gelu(x, approximate=approximate)


def _mish(_: OnnxStep) -> _Function:
    import tensorflow as tf

    return lambda x: x * tf.tanh(tf.nn.softplus(x))


def _swish(step: OnnxStep) -> _Function:
    import tensorflow as tf

    alpha = step.real("alpha", 1.0)
    return lambda x: x * tf.sigmoid(alpha * x)


def _shrunk(step: OnnxStep) -> _Function:
    import tensorflow as tf

    bias, most = step.real("bias", 0.0), step.real("lambd", 0.5)
    return lambda x: tf.where(x < -most, x + bias, tf.where(x > most, x - bias, tf.zeros_like(x)))


def _clip(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    bounds = [optional(given, number) for number in (1, 2)]
    least, most = (
        float(step.real(name, default) if bound is None else bound.reshape(()))
        for bound, name, default in zip(bounds, ("min", "max"), (-np.inf, np.inf), strict=True)
    )
    import tensorflow as tf

    path = reading.builder.free_path(step.path)
    kind = "ReLU" if least == 0 else "Clip"
    node = curve(path, kind, own.name, path, lambda x: tf.clip_by_value(x, least, most),
                 max_value=most)  # fmt: skip
    return [reading.builder.add(node, own.order)]


def _prelu(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import tensorflow as tf

    own, slope = varying(given, 0), constant(given, 1)

    def function(x: Any, alpha: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.maximum(x, 0) + alpha * tf.minimum(x, 0)

    return [reading.builder.combined(step.path, "PReLU", function, [own, slope])]


def _passed(_: OnnxReading, __: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    return [varying(given, 0)]


def _cast(_: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    import onnx

    own = varying(given, 0)
    types = onnx.TensorProto
    real = {types.FLOAT, types.FLOAT16, types.DOUBLE, types.BFLOAT16}
    if step.kind == "Cast" and step.integer("to", types.FLOAT) not in real:
        raise UnsupportedError("makes whole numbers of what depends on the picture")
    return [own]


def _combining(kind: str, function: _Function) -> OnnxRule:
    def rule(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
        own = [each for each in given if each is not None]
        if len(own) == 1:
            return own
        return [reading.builder.combined(step.path, kind, function, own)]

    return rule


def _tensorflow(kind: str, name: str) -> OnnxRule:
    """A function of TensorFlow's of two, or of more in turn."""

    def function(first: Any, *others: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        own = getattr(tf, name)
        for other in others:
            first = own(first, other)
        return first

    return _combining(kind, function)


def _sum(first: Any, *others: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    for other in others:
        first = first + other
    return first


def _mean(*several: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    return _sum(*several) / len(several)


def _divided(a: Any, b: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    return a / b


def _chosen(choice: Any, first: Any, second: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.where(tf.cast(choice, tf.bool), first, second)


NUMBERS: dict[str, OnnxRule] = {
    **dict.fromkeys(("Identity", "Dropout"), _passed),
    **dict.fromkeys(("Cast", "CastLike"), _cast),
    "Relu": _named("ReLU", "nn.relu"),
    "LeakyRelu": one_for_each("LeakyReLU", _leaky),
    "PRelu": _prelu,
    "Elu": one_for_each("ELU", _elu),
    "Celu": one_for_each("ELU", _celu),
    "Selu": one_for_each("Selu", _selu),
    "ThresholdedRelu": one_for_each("ThresholdedReLU", _thresholded),
    "Shrink": one_for_each("ThresholdedReLU", _shrunk),
    "Sigmoid": _named("Sigmoid", "sigmoid"),
    "HardSigmoid": one_for_each("HardSigmoid", _hard_sigmoid),
    "HardSwish": one_for_each("HardSilu", _hard_swish),
    "Gelu": one_for_each("Gelu", _gelu),
    "Mish": one_for_each("Silu", _mish),
    "Swish": one_for_each("Silu", _swish),
    "Tanh": _named("Tanh", "tanh"),
    "Softplus": _named("Softplus", "nn.softplus"),
    "Softsign": _named("Softsign", "nn.softsign"),
    "Exp": _named("Exp", "exp"),
    "Log": _named("Log", "math.log"),
    "Sqrt": _named("Sqrt", "sqrt"),
    "Reciprocal": _named("Reciprocal", "math.reciprocal"),
    "Neg": _named("Negative", "negative"),
    "Abs": _named("Absolute", "abs"),
    "Sign": _named("Sign", "sign"),
    "Floor": _named("Floor", "floor"),
    "Ceil": _named("Ceil", "math.ceil"),
    "Round": _named("Round", "round"),
    "Erf": _named("Erf", "math.erf"),
    "Sin": _named("Sin", "sin"),
    "Cos": _named("Cos", "cos"),
    "Clip": _clip,
    "Add": _combining("Add", _sum),
    "Sum": _combining("Add", _sum),
    "Sub": _tensorflow("Subtract", "subtract"),
    "Mul": _tensorflow("Multiply", "multiply"),
    "Div": _combining("Divide", _divided),
    "Pow": _tensorflow("Power", "pow"),
    "Max": _tensorflow("Maximum", "maximum"),
    "Min": _tensorflow("Minimum", "minimum"),
    "Mean": _combining("Average", _mean),
    "Greater": _tensorflow("Greater", "greater"),
    "GreaterOrEqual": _tensorflow("GreaterEqual", "greater_equal"),
    "Less": _tensorflow("Less", "less"),
    "LessOrEqual": _tensorflow("LessEqual", "less_equal"),
    "Equal": _tensorflow("Equal", "equal"),
    "Where": _combining("Where", _chosen),
}
