"""Convolutions and dense layers on whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arithmetic import Arithmetic
from gradcam.backends.graph.graph import Node, Stored
from gradcam.backends.graph.operators.convolution import depthwise_convolution, plain_convolution
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.graph.tensorflow_lite.fixed_point import Rounding
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
    SumOfProducts,
)
from gradcam.backends.graph.tensorflow_lite.levels import Levels, clipped
from gradcam.backends.graph.tensorflow_lite.one_call import Constant, OneCall
from gradcam.backends.graph.tensorflow_lite.step import (
    Builder,
    LiteStep,
    NotReadError,
    real_numbers,
)
from gradcam.backends.graph.tensorflow_lite.weighted import window_of
from gradcam.layout import Shape


def weighted(*, dense: bool = False) -> Builder:
    """Writes convolutions, or dense layers."""

    def build(step: LiteStep) -> list[Node]:
        given, made = levels_of(step.input(0)), levels_of(step.output)
        rules, clipping = RULES_OF[step.arithmetic], clipping_of(step, made)
        own = step.input(1).quantisation
        if own is None or not holds_steps(step.input(1)):
            raise NotReadError("weights of a kind that whole numbers are not multiplied by")
        unsigned = step.input(1).dtype == np.uint8
        *before, node = in_real_numbers(step)
        largest = _largest_sum(step, node, given)
        sum_of = SumOfProducts(given.scale, own.scales, made.scale, largest, dense, unsigned)
        prepared = _prepared(step, node, largest)
        rounding, factors = rules.rounding(sum_of), rules.factors(sum_of)
        bounds = [np.full(factors.shape[1:], own) for own in (clipping.low, clipping.high)]
        numbers = Constant(np.stack([*factors, *bounds]).astype(factors.dtype))
        sums = _sums_of(step, node)
        alone, whole = (
            _in_one_call(step.arithmetic, each, rounding, clipping.passes) for each in (None, sums)
        )

        def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401
            import tensorflow as tf

            steps = given.steps(tensors[0])
            if sums is not None and len(steps.shape) == sums.axes:
                shape = (*sums.shape(steps.shape[:-1]), weights[0].shape[-1])
                return made.real(whole(numbers.tensor, steps, *weights, shape=shape))
            own = node.compute([tf.cast(steps, weights[0].dtype)], weights)
            return made.real(alone(numbers.tensor, own, shape=own.shape))

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


@dataclass(frozen=True)
class _Sums:
    """How an operator of the usual form sums its products.

    Attributes:
        axes: of what it takes.
        window: that goes over a map; None for a dense layer.
        depthwise: whether each channel is by itself.
    """

    axes: int
    window: SlidingWindow | None = None
    depthwise: bool = False

    def shape(self, given: Shape) -> Shape:
        """Of what it makes, without the channels, of the same of what it takes."""
        return given if self.window is None else (given[0], *self.window.cells(given[1:]))

    def __call__(self, steps: Any, weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        """Whole numbers of whole numbers."""
        import tensorflow as tf

        if self.window is not None:
            run = (
                depthwise_convolution(self.window)
                if self.depthwise
                else plain_convolution(self.window)
            )
            return run([steps], weights)
        made = tf.matmul(steps, weights[0])
        return made + weights[1] if len(weights) > 1 else made


def _sums_of(step: LiteStep, node: Node) -> _Sums | None:
    """The sums of an operator; None where only its node knows how it does them."""
    if node.kind == "Dense":
        return _Sums(2)
    if node.kind not in {"Conv2D", "DepthwiseConv2D"}:
        return None
    window = window_of(step, node.details.kernel_size)
    depthwise = node.kind == "DepthwiseConv2D"
    usual = window.dilations == (1, 1) and len(set(window.strides)) == 1
    return (
        _Sums(4, window, depthwise) if usual and (depthwise or node.details.groups == 1) else None
    )


@lru_cache(maxsize=256)  # files may ask for any window
def _in_one_call(
    arithmetic: Arithmetic, sums_of: _Sums | None, rounding: Rounding, passes: bool
) -> OneCall:
    """From factors with bounds, steps and weights (or sums as they are) to steps."""
    rules = RULES_OF[arithmetic]

    def run(numbers: Any, steps: Any, *weights: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        numbers, sums = tf.stop_gradient(numbers), steps
        if sums_of is not None:  # nobody asks for a gradient of weights, which would be worked out
            own = [tf.stop_gradient(each) for each in weights]
            sums = sums_of(tf.cast(steps, own[0].dtype), own)
        low, high = (tf.cast(numbers[row, 0], tf.float32) for row in (-2, -1))
        return clipped(rules.products(sums, numbers[:-2], rounding), low, high, passes=passes)

    return OneCall(run)


def _steps_of(step: LiteStep, stored: Stored) -> list[NDArray[Any]]:
    """Weights as the file stores them, in steps."""
    quantised = [step.input(number).quantisation for number in (1, 2) if step.has(number)]
    units = [replace(own, scales=np.ones_like(own.scales)) if own else None for own in quantised]
    return [real_numbers(each, own) for each, own in zip(stored, units, strict=True)]


def _largest_sum(step: LiteStep, node: Node, given: Levels) -> float:
    """What a sum can come to, whatever the steps of its input are."""
    laid_out = node.prepared(_steps_of(step, step.weights(1, 2)))
    kernel, *bias = (each.astype(np.float64) for each in laid_out)
    axes = tuple(range(kernel.ndim - 1))
    low, high = given.bounds
    most = np.maximum(kernel * low, kernel * high).sum(axes).max(initial=0)
    least = np.minimum(kernel * low, kernel * high).sum(axes).min(initial=0)
    more = max((np.abs(each).max(initial=0) for each in bias), default=0.0)
    return float(max(most, -least) + more)


def _prepared(step: LiteStep, node: Node, largest: float) -> Callable[[Stored], Stored]:
    """From stored weights to steps, laid out for the node, in a type that holds sums exactly."""
    dtype = np.float32 if largest < EXACT_IN_FLOAT32 else np.float64
    return lambda stored: [each.astype(dtype) for each in node.prepared(_steps_of(step, stored))]
