"""One number of many along some axes."""

from __future__ import annotations

from typing import Any

from gradcam.backends.graph.channels_last import AxisOrder, Held, channels_last_order
from gradcam.backends.graph.operators.reducing import mean, reduction
from gradcam.backends.graph.torch_export.aten.at import At, AtenValue, RefusalError, Writer

_KINDS = {
    "reduce_sum": "Sum",
    "reduce_max": "Max",
    "reduce_min": "Min",
    "reduce_euclidean_norm": "Norm",
}


def _reduced(at: At, given: Held, dim: AtenValue, name: str, *, keepdim: bool) -> Held:
    import tensorflow as tf

    asked = (
        dim
        if isinstance(dim, tuple) and dim
        else range(given.rank)
        if not dim and dim != 0
        else (dim,)
    )
    axes = {given.axis(int(each)) for each in asked or range(given.rank)}  # type: ignore[arg-type]
    if any(given.shape[axis] % at.graph.batch == 0 for axis in axes):
        raise RefusalError("takes a mean or a sum over a batch")
    lying = tuple(sorted(given.lies(axis) for axis in axes))
    path = at.free
    if name == "reduce_mean":
        node = mean(path, given.name, path, lying, given.rank, keeps_axes=keepdim)
    else:
        function = getattr(tf, name, None) or getattr(tf.math, name)
        node = reduction(path, _KINDS[name], given.name, path, lying, function, keeps_axes=keepdim)
    return at.graph.add(node, given.order if keepdim else _without(given.order, axes))


def _without(order: AxisOrder, axes: set[int]) -> AxisOrder:
    left = [axis for axis in order if axis not in axes]
    return tuple(sorted(left).index(axis) for axis in left)


def _of(name: str) -> Writer:
    def written(at: At, given: Held, dim: AtenValue = None, keepdim: bool = False) -> Held:
        return _reduced(at, given, dim, name, keepdim=keepdim)

    return written


def _norm(
    at: At,
    given: Held,
    ord: float = 2,  # noqa: A002 - torch's own name
    dim: AtenValue = None,
    keepdim: bool = False,
) -> Held:
    if ord != 2:
        raise RefusalError("uses a norm that is no length")
    return _reduced(at, given, dim, "reduce_euclidean_norm", keepdim=keepdim)


def _adaptive_max_pool2d(at: At, given: Held, output_size: AtenValue) -> tuple[Held, None]:
    if output_size not in {1, (1, 1)}:
        raise RefusalError("takes the largest numbers of windows whose sizes differ")
    maps = at.graph.turned(given, channels_last_order(given.rank), at.path)
    return _reduced(at, maps, (2, 3), "reduce_max", keepdim=True), None


def _largest(at: At, given: Held, dim: AtenValue = None, keepdim: bool = False) -> Any:  # noqa: ANN401
    made = _reduced(at, given, dim, "reduce_max", keepdim=keepdim)
    return made if dim is None else (made, None)


ATEN_REDUCING: dict[str, Writer] = {
    "mean": _of("reduce_mean"),
    "sum": _of("reduce_sum"),
    "amax": _of("reduce_max"),
    "amin": _of("reduce_min"),
    "max": _largest,
    "linalg_vector_norm": _norm,
    "adaptive_max_pool2d": _adaptive_max_pool2d,
}
