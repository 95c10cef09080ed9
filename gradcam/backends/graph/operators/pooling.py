"""Pooling: the largest or the mean of what a window sees, or of the whole map."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.operators.window import NONE, SlidingWindow


def max_pooling(path: str, given: str, made: str, window: SlidingWindow) -> Node:
    """The largest number in a window; margins hold less than any number."""

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        maps = window.widened(tensors[0], tensors[0].dtype.min)
        padding = "SAME" if window.margins is None else "VALID"
        if window.dilations == (1, 1):
            return tf.nn.max_pool2d(maps, window.size, window.strides, padding)
        return tf.nn.pool(maps, window.size, "MAX", window.strides, padding,
                          dilations=window.dilations)  # fmt: skip

    return Node(path, "MaxPooling2D", (given,), (made,), compute, details=_details(window))


def average_pooling(
    path: str, given: str, made: str, window: SlidingWindow, *, counts_margins: bool = False
) -> Node:
    """The mean of a window.

    Args:
        path: of the node.
        given: name of the map.
        made: name of what comes out.
        window: that goes over the map.
        counts_margins: whether the zeros around the map count as numbers of the window.
    """

    def pooled(maps: Any, padding: str) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.nn.avg_pool2d(maps, window.size, window.strides, padding)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        (maps,) = tensors
        if window.margins is None:  # TensorFlow's own margins count for nothing
            return pooled(maps, "SAME")
        means = pooled(window.widened(maps, 0.0), "VALID")
        if counts_margins or window.margins == NONE:
            return means
        ones = tf.ones_like(maps[:1, :, :, :1])
        return means / pooled(window.widened(ones, 0.0), "VALID")

    return Node(path, "AveragePooling2D", (given,), (made,), compute, details=_details(window))


def global_average_pooling(path: str, given: str, made: str, *, keeps_sides: bool = False) -> Node:
    """The mean of a map (N, h, w, C): (N, C), or (N, 1, 1, C) where it keeps its sides."""

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.reduce_mean(tensors[0], axis=(1, 2), keepdims=keeps_sides)

    return Node(path, "GlobalAveragePooling2D", (given,), (made,), compute)


def global_max_pooling(path: str, given: str, made: str, *, keeps_sides: bool = False) -> Node:
    """The largest of a map (N, h, w, C): (N, C), or (N, 1, 1, C) where it keeps its sides."""

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.reduce_max(tensors[0], axis=(1, 2), keepdims=keeps_sides)

    return Node(path, "GlobalMaxPooling2D", (given,), (made,), compute)


def _details(window: SlidingWindow) -> SimpleNamespace:
    return SimpleNamespace(pool_size=window.size, strides=window.strides, padding=window.padding)
