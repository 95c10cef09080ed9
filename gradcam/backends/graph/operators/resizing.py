"""Maps made larger or smaller."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcam.arrays import Floats
from gradcam.backends.graph.graph import Node


class Sampled(Enum):
    """Where in a map what comes out is looked up."""

    CENTRES = "centres of cells on centres"  # half pixel centres, Keras' way
    EDGES = "first cells on first cells, equal steps"
    CORNERS = "first cells on first cells, last on last"


def resize(
    path: str,
    given: str,
    made: str,
    size: tuple[int, int],
    sampled: Sampled,
    *,
    smooth: bool,
) -> Node:
    """A map (N, h, w, C) of another size.

    Args:
        path: of the node.
        given: name of the map.
        made: name of what comes out.
        size: rows and columns of that.
        sampled: where it is looked up.
        smooth: whether between cells (bilinear) or in the nearest one.
    """

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        run = tf.raw_ops.ResizeBilinear if smooth else tf.raw_ops.ResizeNearestNeighbor
        return run(
            images=tensors[0],
            size=size,
            align_corners=sampled is Sampled.CORNERS,
            half_pixel_centers=sampled is Sampled.CENTRES,
        )

    way = "bilinear" if smooth else "nearest"
    if sampled is not Sampled.CENTRES:  # which cells a cell then depends on is told by nobody
        way += f", {sampled.value}"
    details = SimpleNamespace(interpolation=way)
    return Node(path, "Resize", (given,), (made,), compute, details=details)


def resize_by_shares(
    path: str, given: str, made: str, rows: Floats, columns: Floats, interpolation: str
) -> Node:
    """Maps (N, h, w, C) of other sides by any rule: each new row is a share of old ones.

    Args:
        path: of the node.
        given: name of the maps.
        made: name of what comes out.
        rows: (new rows, rows), how much of each goes into each.
        columns: the same for columns.
        interpolation: in Keras' words: `nearest`, `bilinear`, `bicubic`.
    """

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        maps = _along(tensors[0], rows, 1)
        return _along(maps, columns, 2)

    details = SimpleNamespace(interpolation=interpolation)
    return Node(path, "Resize", (given,), (made,), compute, details=details)


def _along(maps: Any, shares: Floats, axis: int) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    if np.array_equal(shares, np.eye(*shares.shape)):
        return maps
    if (np.count_nonzero(shares, 1) == 1).all() and (shares.max(1) == 1).all():
        return tf.gather(maps, shares.argmax(1).astype(np.int32), axis=axis)
    letters = "nhwc", "nHwc" if axis == 1 else "nhWc"
    pair = "Hh" if axis == 1 else "Ww"
    return tf.einsum(f"{letters[0]},{pair}->{letters[1]}", maps, shares)
