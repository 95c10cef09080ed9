"""One number made of many along some axes: means, sums, the largest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.operators.pooling import global_average_pooling


def reduction(
    path: str,
    kind: str,
    given: str,
    made: str,
    axes: Sequence[int],
    function: Callable[..., Any],
    *,
    keeps_axes: bool = False,
) -> Node:
    """A function along axes.

    Args:
        path: of the node.
        kind: in Keras' words: `Mean`, `Sum`, `Max`, `Min`, `Prod`.
        given: name of its input.
        made: name of what comes out.
        axes: along which, the batch being 0.
        function: TensorFlow's own, such as `tf.reduce_sum`; it takes `axis` and `keepdims`.
        keeps_axes: whether they stay, with one entry each.
    """
    own = tuple(axes)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return function(tensors[0], axis=own, keepdims=keeps_axes)

    details = SimpleNamespace(axis=own)
    return Node(path, kind, (given,), (made,), compute, details=details)


def mean(
    path: str, given: str, made: str, axes: Sequence[int], rank: int, *, keeps_axes: bool = False
) -> Node:
    """The mean along axes: of a whole map (N, h, w, C) it is global average pooling.

    Args:
        path: of the node.
        given: name of its input.
        made: name of what comes out.
        axes: along which, the batch being 0.
        rank: number of axes of the input.
        keeps_axes: whether they stay, with one entry each.
    """
    import tensorflow as tf

    own = tuple(sorted(axis % rank for axis in axes))
    if rank == 4 and own == (1, 2):
        return global_average_pooling(path, given, made, keeps_sides=keeps_axes)
    return reduction(path, "Mean", given, made, own, tf.reduce_mean, keeps_axes=keeps_axes)
