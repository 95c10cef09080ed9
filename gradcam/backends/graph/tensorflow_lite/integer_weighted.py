"""Convolutions and dense layers on whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.graph import Node, Stored
from gradcam.backends.graph.tensorflow_lite.integer_step import (
    clipping_of,
    holds_steps,
    in_real_numbers,
    levels_of,
    on_the_cpu,
)
from gradcam.backends.graph.tensorflow_lite.integers import (
    EXACT_IN_FLOAT32,
    RULES_OF,
    Levels,
    SumOfProducts,
)
from gradcam.backends.graph.tensorflow_lite.step import (
    Builder,
    LiteStep,
    NotReadError,
    real_numbers,
)


def weighted(*, dense: bool = False) -> Builder:
    """Writes convolutions, or dense layers."""

    def build(step: LiteStep) -> list[Node]:
        given, made = levels_of(step.input(0)), levels_of(step.output)
        rules, clipping = RULES_OF[step.arithmetic], clipping_of(step, made)
        own = step.input(1).quantisation
        if own is None or not holds_steps(step.input(1)):
            raise NotReadError("weights of a kind that whole numbers are not multiplied by")
        unsigned = step.input(1).dtype == np.uint8
        sum_of = SumOfProducts(given.scale, own.scales, made.scale, dense, unsigned)
        *before, node = in_real_numbers(step)
        prepared = _prepared(step, node, given)

        def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401
            import tensorflow as tf

            steps = tf.cast(given.steps(tensors[0]), weights[0].dtype)
            sums = node.compute([steps], weights)
            return made.real(rules.products(sums, sum_of).within(clipping))

        real, kernels = step.real(1, 2), node.kernels
        return [
            *before,
            replace(
                node,
                compute=on_the_cpu(compute),
                weights=step.weights(1, 2),
                prepared=prepared,
                kernels=None if kernels is None else lambda stored: kernels(real(stored)),
                absorbing=None,
            ),
        ]

    return build


def _prepared(step: LiteStep, node: Node, given: Levels) -> Callable[[Stored], Stored]:
    """From stored weights to steps, laid out for the node, in a type that holds sums exactly."""
    quantised = [step.input(number).quantisation for number in (1, 2) if step.has(number)]

    def steps(stored: Stored) -> list[NDArray[Any]]:
        units = [
            replace(own, scales=np.ones_like(own.scales)) if own else None for own in quantised
        ]
        return [real_numbers(each, own) for each, own in zip(stored, units, strict=True)]

    kernel, *bias = (each.astype(np.float64) for each in node.prepared(steps(step.weights(1, 2))))
    axes = tuple(range(kernel.ndim - 1))
    low, high = given.bounds
    most = np.maximum(kernel * low, kernel * high).sum(axes).max(initial=0)
    least = np.minimum(kernel * low, kernel * high).sum(axes).min(initial=0)
    largest = max(most, -least) + max((np.abs(each).max(initial=0) for each in bias), default=0.0)
    dtype = np.float32 if largest < EXACT_IN_FLOAT32 else np.float64
    return lambda stored: [each.astype(dtype) for each in node.prepared(steps(stored))]
