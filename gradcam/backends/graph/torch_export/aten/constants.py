"""What does not depend on the picture: computed once, in numpy, while a program is read.

A part of an array is a view of it, as in torch, so that what writes over the part changes the
whole. A size that counts the pictures of a batch is 1 here: a constant is one for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.channels_last import Held
from gradcam.backends.graph.torch_export.aten.at import At, AtenValue, RefusalError, Writer, for_one
from gradcam.backends.graph.torch_export.weights import DTYPES

MOST_NUMBERS_MADE = 2**24
FLOAT = 7  # torch's number of float32
_Array = NDArray[Any]
_Worked = Callable[..., Any]  # from torch's own arguments to what the operator gives


def _bounded(*sizes: Sequence[int]) -> None:
    shape = np.broadcast_shapes(*(tuple(size) for size in sizes))
    if int(np.prod(shape, dtype=object)) > MOST_NUMBERS_MADE:
        raise RefusalError("makes a constant that is too large")


def _full(size: Sequence[int], fill_value: float, dtype: int | None = None) -> _Array:
    _bounded(size)
    return np.full(size, fill_value, DTYPES[FLOAT if dtype is None else dtype])


def _filled(value: float) -> _Worked:
    def worked(size: Sequence[int], dtype: int | None = None) -> _Array:
        return _full(size, value, dtype)

    return worked


def _new(value: float) -> _Worked:
    def worked(given: _Array, size: Sequence[int], dtype: int | None = None) -> _Array:
        made = _full(size, value, dtype)
        return made if dtype is not None else made.astype(given.dtype)

    return worked


def _like(value: float) -> _Worked:
    def worked(given: _Array, dtype: int | None = None) -> _Array:
        return _new(value)(given, given.shape, dtype)

    return worked


def _arange(end: float, start: float = 0, step: float = 1, dtype: int | None = None) -> _Array:
    if not step or abs(end - start) > MOST_NUMBERS_MADE * abs(step):
        raise RefusalError("makes a constant that is too large")
    made = np.arange(start, end, step)
    return made if dtype is None else made.astype(DTYPES[dtype])


def _fill(given: _Array, value: AtenValue) -> _Array:
    given[...] = value
    return given


def _copied(given: _Array, src: _Array) -> _Array:
    given[...] = src
    return given


def _index(given: _Array, indices: Sequence[_Array | None]) -> _Array:
    keys = tuple(slice(None) if each is None else each for each in indices)
    numbers = [each.size for each in keys if isinstance(each, np.ndarray)]
    _bounded((max(numbers, default=1), given.size // max(given.shape[0], 1)))
    return given[keys]


def _slice(
    given: _Array, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> _Array:
    keys = [slice(None)] * given.ndim
    keys[dim] = slice(start, end, step)
    return given[tuple(keys)]


def _select(given: _Array, dim: int, index: int) -> _Array:
    keys: list[slice | int] = [slice(None)] * given.ndim
    keys[dim] = index
    return given[tuple(keys)]


def _unbind(given: _Array, dim: int = 0) -> tuple[_Array, ...]:
    return tuple(_select(given, dim, index) for index in range(given.shape[dim]))


def _expand(given: _Array, size: Sequence[int]) -> _Array:
    shape = (1,) * (len(size) - given.ndim) + given.shape
    wanted = [old if new == -1 else new for old, new in zip(shape, size, strict=True)]
    _bounded(wanted)
    return np.broadcast_to(given.reshape(shape), wanted)


def _squeeze(given: _Array, dim: Any = None) -> _Array:  # noqa: ANN401 - one or several
    asked = range(given.ndim) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    axes = [axis % given.ndim for axis in asked]
    return np.squeeze(given, tuple(axis for axis in axes if given.shape[axis] == 1))


def _unsqueeze(given: _Array, dim: int) -> _Array:
    return np.expand_dims(given, dim)


def _flatten(given: _Array, start_dim: int = 0, end_dim: int = -1) -> _Array:
    first, end = start_dim % given.ndim, end_dim % given.ndim + 1
    return given.reshape((*given.shape[:first], -1, *given.shape[end:]))


def _reshape(given: _Array, shape: Sequence[int]) -> _Array:
    return given.reshape(tuple(shape))


def _view(given: _Array, size: Sequence[int]) -> _Array:
    return given.reshape(tuple(size))


def _reshape_as(given: _Array, other: _Array) -> _Array:
    return given.reshape(other.shape)


def _permute(given: _Array, dims: Sequence[int]) -> _Array:
    return given.transpose(dims)


def _transpose(given: _Array, dim0: int, dim1: int) -> _Array:
    return given.swapaxes(dim0, dim1)


def _cat(tensors: Sequence[_Array], dim: int = 0) -> _Array:
    return np.concatenate(tensors, dim)


def _stack(tensors: Sequence[_Array], dim: int = 0) -> _Array:
    return np.stack(tensors, dim)


def _roll(given: _Array, shifts: Any, dims: Any) -> _Array:  # noqa: ANN401 - one or several
    return np.roll(given, shifts, dims)


def _batch_norm(
    given: _Array,
    weight: _Array | None,
    bias: _Array | None,
    running_mean: _Array | None,
    running_var: _Array | None,
    training: bool,
    eps: float,
) -> _Array:
    """By its own numbers, as weights are standardised."""
    own = np.asarray(given, np.float64)
    axes, shape = (0, *range(2, own.ndim)), (1, -1, *(1,) * (own.ndim - 2))
    if training or running_mean is None or running_var is None:
        mean, variance = own.mean(axes, keepdims=True), own.var(axes, keepdims=True)
    else:
        mean, variance = running_mean.reshape(shape), running_var.reshape(shape)
    own = (own - mean) / np.sqrt(variance + eps)
    own = own if weight is None else own * weight.reshape(shape)
    return (own if bias is None else own + bias.reshape(shape)).astype(np.float32)


def _upsample(given: _Array, output_size: Sequence[int] | None = None, **_: object) -> _Array:
    """Enlarging to the size that it has changes nothing."""
    if output_size is None or tuple(output_size) != given.shape[2:]:
        raise RefusalError("enlarges a constant, such as an embedding of positions")
    return given


def _to(given: _Array, dtype: int | None = None) -> _Array:
    return given if dtype is None else given.astype(DTYPES[dtype])


def _same(given: _Array, **_: object) -> _Array:
    return given


def _clone(given: _Array) -> _Array:
    return given.copy()


def _masked_fill(given: _Array, mask: _Array, value: float) -> _Array:
    _bounded(given.shape, mask.shape)
    return np.asarray(np.where(mask, value, given)).astype(given.dtype)


def _where(condition: _Array, given: Any, other: Any) -> _Array:  # noqa: ANN401 - numbers too
    _bounded(condition.shape, np.shape(given), np.shape(other))
    return np.where(condition, given, other)


def _clamp(given: _Array, min: Any = None, max: Any = None) -> _Array:  # noqa: A002, ANN401
    return np.clip(given, min, max)


def _pow(given: _Array, exponent: float) -> _Array:
    return np.asarray(np.power(given, exponent))


def _matmul(given: _Array, other: _Array) -> _Array:
    _bounded((*given.shape[:-1], other.shape[-1]))
    return np.asarray(np.matmul(given, other))


def _along(function: Callable[..., Any]) -> _Worked:
    def worked(given: _Array, dim: Any = None, keepdim: bool = False) -> _Array:  # noqa: ANN401
        return np.asarray(function(given, axis=dim or None, keepdims=keepdim))

    return worked


def _each(function: Callable[..., Any]) -> _Worked:
    def worked(given: Any) -> Any:  # noqa: ANN401 - an array or a number
        with np.errstate(all="ignore"):
            return function(given)

    return worked


def _both(function: Callable[..., Any]) -> _Worked:
    def worked(given: Any, other: Any, alpha: float = 1) -> Any:  # noqa: ANN401
        _bounded(np.shape(given), np.shape(other))
        with np.errstate(all="ignore"):
            return function(given, other if alpha == 1 else other * alpha)

    return worked


def _rsub(given: Any, other: Any, alpha: float = 1) -> Any:  # noqa: ANN401
    return _both(np.subtract)(other, given, alpha)


ATEN_CONSTANTS: dict[str, _Worked] = {
    "new_zeros": _new(0), "new_ones": _new(1), "full": _full, "zeros": _filled(0),
    "ones": _filled(1), "zeros_like": _like(0), "ones_like": _like(1), "arange": _arange,
    "fill_": _fill, "fill": _fill, "copy_": _copied, "index": _index, "slice": _slice,
    "select": _select, "unbind": _unbind, "expand": _expand, "squeeze": _squeeze,
    "unsqueeze": _unsqueeze, "flatten": _flatten, "reshape": _reshape, "view": _view,
    "_unsafe_view": _view, "reshape_as": _reshape_as, "view_as": _reshape_as,
    "permute": _permute, "transpose": _transpose, "t": _each(np.transpose), "cat": _cat,
    "stack": _stack, "roll": _roll, "batch_norm": _batch_norm, "masked_fill": _masked_fill,
    "where": _where, "_upsample_bicubic2d_aa": _upsample, "_upsample_bilinear2d_aa": _upsample,
    "upsample_bicubic2d": _upsample, "upsample_bilinear2d": _upsample, "contiguous": _same,
    "detach": _same, "alias": _same, "dropout": _same, "to": _to, "_to_copy": _to,
    "clone": _clone, "lift_fresh_copy": _clone, "sum": _along(np.sum), "mean": _along(np.mean),
    "add": _both(np.add), "sub": _both(np.subtract), "rsub": _rsub, "mul": _both(np.multiply),
    "div": _both(np.divide), "floor_divide": _both(np.floor_divide),
    "remainder": _both(np.remainder), "eq": _both(np.equal), "ne": _both(np.not_equal),
    "lt": _both(np.less), "le": _both(np.less_equal), "gt": _both(np.greater),
    "ge": _both(np.greater_equal), "minimum": _both(np.minimum), "maximum": _both(np.maximum),
    "logical_and": _both(np.logical_and), "logical_or": _both(np.logical_or),
    "logical_not": _each(np.logical_not), "pow": _pow, "matmul": _matmul,
    "neg": _each(np.negative), "abs": _each(np.abs), "exp": _each(np.exp), "log": _each(np.log),
    "sqrt": _each(np.sqrt), "sin": _each(np.sin), "cos": _each(np.cos), "tanh": _each(np.tanh),
    "reciprocal": _each(np.reciprocal), "clamp": _clamp,
}  # fmt: skip


def _new_beside(value: float) -> Writer:
    """A constant whose type alone is that of something that depends on the picture."""

    def written(at: At, given: Held, size: Sequence[int], dtype: int | None = None) -> _Array:  # noqa: ARG001
        own = [int(for_one(each, at.graph.batch)) for each in size]  # type: ignore[arg-type]
        return _full(own, value, dtype)

    return written


ATEN_BESIDE: dict[str, Writer] = {"new_zeros": _new_beside(0), "new_ones": _new_beside(1)}

# Sizes, which are whole numbers of Python.
ATEN_SIZES: dict[str, Callable[..., int]] = {
    "mul": lambda a, b: a * b, "add": lambda a, b: a + b, "sub": lambda a, b: a - b,
    "floordiv": lambda a, b: a // b, "mod": lambda a, b: a % b, "neg": lambda a: -a,
}  # fmt: skip
