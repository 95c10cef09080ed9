"""Operators on constants alone: done while reading, mostly arithmetic on shapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.onnx_files.step import OnnxStep, UnsupportedError
from gradcam.backends.graph.onnx_files.taking import slice_keys, split_sizes

MOST_NUMBERS = 2**25  # of one constant
_Array = NDArray[Any]
_Fold = Callable[[OnnxStep, Sequence[_Array | None]], Sequence[_Array]]


def folded(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    """What an operator makes of constants.

    Raises:
        UnsupportedError: nobody here knows, or it would be too large.
    """
    fold = _FOLDS.get(step.kind)
    if fold is None:
        raise UnsupportedError("works on constants alone, which is not done here")
    with np.errstate(all="ignore"):
        made = [np.asarray(each) for each in fold(step, given)]
    for each in made:
        _small(each.size)
    return made


def _small(numbers: int) -> None:
    if numbers > MOST_NUMBERS:
        raise UnsupportedError("makes more numbers than can be held")


def _all(given: Sequence[_Array | None]) -> list[_Array]:
    own = [each for each in given if each is not None]
    _small(math.prod(np.broadcast_shapes(*(each.shape for each in own))))
    return own


def _first(given: Sequence[_Array | None]) -> _Array:
    (first, *_) = given
    if first is None:
        raise UnsupportedError("lacks an input")
    return first


def _second(step: OnnxStep, given: Sequence[_Array | None], name: str) -> tuple[int, ...] | None:
    own = given[1] if len(given) > 1 else None
    return step.integers(name) if own is None else tuple(int(each) for each in own.ravel())


def _apart(function: Callable[..., Any]) -> _Fold:
    """A function of numbers in the same places; the type stays."""

    def fold(_: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
        own = _all(given)
        made = np.asarray(function(*own))
        return [made if made.dtype == bool else made.astype(own[0].dtype)]

    return fold


def _compared(function: Callable[..., Any]) -> _Fold:
    return lambda _step, given: [function(*_all(given))]


def _divided(a: _Array, b: _Array) -> _Array:
    if a.dtype.kind in "iu":
        if not np.all(b):
            raise UnsupportedError("divides by nothing")
        return (np.sign(a) * np.sign(b)) * (np.abs(a) // np.abs(b))
    return a / b


def _constant(step: OnnxStep, _: Sequence[_Array | None]) -> Sequence[_Array]:
    types = {"value_int": np.int64, "value_ints": np.int64, "value_float": np.float32,
             "value_floats": np.float32}  # fmt: skip
    for name, own in step.attributes.items():
        if name == "value":
            return [np.asarray(own)]
        if name in types:
            return [np.asarray(own, types[name])]
    raise UnsupportedError("holds no numbers")


def _of_shape(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    shape = tuple(int(each) for each in _first(given).ravel())
    value = np.asarray(step.attributes.get("value", np.zeros(1, np.float32))).ravel()[:1]
    _small(math.prod(shape))
    return [np.broadcast_to(value.reshape(()), shape)]


def _expanded(_: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, shape = _all_two(given)
    both = np.broadcast_shapes(own.shape, tuple(int(each) for each in shape.ravel()))
    _small(math.prod(both))
    return [np.broadcast_to(own, both)]


def _all_two(given: Sequence[_Array | None]) -> tuple[_Array, _Array]:
    first, second, *_ = given
    if first is None or second is None:
        raise UnsupportedError("lacks an input")
    return first, second


def _range(_: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    start, limit, delta = (each.reshape(()) for each in given if each is not None)
    if not delta:
        raise UnsupportedError("counts in steps of nothing")
    _small(int(max(0, math.ceil((limit - start) / delta))))
    return [np.arange(start.item(), limit.item(), delta.item(), dtype=start.dtype)]


def _reshaped(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own = _first(given)
    shape = _second(step, given, "shape") or ()
    if not step.integer("allowzero", 0):
        shape = tuple(own.shape[n] if size == 0 else size for n, size in enumerate(shape))
    return [own.reshape(shape)]


def _flattened(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own = _first(given)
    axis = step.integer("axis", 1) % (own.ndim or 1)
    return [own.reshape(math.prod(own.shape[:axis]), -1)]


def _squeezed(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    axes = _second(step, given, "axes")
    return [np.squeeze(_first(given), axes)]


def _unsqueezed(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    return [np.expand_dims(_first(given), _second(step, given, "axes") or ())]


def _gathered(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, indices = _all_two(given)
    axis = step.integer("axis", 0)
    _small(own.size // max(own.shape[axis], 1) * indices.size)
    return [np.take(own, indices, axis)]


def _joined(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own = [each for each in given if each is not None]
    _small(sum(each.size for each in own))
    return [np.concatenate(own, step.integer("axis", 0))]


def _sliced(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    return [_first(given)[slice_keys(step, given, _first(given).shape)]]


def _cast(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    import onnx

    wanted = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(step.integer("to", 1)))
    if wanted.kind not in "fiub":
        raise UnsupportedError("makes numbers of a type that is not read here")
    return [_first(given).astype(wanted)]


def _turned(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    return [np.transpose(_first(given), step.integers("perm"))]


def _reduced(function: Callable[..., Any]) -> _Fold:
    def fold(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
        own, axes = _first(given), _second(step, given, "axes")
        if not axes and step.integer("noop_with_empty_axes", 0):
            return [own]
        kept = bool(step.integer("keepdims", 1))
        return [np.asarray(function(own, axis=axes or None, keepdims=kept)).astype(own.dtype)]

    return fold


def _scattered(_: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, indices, updates = (each for each in given if each is not None)
    made = own.copy()
    made[tuple(np.moveaxis(indices, -1, 0))] = updates
    return [made]


def _tiled(_: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, times = _all_two(given)
    _small(own.size * math.prod(int(each) for each in times.ravel()))
    return [np.tile(own, tuple(times.ravel()))]


def _split(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, axis = _first(given), step.integer("axis", 0)
    sizes = split_sizes(step, _second(step, given, "split"), own.shape[axis])
    return np.split(own, np.cumsum(sizes)[:-1], axis)


def _dequantised(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, scale, zero = (*given, None)[:3]
    if own is None or scale is None or step.integer("block_size", 0):
        raise UnsupportedError("is of a form that is not read here")
    axis = step.integer("axis", 1)
    levels = own.astype(np.float32)
    if zero is not None:
        levels = levels - spread_along(zero.astype(np.float32), own.ndim, axis)
    return [levels * spread_along(scale.astype(np.float32), own.ndim, axis)]


def spread_along(numbers: _Array, rank: int, axis: int) -> _Array:
    """One number, or one for each entry of an axis, so that it spreads over the others."""
    if numbers.size == 1:
        return numbers.reshape(())
    shape = [1] * rank
    shape[axis] = -1
    return numbers.reshape(shape)


def _normalised(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, scale, offset, mean, variance = (each for each in given if each is not None)
    own = own.astype(np.float64)
    if step.integer("training_mode", 0):
        others = tuple(axis for axis in range(own.ndim) if axis != 1)
        mean, variance = own.mean(others), own.var(others)
    scale, offset, mean, variance = (
        spread_along(each, own.ndim, 1) for each in (scale, offset, mean, variance)
    )
    made = (own - mean) / np.sqrt(variance + step.real("epsilon", 1e-5)) * scale + offset
    return [made.astype(np.float32)]


def _multiplied(_: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    first, second = _all_two(given)
    rows = first.size // max(first.shape[-1], 1) if first.ndim else 1
    _small(rows * (second.shape[-1] if second.ndim else 1))
    return [first @ second]


def _triangle(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    own, shift = _first(given), given[1] if len(given) > 1 else None
    number = 0 if shift is None else int(shift.reshape(()))
    return [np.triu(own, number) if step.integer("upper", 1) else np.tril(own, number)]


def _clipped(step: OnnxStep, given: Sequence[_Array | None]) -> Sequence[_Array]:
    low, high = ((*given, None, None)[n] for n in (1, 2))
    least = step.attributes.get("min") if low is None else low
    most = step.attributes.get("max") if high is None else high
    return [np.clip(_first(given), least, most)]


_FOLDS: dict[str, _Fold] = {
    "Constant": _constant,
    "ConstantOfShape": _of_shape,
    "Expand": _expanded,
    "Range": _range,
    "Reshape": _reshaped,
    "Flatten": _flattened,
    "Squeeze": _squeezed,
    "Unsqueeze": _unsqueezed,
    "Gather": _gathered,
    "Concat": _joined,
    "Slice": _sliced,
    "Cast": _cast,
    "Transpose": _turned,
    "ScatterND": _scattered,
    "Tile": _tiled,
    "Split": _split,
    "DequantizeLinear": _dequantised,
    "BatchNormalization": _normalised,
    "MatMul": _multiplied,
    "Trilu": _triangle,
    "Clip": _clipped,
    "Shape": lambda _, given: [np.asarray(_first(given).shape, np.int64)],
    "Size": lambda _, given: [np.asarray(_first(given).size, np.int64)],
    **dict.fromkeys(("Identity", "Dropout", "CastLike"), lambda _, given: [_first(given)]),
    "Add": _apart(np.add),
    "Sub": _apart(np.subtract),
    "Mul": _apart(np.multiply),
    "Div": _apart(_divided),
    "Mod": _apart(np.mod),
    "Pow": _apart(np.power),
    "Neg": _apart(np.negative),
    "Abs": _apart(np.abs),
    "Sign": _apart(np.sign),
    "Sqrt": _apart(np.sqrt),
    "Exp": _apart(np.exp),
    "Log": _apart(np.log),
    "Reciprocal": _apart(lambda x: 1 / x),
    "Floor": _apart(np.floor),
    "Ceil": _apart(np.ceil),
    "Round": _apart(np.rint),
    "Sin": _apart(np.sin),
    "Cos": _apart(np.cos),
    "Tanh": _apart(np.tanh),
    "Sigmoid": _apart(lambda x: 1 / (1 + np.exp(-x))),
    "Relu": _apart(lambda x: np.maximum(x, 0)),
    "Max": _apart(lambda *several: np.max(np.broadcast_arrays(*several), 0)),
    "Min": _apart(lambda *several: np.min(np.broadcast_arrays(*several), 0)),
    "Sum": _apart(lambda *several: np.sum(np.broadcast_arrays(*several), 0)),
    "Where": _compared(np.where),
    "Equal": _compared(np.equal),
    "Greater": _compared(np.greater),
    "GreaterOrEqual": _compared(np.greater_equal),
    "Less": _compared(np.less),
    "LessOrEqual": _compared(np.less_equal),
    "Not": _compared(np.logical_not),
    "And": _compared(np.logical_and),
    "Or": _compared(np.logical_or),
    "ReduceSum": _reduced(np.sum),
    "ReduceProd": _reduced(np.prod),
    "ReduceMean": _reduced(np.mean),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    "ReduceL2": _reduced(
        lambda x, axis, keepdims: np.sqrt(np.sum(np.square(x), axis=axis, keepdims=keepdims))
    ),
}
