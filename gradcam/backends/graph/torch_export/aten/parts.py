"""Parts of tensors, and tensors put together."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import Held, ShapeError
from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.operators import shapes
from gradcam.backends.graph.operators.shapes import concatenate, gather, get_item
from gradcam.backends.graph.torch_export.aten.at import At, AtenValue, RefusalError, Writer, as_held

END = 2**62  # torch writes the largest number of its type for "to the end"


def _part(at: At, given: Held, axis: int, key: slice | int) -> Held:
    """A part along one axis, which goes where one entry is taken."""
    keys: list[slice | int] = [slice(None)] * given.rank
    keys[given.lies(axis)] = key
    path = at.free
    node = get_item(path, given.name, path, keys)
    if isinstance(key, slice):
        return at.graph.add(node, given.order)
    order = tuple(own - (own > axis) for own in given.order if own != axis)
    return at.graph.add(node, order)


def _slice(
    at: At,
    given: Held,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Held:
    axis = given.axis(dim)
    first, last, apart = slice(start, None if end is None or end > END else end, step).indices(
        given.shape[axis]
    )
    if (first, apart) == (0, 1) and last == given.shape[axis]:
        return given
    if given.shape[axis] % at.graph.batch == 0:
        if at.rows and first == 0 and apart == 1 and last >= at.rows:
            return given
        raise RefusalError("takes a part of the batch")
    return _part(at, given, axis, slice(first, last, apart))


def _select(at: At, given: Held, dim: int, index: int) -> Held:
    axis = given.axis(dim)
    size = given.shape[axis]
    if size % at.graph.batch == 0:
        raise RefusalError("takes a part of the batch")
    if not -size <= index < size:
        raise ShapeError(f"entry {index} of {size}")
    return _part(at, given, axis, index % size)


def _narrow(at: At, given: Held, dim: int, start: int, length: int) -> Held:
    return _slice(at, given, dim, start, start + length)


def _unbind(at: At, given: Held, dim: int = 0) -> tuple[Held, ...]:
    return tuple(_select(at, given, dim, index) for index in range(given.shape[given.axis(dim)]))


def _split(at: At, given: Held, split_size: AtenValue, dim: int = 0) -> tuple[Held, ...]:
    size = given.shape[given.axis(dim)]
    if isinstance(split_size, tuple):
        ends = np.cumsum([int(each) for each in split_size])  # type: ignore[arg-type]
    else:
        step = int(split_size)  # type: ignore[arg-type]
        ends = np.minimum(np.arange(step, size + step, step), size)
    starts = (0, *(int(end) for end in ends[:-1]))
    return tuple(_slice(at, given, dim, a, int(b)) for a, b in zip(starts, ends, strict=True))


def _split_with_sizes(
    at: At, given: Held, split_sizes: tuple[int, ...], dim: int = 0
) -> tuple[Held, ...]:
    return _split(at, given, split_sizes, dim)


def _chunk(at: At, given: Held, chunks: int, dim: int = 0) -> tuple[Held, ...]:
    return _split(at, given, -(-given.shape[given.axis(dim)] // chunks), dim)


def _cat(at: At, tensors: Sequence[Operand], dim: int = 0) -> Held:
    several = [
        own for each in tensors if (own := each) is not None and (isinstance(own, Held) or own.size)
    ]
    leading = next(each for each in several if isinstance(each, Held))
    axis = leading.axis(dim)
    if leading.shape[axis] % at.graph.batch == 0:
        raise RefusalError("puts pictures of a batch one after the other")
    values = [at.graph.turned(as_held(at, each), leading.order, at.path) for each in several]
    path = at.free
    names = [each.name for each in values]
    return at.graph.add(concatenate(path, names, path, leading.lies(axis)), leading.order)


def _with_axis(at: At, given: Held, place: int) -> Held:
    shape = (*given.shape[:place], 1, *given.shape[place:])
    return at.graph.reshaped(given, shape, at.path)


def _stack(at: At, tensors: Sequence[Operand], dim: int = 0) -> Held:
    several = [as_held(at, each) for each in tensors]
    place = dim % (several[0].rank + 1)
    return _cat(at, [_with_axis(at, each, place) for each in several], place)


def _pad(
    at: At, given: Held, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Held:
    margins = [(0, 0)] * given.rank
    for number in range(len(pad) // 2):
        margins[given.rank - 1 - number] = (int(pad[2 * number]), int(pad[2 * number + 1]))
    return _with_margins(at, given, margins, mode, value or 0.0)


def _with_margins(
    at: At, given: Held, margins: Sequence[tuple[int, int]], mode: str, value: float
) -> Held:
    if mode not in {"constant", "reflect"}:
        raise RefusalError(f"pads a map in the way {mode!r}")
    for axis, (before, after) in enumerate(margins):
        if before < 0 or after < 0:
            end = given.shape[axis] + min(after, 0)
            given = _slice(at, given, axis, max(-before, 0), end)
    lying = [(max(margins[axis][0], 0), max(margins[axis][1], 0)) for axis in given.order]
    if not any(map(any, lying)):
        return given
    path = at.free
    kind = "REFLECT" if mode == "reflect" else "CONSTANT"
    return at.graph.add(
        shapes.pad(path, given.name, path, lying, mode=kind, value=value), given.order
    )


def _reflected(at: At, given: Held, padding: Sequence[int]) -> Held:
    return _pad(at, given, padding, "reflect")


def _roll(at: At, given: Held, shifts: AtenValue, dims: AtenValue = ()) -> Held:
    moved = shifts if isinstance(shifts, tuple) else (shifts,)
    axes = dims if isinstance(dims, tuple) else (dims,)
    if not axes:
        raise RefusalError("rolls numbers through all axes")
    lying = [given.lies(int(axis)) for axis in axes]  # type: ignore[arg-type]

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.roll(tensors[0], [int(each) for each in moved], lying)  # type: ignore[arg-type]

    path = at.free
    node = Node(path, "Roll", (given.name,), (path,), compute, details=SimpleNamespace(axis=lying))
    return at.graph.add(node, given.order)


def _flip(at: At, given: Held, dims: Sequence[int]) -> Held:
    for dim in dims:
        axis = given.axis(dim)
        given = _part(at, given, axis, slice(None, None, -1))
    return given


def _index(at: At, given: Operand, indices: Sequence[NDArray[Any] | None]) -> Held:
    (place,) = (number for number, each in enumerate(indices) if each is not None)
    numbers = indices[place]
    if not isinstance(given, Held) or not isinstance(numbers, np.ndarray) or numbers.ndim != 1:
        raise RefusalError("takes entries by numbers that follow from the picture")
    return _index_select(at, given, place, numbers)


def _index_select(at: At, given: Held, dim: int, index: NDArray[Any]) -> Held:
    axis = given.axis(dim)
    if given.shape[axis] % at.graph.batch == 0:
        raise RefusalError("takes a part of the batch")
    path = at.free
    return at.graph.add(gather(path, given.name, path, index, given.lies(axis)), given.order)


ATEN_PARTS: dict[str, Writer] = {
    "slice": _slice,
    "select": _select,
    "narrow": _narrow,
    "unbind": _unbind,
    "split": _split,
    "split_with_sizes": _split_with_sizes,
    "chunk": _chunk,
    "cat": _cat,
    "concat": _cat,
    "stack": _stack,
    "pad": _pad,
    "constant_pad_nd": _pad,
    "reflection_pad2d": _reflected,
    "roll": _roll,
    "flip": _flip,
    "index": _index,
    "index_select": _index_select,
}
