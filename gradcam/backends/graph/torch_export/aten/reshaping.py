"""The same numbers in other shapes and orders, and maps made larger."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import FileShape, Held, ShapeError
from gradcam.backends.graph.operators.resizing import Sampled, resize
from gradcam.backends.graph.operators.shapes import broadcast
from gradcam.backends.graph.torch_export.aten.at import At, AtenValue, RefusalError, Writer


def _size(at: At, given: Held, dim: int) -> int:  # noqa: ARG001
    return given.shape[given.axis(dim)]


def _reshape(at: At, given: Held, shape: Sequence[int]) -> Held:
    return at.graph.reshaped(given, _whole(at, given, shape), at.path)


def _view(at: At, given: Held, size: Sequence[int]) -> Held:
    return _reshape(at, given, size)


def _whole(at: At, given: Held, wanted: Sequence[int]) -> FileShape:
    """A shape with no size left open, of any batch where the file was exported with one."""
    numbers = int(np.prod(given.shape, dtype=object))
    sizes = [int(size) for size in wanted]
    known = int(np.prod([size for size in sizes if size != -1], dtype=object))
    rows = [axis for axis, size in enumerate(given.shape) if size % at.graph.batch == 0]
    if at.rows and rows and known % at.graph.batch:
        single = numbers // at.graph.batch * at.rows
        if -1 in sizes and known and single % known == 0:
            sizes[sizes.index(-1)] = single // known
        _free_rows(at, given, sizes, rows[0])
    elif -1 in sizes and known and numbers % known == 0:
        sizes[sizes.index(-1)] = numbers // known
    if int(np.prod(sizes, dtype=object)) != numbers:
        raise ShapeError(f"{given.shape} becomes {tuple(wanted)}")
    return tuple(sizes)


def _free_rows(at: At, given: Held, sizes: list[int], rows: int) -> None:
    """Put the batch back where the same numbers stood before it."""
    before, seen = int(np.prod(given.shape[:rows], dtype=object)), 1
    for axis, size in enumerate(sizes):
        if seen == before and size % at.rows == 0:
            sizes[axis] = size // at.rows * at.graph.batch
            return
        seen *= size
    raise ShapeError(f"{given.shape} becomes {tuple(sizes)}")


def _reshape_as(at: At, given: Held, other: Operand) -> Held:
    return _reshape(at, given, other.shape)


def _flatten(at: At, given: Held, start_dim: int = 0, end_dim: int = -1) -> Held:
    first, end = given.axis(start_dim), given.axis(end_dim) + 1
    merged = int(np.prod(given.shape[first:end], dtype=object))
    return at.graph.reshaped(given, (*given.shape[:first], merged, *given.shape[end:]), at.path)


def _unflatten(at: At, given: Held, dim: int, sizes: Sequence[int]) -> Held:
    axis = given.axis(dim)
    return _reshape(at, given, (*given.shape[:axis], *sizes, *given.shape[axis + 1 :]))


def _squeeze(at: At, given: Held, dim: AtenValue = None) -> Held:
    asked = range(given.rank) if dim is None else dim if isinstance(dim, tuple) else (dim,)
    axes = {given.axis(int(each)) for each in asked}  # type: ignore[arg-type]
    shape = [size for axis, size in enumerate(given.shape) if axis not in axes or size != 1]
    return at.graph.reshaped(given, tuple(shape), at.path)


def _unsqueeze(at: At, given: Held, dim: int) -> Held:
    place = dim % (given.rank + 1)
    shape = (*given.shape[:place], 1, *given.shape[place:])
    return at.graph.reshaped(given, shape, at.path)


def _permute(at: At, given: Held, dims: Sequence[int]) -> Held:  # noqa: ARG001
    return given.transposed([given.axis(dim) for dim in dims])


def _transpose(at: At, given: Held, dim0: int, dim1: int) -> Held:  # noqa: ARG001
    axes = list(range(given.rank))
    one, two = given.axis(dim0), given.axis(dim1)
    axes[one], axes[two] = two, one
    return given.transposed(axes)


def _t(at: At, given: Held) -> Held:  # noqa: ARG001
    return given.transposed(range(given.rank)[::-1])


def _expand(at: At, given: Operand, size: Sequence[int]) -> Operand:
    if not isinstance(given, Held):  # spread over a batch: it is one for all, and stays so
        return given
    shape = (1,) * (len(size) - given.rank) + given.shape
    wanted = [old if new in {-1, old} else int(new) for old, new in zip(shape, size, strict=True)]
    own = at.graph.reshaped(given, shape, at.path)
    if tuple(wanted) == own.shape:
        return own
    free = [-1 if wanted[axis] == own.shape[axis] else wanted[axis] for axis in own.order]
    path = at.free
    return at.graph.add(broadcast(path, own.name, path, free), own.order)


def _expand_as(at: At, given: Operand, other: Operand) -> Operand:
    return _expand(at, given, other.shape)


def _pixel_shuffle(at: At, given: Held, upscale_factor: int) -> Held:
    rows, channels, height, width = given.shape
    r = upscale_factor
    apart = at.graph.reshaped(given, (rows, channels // r**2, r, r, height, width), at.path)
    turned = apart.transposed((0, 1, 4, 2, 5, 3))
    return at.graph.reshaped(turned, (rows, channels // r**2, height * r, width * r), at.path)


def _same(at: At, given: Operand, *_: object, **__: object) -> Operand:  # noqa: ARG001
    return given


def _to(at: At, given: Held, dtype: int = 7) -> Held:  # noqa: ARG001
    if dtype not in {6, 7, 8, 13}:
        raise RefusalError("makes whole numbers of what depends on the picture")
    return given


def _upsample(*, smooth: bool) -> Writer:
    def written(
        at: At,
        given: Held,
        output_size: Sequence[int] | None = None,
        align_corners: bool = False,
        scale_factors: Sequence[float] | None = None,
        scales_h: float | None = None,
        scales_w: float | None = None,
    ) -> Held:
        size = tuple(output_size or ())
        if not size:
            factors = scale_factors or (scales_h, scales_w)
            size = tuple(
                int(side * float(by or 1))
                for side, by in zip(given.shape[2:], factors, strict=True)
            )
        if size == given.shape[2:]:
            return given
        sampled = Sampled.CENTRES if smooth else Sampled.EDGES
        if smooth and align_corners:
            sampled = Sampled.CORNERS
        maps, path = at.graph.channels_last(given, at.path), at.free
        node = resize(path, maps.name, path, (size[0], size[1]), sampled, smooth=smooth)
        return at.graph.add(node, maps.order)

    return written


def _upsample_same(
    at: At,  # noqa: ARG001 - as all others
    given: Held,
    output_size: Sequence[int] | None = None,
    **_: AtenValue,
) -> Held:
    """Ways of enlarging of which only the one to the same size is known."""
    if tuple(output_size or ()) != given.shape[2:]:
        raise RefusalError("enlarges maps in a way that is not known here")
    return given


ATEN_RESHAPING: dict[str, Writer] = {
    "sym_size": _size,
    "reshape": _reshape,
    "view": _view,
    "_unsafe_view": _view,
    "reshape_as": _reshape_as,
    "view_as": _reshape_as,
    "flatten": _flatten,
    "unflatten": _unflatten,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "permute": _permute,
    "transpose": _transpose,
    "t": _t,
    "expand": _expand,
    "expand_as": _expand_as,
    "pixel_shuffle": _pixel_shuffle,
    "contiguous": _same,
    "clone": _same,
    "detach": _same,
    "alias": _same,
    "lift_fresh_copy": _same,
    "to": _to,
    "_to_copy": _to,
    "upsample_nearest2d": _upsample(smooth=False),
    "upsample_bilinear2d": _upsample(smooth=True),
    "_upsample_bilinear2d_aa": _upsample_same,
    "upsample_bicubic2d": _upsample_same,
    "_upsample_bicubic2d_aa": _upsample_same,
}
