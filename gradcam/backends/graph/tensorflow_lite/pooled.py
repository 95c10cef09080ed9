"""Pooling, reductions and maps of another size, in real numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.operators.pooling import average_pooling, max_pooling
from gradcam.backends.graph.operators.reducing import mean, reduction
from gradcam.backends.graph.operators.resizing import Sampled, resize
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.graph.tensorflow_lite.activations import activated
from gradcam.backends.graph.tensorflow_lite.step import Builder, LiteStep, NotReadError
from gradcam.backends.graph.tensorflow_lite.weighted import window_of


def _pooling(make: Callable[[str, str, str, SlidingWindow], Node]) -> Builder:
    def build(step: LiteStep) -> list[Node]:
        window = window_of(step, (step.options.filterHeight, step.options.filterWidth))
        return [activated(make(step.path, step.given, step.made[0], window), step)]

    return build


def _axes(step: LiteStep) -> tuple[int, ...]:
    rank = len(step.input(0).shape)
    axes = tuple(axis % rank for axis in step.whole(1))
    if 0 in axes:
        raise NotReadError("across the pictures of a batch")
    return axes


def _mean(step: LiteStep) -> list[Node]:
    rank = len(step.input(0).shape)
    return [
        mean(
            step.path, step.given, step.made[0], _axes(step), rank,
            keeps_axes=bool(step.options.keepDims),
        )
    ]  # fmt: skip


def _reduction(kind: str, function: str) -> Builder:
    def build(step: LiteStep) -> list[Node]:
        import tensorflow as tf

        return [
            reduction(
                step.path, kind, step.given, step.made[0], _axes(step), getattr(tf, function),
                keeps_axes=bool(step.options.keepDims),
            )
        ]  # fmt: skip

    return build


def _resizing(*, smooth: bool) -> Builder:
    def build(step: LiteStep) -> list[Node]:
        own, (height, width) = step.options, step.output.shape[1:3]
        sampled = Sampled.CENTRES if own.halfPixelCenters else Sampled.EDGES
        if own.alignCorners:
            sampled = Sampled.CORNERS
        size = (height, width)
        return [resize(step.path, step.given, step.made[0], size, sampled, smooth=smooth)]

    return build


def _root_of_squares(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    window = window_of(step, (step.options.filterHeight, step.options.filterWidth))
    node = average_pooling(step.path, step.given, step.made[0], window)
    pooled = node.compute

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.sqrt(pooled([tf.square(tensors[0])], weights))

    return [activated(replace(node, kind="L2Pooling2D", compute=compute), step)]


POOLED: dict[str, Builder] = {
    "MAX_POOL_2D": _pooling(max_pooling),
    "AVERAGE_POOL_2D": _pooling(average_pooling),
    "L2_POOL_2D": _root_of_squares,
    "MEAN": _mean,
    "SUM": _reduction("Sum", "reduce_sum"),
    "REDUCE_MAX": _reduction("Max", "reduce_max"),
    "REDUCE_MIN": _reduction("Min", "reduce_min"),
    "REDUCE_PROD": _reduction("Prod", "reduce_prod"),
    "RESIZE_BILINEAR": _resizing(smooth=True),
    "RESIZE_NEAREST_NEIGHBOR": _resizing(smooth=False),
}
