"""Constants that a file works out of others: weights laid out anew, and arithmetic on shapes.

They do not depend on the picture, so they are worked out once, while the file is read.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.tensorflow_lite.file import LiteOperator, LiteTensor
from gradcam.backends.graph.tensorflow_lite.step import NotReadError, real_numbers

MAX_FOLDED = 50_000_000  # numbers of one such constant

Array = NDArray[Any]
_Rule = Callable[[LiteOperator, list[Array]], Array]


def folded_constant(operator: LiteOperator) -> Array:
    """What an operator on constants makes, of the shape that the file says.

    Raises:
        NotReadError: it is not known how, or of too many numbers.
        ValueError: the file contradicts itself.
    """
    (made,) = operator.outputs
    rule = _RULES.get(operator.code)
    if rule is None or math.prod(made.shape) > MAX_FOLDED:
        raise NotReadError("on constants alone")
    given = [each.data for each in operator.inputs if each is not None and each.data is not None]
    return rule(operator, given).reshape(made.shape)


def _unpacked(given: LiteTensor) -> Array:
    """Weights that an operator DEQUANTIZE makes real. Half precision stays as the file has it."""
    if given.data is None:
        raise ValueError(given)
    if given.dtype == np.float16:
        return given.data
    return real_numbers(given.data, given.quantisation)


def _same(_: LiteOperator, given: list[Array]) -> Array:
    return given[0]


def _dequantised(operator: LiteOperator, _: list[Array]) -> Array:
    (given, *_others) = operator.inputs
    if given is None:
        raise ValueError(operator)
    return _unpacked(given)


def _arithmetic(function: Callable[..., Array]) -> _Rule:
    def rule(operator: LiteOperator, given: list[Array]) -> Array:
        inputs = [each for each in operator.inputs if each is not None]
        if any(each.quantisation is not None for each in inputs):
            raise NotReadError("on constants of whole numbers that stand for real ones")
        with np.errstate(all="ignore"):
            return function(*given).astype(operator.outputs[0].dtype)

    return rule


def _divided(left: Array, right: Array) -> Array:
    return left / right if left.dtype.kind == "f" else np.trunc(left / right)


def _stacked(operator: LiteOperator, given: list[Array]) -> Array:
    return np.stack(given, operator.options.axis)


def _joined(operator: LiteOperator, given: list[Array]) -> Array:
    return np.concatenate(given, operator.options.axis)


def _part(operator: LiteOperator, given: list[Array]) -> Array:
    own, (data, *rows) = operator.options, given
    keys: list[slice | int] = []
    for axis, (begin, end, step) in enumerate(zip(*(row.tolist() for row in rows), strict=True)):
        bit = 1 << axis
        if own.shrinkAxisMask & bit:
            keys.append(begin)
        else:
            first, last = (None if own.beginMask & bit else begin), end
            keys.append(slice(first, None if own.endMask & bit else last, step))
    if own.ellipsisMask or own.newAxisMask:
        raise NotReadError("in a way of indexing that is not known")
    return np.asarray(data[tuple(keys)])


def _slice(operator: LiteOperator, given: list[Array]) -> Array:
    data, begins, _ = given
    made = operator.outputs[0].shape
    return data[tuple(slice(b, b + n) for b, n in zip(begins.tolist(), made, strict=True))]


def _picked(operator: LiteOperator, given: list[Array]) -> Array:
    return np.take(given[0], given[1], operator.options.axis)


def _filled(operator: LiteOperator, given: list[Array]) -> Array:
    return np.full(operator.outputs[0].shape, given[1].reshape(-1)[0])


def _counted(operator: LiteOperator, given: list[Array]) -> Array:
    start, _, step = (each.reshape(-1)[0] for each in given)
    count = math.prod(operator.outputs[0].shape)
    return (start + step * np.arange(count)).astype(operator.outputs[0].dtype)


def _spread(operator: LiteOperator, given: list[Array]) -> Array:
    return np.broadcast_to(given[0], operator.outputs[0].shape)


def _product(operator: LiteOperator, given: list[Array]) -> Array:
    keeps = bool(operator.options.keepDims)
    axes = tuple(int(axis) for axis in given[1].reshape(-1))
    return np.asarray(np.prod(given[0], axes, keepdims=keeps), given[0].dtype)


_RULES: dict[str, _Rule] = {
    **dict.fromkeys(("RESHAPE", "SQUEEZE", "EXPAND_DIMS"), _same),
    "DEQUANTIZE": _dequantised,
    "TRANSPOSE": lambda _, given: given[0].transpose(given[1].reshape(-1).tolist()),
    "CAST": lambda operator, given: given[0].astype(operator.outputs[0].dtype),
    "ADD": _arithmetic(np.add),
    "SUB": _arithmetic(np.subtract),
    "MUL": _arithmetic(np.multiply),
    "DIV": _arithmetic(_divided),
    "MAXIMUM": _arithmetic(np.maximum),
    "MINIMUM": _arithmetic(np.minimum),
    "RSQRT": _arithmetic(lambda given: 1 / np.sqrt(given)),
    "SQRT": _arithmetic(np.sqrt),
    "NEG": _arithmetic(np.negative),
    "PACK": _stacked,
    "CONCATENATION": _joined,
    "STRIDED_SLICE": _part,
    "SLICE": _slice,
    "GATHER": _picked,
    "FILL": _filled,
    "RANGE": _counted,
    "BROADCAST_TO": _spread,
    "REDUCE_PROD": _product,
}
FOLDED = frozenset(_RULES)
