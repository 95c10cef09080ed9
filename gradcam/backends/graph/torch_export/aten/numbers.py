"""Functions of each number, and of numbers in the same places."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import Held
from gradcam.backends.graph.operators.curves import curve
from gradcam.backends.graph.torch_export.aten.at import (
    At,
    AtenValue,
    RefusalError,
    Writer,
)

_Function = Callable[[Any], Any]


def _curve(at: At, given: Held, kind: str, function: _Function, **details: object) -> Held:
    path = at.free
    node = curve(path, kind, given.name, path, function, **details)
    return at.graph.add(node, given.order)


def _of_tensorflow(kind: str, name: str) -> Writer:
    """A curve that is a function of TensorFlow."""

    def written(at: At, given: Held) -> Held:
        import tensorflow as tf

        module, _, function = name.rpartition(".")
        return _curve(at, given, kind, getattr(tf.nn if module == "nn" else tf.math, function))

    return written


def _relu6(at: At, given: Held) -> Held:
    import tensorflow as tf

    return _curve(at, given, "ReLU", tf.nn.relu6, max_value=6.0)


def _hardtanh(at: At, given: Held, min_val: float = -1.0, max_val: float = 1.0) -> Held:
    if min_val == 0 and max_val == 6:
        return _relu6(at, given)
    return _clamp(at, given, min_val, max_val)


def _clamp(at: At, given: Held, min: AtenValue = None, max: AtenValue = None) -> Held:  # noqa: A002
    import tensorflow as tf

    if any(isinstance(each, Held | np.ndarray) for each in (min, max)):
        raise RefusalError("clamps numbers to others that are no constants")
    low = -np.inf if min is None else float(min)  # type: ignore[arg-type]
    high = np.inf if max is None else float(max)  # type: ignore[arg-type]
    return _curve(at, given, "Clip", lambda x: tf.clip_by_value(x, low, high))


def _elu(
    at: At, given: Held, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0
) -> Held:
    import tensorflow as tf

    def function(x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        curved = alpha * tf.math.expm1(tf.minimum(x, 0) * input_scale)
        return scale * tf.where(x > 0, x, curved)

    return _curve(at, given, "ELU", function)


def _leaky_relu(at: At, given: Held, negative_slope: float = 0.01) -> Held:
    import tensorflow as tf

    return _curve(at, given, "LeakyReLU", lambda x: tf.nn.leaky_relu(x, negative_slope))


def _hardsigmoid(at: At, given: Held) -> Held:
    import tensorflow as tf

    return _curve(at, given, "HardSigmoid", lambda x: tf.nn.relu6(x + 3) / 6)


def _hardswish(at: At, given: Held) -> Held:
    import tensorflow as tf

    return _curve(at, given, "HardSilu", lambda x: x * tf.nn.relu6(x + 3) / 6)


def _mish(at: At, given: Held) -> Held:
    import tensorflow as tf

    return _curve(at, given, "Mish", lambda x: x * tf.tanh(tf.nn.softplus(x)))


def _softplus(at: At, given: Held, beta: float = 1.0, threshold: float = 20.0) -> Held:
    import tensorflow as tf

    def function(x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.where(x * beta > threshold, x, tf.nn.softplus(x * beta) / beta)

    return _curve(at, given, "Softplus", function)


def _gelu(at: At, given: Held, approximate: str = "none") -> Held:
    import tensorflow as tf

    return _curve(at, given, "Gelu", partial(tf.nn.gelu, approximate=approximate == "tanh"))


def _softmax(at: At, given: Held, dim: int) -> Held:
    return _along_the_last(at, given, dim, "Softmax", "softmax")


def _log_softmax(at: At, given: Held, dim: int) -> Held:
    return _along_the_last(at, given, dim, "LogSoftmax", "log_softmax")


def _along_the_last(at: At, given: Held, dim: int, kind: str, name: str) -> Held:
    import tensorflow as tf

    axis = given.axis(dim)
    order = (*(each for each in given.order if each != axis), axis)
    turned = at.graph.turned(given, order, at.path)
    return _curve(at, turned, kind, getattr(tf.nn, name), axis=-1)


def _prelu(at: At, given: Held, weight: Operand) -> Held:
    import tensorflow as tf

    if isinstance(weight, Held):
        raise RefusalError("uses a PReLU whose weights follow from the picture")
    slope = weight if weight.size == 1 else weight.reshape(-1, *(1,) * max(given.rank - 2, 0))
    return at.graph.combined(
        at.free, "PReLU", lambda x, a: tf.where(x > 0, x, a * x), [given, slope]
    )


def _spread(kind: str, name: str) -> Writer:
    """A function of TensorFlow's of two, spread over each other's places."""

    def written(at: At, given: Operand | float, other: Operand | float, alpha: float = 1) -> Held:
        import tensorflow as tf

        function = getattr(tf.math, name)

        def scaled(x: Any, y: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            return function(x, y if alpha == 1 else y * alpha)

        both = [each if isinstance(each, Held) else _constant(each) for each in (given, other)]
        return at.graph.combined(at.free, kind, scaled, both)

    return written


def _constant(number: Any) -> Any:  # noqa: ANN401 - an array or a number
    return np.asarray(number, None if isinstance(number, np.ndarray) else np.float32)


def _divided(at: At, given: Operand, other: Operand, rounding_mode: str | None = None) -> Held:
    if rounding_mode is not None:
        raise RefusalError("divides and rounds")
    return _spread("Divide", "divide")(at, given, other)


def _power(at: At, given: Held, exponent: AtenValue) -> Held:
    import tensorflow as tf

    if exponent == 2:
        return _curve(at, given, "Square", tf.square)
    if isinstance(exponent, Held | np.ndarray) or not isinstance(given, Held):
        raise RefusalError("raises to a power that is no number")
    power = float(exponent)  # type: ignore[arg-type]
    return _curve(at, given, "Power", lambda x: tf.pow(x, power))


def _reversed_minus(at: At, given: Operand, other: Operand, alpha: float = 1) -> Held:
    return _spread("Subtract", "subtract")(at, other, given, alpha)


def _masked_fill(at: At, given: Operand, mask: Operand, value: float) -> Held:
    import tensorflow as tf

    def function(x: Any, chosen: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.where(tf.cast(chosen, tf.bool), tf.cast(value, x.dtype), x)

    return at.graph.combined(at.free, "Where", function, [given, mask], learned=False)


ATEN_NUMBERS: dict[str, Writer] = {
    "relu": _of_tensorflow("ReLU", "nn.relu"),
    "relu6": _relu6,
    "hardtanh": _hardtanh,
    "clamp": _clamp,
    "clamp_min": _clamp,
    "clamp_max": _clamp,
    "elu": _elu,
    "leaky_relu": _leaky_relu,
    "prelu": _prelu,
    "selu": _of_tensorflow("Selu", "nn.selu"),
    "silu": _of_tensorflow("Silu", "nn.silu"),
    "mish": _mish,
    "gelu": _gelu,
    "sigmoid": _of_tensorflow("Sigmoid", "sigmoid"),
    "log_sigmoid": _of_tensorflow("LogSigmoid", "log_sigmoid"),
    "hardsigmoid": _hardsigmoid,
    "hardswish": _hardswish,
    "softplus": _softplus,
    "softmax": _softmax,
    "_softmax": _softmax,
    "log_softmax": _log_softmax,
    "_log_softmax": _log_softmax,
    **{
        name: _of_tensorflow(kind, name)
        for name, kind in {
            "tanh": "Tanh", "sqrt": "Sqrt", "rsqrt": "Rsqrt", "square": "Square", "exp": "Exp",
            "expm1": "Expm1", "log": "Log", "log1p": "Log1p", "abs": "Abs", "sign": "Sign",
            "floor": "Floor", "ceil": "Ceil", "round": "Round", "reciprocal": "Reciprocal",
            "erf": "Erf", "sin": "Sin", "cos": "Cos",
        }.items()
    },
    "neg": _of_tensorflow("Negative", "negative"),
    "add": _spread("Add", "add"),
    "sub": _spread("Subtract", "subtract"),
    "rsub": _reversed_minus,
    "mul": _spread("Multiply", "multiply"),
    "div": _divided,
    "true_divide": _divided,
    "maximum": _spread("Maximum", "maximum"),
    "minimum": _spread("Minimum", "minimum"),
    "pow": _power,
    "masked_fill": _masked_fill,
}  # fmt: skip
