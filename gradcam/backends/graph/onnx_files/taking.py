"""Which parts of its axes a Slice or a Split takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from gradcam.backends.graph.onnx_files.step import OnnxStep, UnsupportedError

_Array = NDArray[Any]


def slice_keys(
    step: OnnxStep, given: Sequence[_Array | None], shape: Sequence[int]
) -> tuple[slice, ...]:
    """What a Slice takes of each axis, given its inputs but the first as constants."""
    parts = [given[n] if n < len(given) else None for n in range(5)]
    starts = _numbers(parts[1], step.integers("starts"))
    ends = _numbers(parts[2], step.integers("ends"))
    axes = _numbers(parts[3], step.integers("axes") or tuple(range(len(starts))))
    steps = _numbers(parts[4], (1,) * len(starts))
    keys = [slice(None)] * len(shape)
    for start, end, axis, stride in zip(starts, ends, axes, steps, strict=True):
        size = shape[axis]
        stop = end if stride > 0 or end >= -size else None
        begin, last, by = slice(start, stop, stride).indices(size)
        whole = (begin, last, by) == (0, size, 1)
        keys[axis] = slice(None) if whole else slice(begin, last if last >= 0 else None, by)
    return tuple(keys)


def _numbers(own: _Array | None, otherwise: tuple[int, ...] | None) -> tuple[int, ...]:
    if own is not None:
        return tuple(int(each) for each in own.ravel())
    if otherwise is None:
        raise UnsupportedError("lacks an input")
    return otherwise


def split_sizes(step: OnnxStep, sizes: Sequence[int] | None, size: int) -> Sequence[int]:
    """How long the parts of a Split are."""
    if sizes is not None:
        return sizes
    count = step.integer("num_outputs", len(step.outputs))
    each = -(-size // max(count, 1))
    return [min(each, size - each * number) for number in range(count)]
