"""Arithmetic of whole numbers, as TensorFlow Lite's kernels round: each rule beside its function.

A tensor of levels stands for real numbers: real = scale · (level - zero). Operators hand real
numbers on, float32, so that what people see and what methods replace is real; inside they count in
*steps*, level - zero, which the next operator gets back exactly by rounding. A step is a whole
number of at most nine bits, a sum of products is whole too: float32 holds it exactly below 2^24,
float64 where it can be larger.

The rules were measured on LiteRT 2.3.0, x86-64. They hold on the CPU alone: a GPU's float32 is
none, so who runs them asks for the CPU.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gradcam.arithmetic import Arithmetic
from gradcam.backends.graph.tensorflow_lite.fixed_point import (
    FixedPoint,
    Rounding,
    half_away,
    in_fixed_point,
)
from gradcam.backends.graph.tensorflow_lite.levels import Levels, Unclipped
from gradcam.backends.graph.tensorflow_lite.rounding import (
    ADDED,
    ADDED_BITS,
    ADDED_TWICE,
    MULTIPLIED,
    narrow,
    shape_of_sum,
    wide,
)

EXACT_IN_FLOAT32 = 2.0**24
_LARGEST_STEP = 255.0  # a level of eight bits less a zero point of as many
_LARGEST_PRODUCT = _LARGEST_STEP**2


@dataclass(frozen=True)
class SumOfProducts:
    """Of which operator a sum is, and what its numbers stand for.

    Attributes:
        given, made: float32 scales of its input and output.
        weights: (1,) or (C,) float32.
        largest: that it can come to, either sign.
        is_dense: whether it is of a dense layer.
        is_unsigned: whether its levels are uint8, as those of old files.
    """

    given: float
    weights: NDArray[np.float32]
    made: float
    largest: float
    is_dense: bool = False
    is_unsigned: bool = False


class KernelRules(Protocol):
    """How one set of kernels rounds. Everything goes in and comes out in steps, float32."""

    def rounding(self, own: SumOfProducts) -> Rounding:
        """How sums are rounded."""

    def factors(self, own: SumOfProducts) -> NDArray[Any]:
        """What sums are multiplied by: rows of (1,) or (C,) numbers."""

    def products(self, sums: Any, factors: Any, rounding: Rounding) -> Unclipped:  # noqa: ANN401
        """Sums of products and a bias: whole numbers (…, C), float32 or float64."""

    def added(
        self, tensors: Sequence[Any], grids: Sequence[Levels], output: Levels, sign: int
    ) -> Unclipped:
        """Two tensors, the second one times `sign`."""

    def multiplied(
        self, tensors: Sequence[Any], grids: Sequence[Levels], output: Levels
    ) -> Unclipped:
        """Two tensors, number by number."""

    def averaged(self, sums: Any, count: int, grid: Levels, output: Levels) -> Unclipped:  # noqa: ANN401
        """Means of so many numbers, given their sums."""

    def moved(self, steps: Any, grid: Levels, output: Levels) -> Unclipped:  # noqa: ANN401
        """The same numbers on another grid."""

    def placed(self, real: Any, output: Levels) -> Unclipped:  # noqa: ANN401
        """Real numbers on a grid."""


class PhoneRules:
    """XNNPACK's: LiteRT's default on a PC and a phone. Multiplies in float32, halves to even."""

    def rounding(self, own: SumOfProducts) -> Rounding:  # noqa: ARG002
        """Once, all of them."""
        return Rounding.ONCE

    def factors(self, own: SumOfProducts) -> NDArray[np.float32]:
        """In float32: input · weights / output, each step of it rounded to float32."""
        factors = np.float32(own.given) * own.weights / np.float32(own.made)
        return factors[None].astype(np.float32)

    def products(self, sums: Any, factors: Any, rounding: Rounding) -> Unclipped:  # noqa: ANN401, ARG002
        """In float32."""
        import tensorflow as tf

        real = tf.cast(sums, tf.float32) * factors[0]
        return Unclipped(real, tf.round(real))

    def added(
        self, tensors: Sequence[Any], grids: Sequence[Levels], output: Levels, sign: int
    ) -> Unclipped:
        """Whole multipliers of 21 bits, halves up."""
        ratios = [float(np.float32(grid.scale) / np.float32(output.scale)) for grid in grids]
        shift = ADDED_BITS - math.floor(math.log2(max(ratios)))
        first, second = (np.rint(ratio * 2.0**shift) for ratio in ratios)
        numbers = np.asarray([first, sign * second, 2.0**shift])
        return Unclipped(*ADDED(*tensors, numbers, shape=shape_of_sum(tensors)))

    def multiplied(
        self, tensors: Sequence[Any], grids: Sequence[Levels], output: Levels
    ) -> Unclipped:
        """As products."""
        first, second = tensors
        scales = np.asarray([grids[1].scale], np.float32)
        own = SumOfProducts(grids[0].scale, scales, output.scale, _LARGEST_PRODUCT)
        return self.products(first * second, self.factors(own), self.rounding(own))

    def averaged(self, sums: Any, count: int, grid: Levels, output: Levels) -> Unclipped:  # noqa: ANN401
        """From sums and to levels that their zeros are in, so that halves go to even levels."""
        import tensorflow as tf

        ratio = (
            np.float32(grid.scale) / np.float32(output.scale) * (np.float32(1) / np.float32(count))
        )
        zeros = np.float32(count * grid.zero)
        levels = (sums + zeros) * ratio + (np.float32(output.zero) - zeros * ratio)
        return Unclipped(sums * ratio, tf.round(levels) - np.float32(output.zero))

    def moved(self, steps: Any, grid: Levels, output: Levels) -> Unclipped:  # noqa: ANN401
        """A whole multiplier with eight bits after the point, halves up."""
        import tensorflow as tf

        ratio = np.float32(grid.scale) / np.float32(output.scale)
        real = steps * (np.rint(ratio * np.float32(256)) / np.float32(256))
        return Unclipped(real, tf.floor(real + 0.5))

    def placed(self, real: Any, output: Levels) -> Unclipped:  # noqa: ANN401
        """By the scale's inverse, halves to even."""
        import tensorflow as tf

        steps = real * (np.float32(1) / np.float32(output.scale))
        return Unclipped(steps, tf.round(steps))


class ReferenceRules:
    """Those of the reference kernels, which TensorFlow Lite for Microcontrollers runs: fixed point.

    Dense layers round once, as LiteRT's own; a device's kernel may round twice there as well.
    """

    def rounding(self, own: SumOfProducts) -> Rounding:
        """Twice, in a dense layer once."""
        return Rounding.ONCE if own.is_dense else _point_of(own).twice(own.largest)

    def factors(self, own: SumOfProducts) -> NDArray[np.float64]:
        """A fixed point, and the real number that it stands for."""
        return np.stack([*_point_of(own).rows(self.rounding(own)), _factors_of(own)])

    def products(self, sums: Any, factors: Any, rounding: Rounding) -> Unclipped:  # noqa: ANN401
        """By fixed point."""
        whole = in_fixed_point(wide(sums), factors, rounding)
        return Unclipped(narrow(sums) * narrow(factors[-1]), narrow(whole))

    def added(
        self, tensors: Sequence[Any], grids: Sequence[Levels], output: Levels, sign: int
    ) -> Unclipped:
        """Enlarged by 2^20 and brought to twice the larger scale, then to the output's."""
        scales = [float(np.float32(grid.scale)) for grid in grids]
        twice = 2 * max(scales)
        last = FixedPoint.of(twice / (2.0**ADDED_BITS * float(np.float32(output.scale))))
        both = [
            number
            for scale, factor in zip(scales, (1, sign), strict=True)
            for number in (
                *FixedPoint.of(scale / twice).rows(Rounding.TWICE_SMALL),
                factor,
                float(np.float32(factor * scale / output.scale)),
            )
        ]
        numbers = np.asarray([*both, *last.rows(Rounding.TWICE)])
        return Unclipped(*ADDED_TWICE(*tensors, numbers, shape=shape_of_sum(tensors)))

    def multiplied(
        self, tensors: Sequence[Any], grids: Sequence[Levels], output: Levels
    ) -> Unclipped:
        """The multiplier is a float32, rounded twice."""
        first, second = (np.float32(grid.scale) for grid in grids)
        ratio = first * second / np.float32(output.scale)
        return _twice(tensors[0] * tensors[1], FixedPoint.of(ratio), ratio, _LARGEST_PRODUCT)

    def averaged(self, sums: Any, count: int, grid: Levels, output: Levels) -> Unclipped:  # noqa: ANN401
        """The multiplier is divided by the count, rounded down; then two roundings."""
        ratio = float(np.float32(grid.scale)) / float(np.float32(output.scale))
        point = FixedPoint.of(ratio).divided(count)
        return _twice(sums, point, np.float32(ratio / count), count * _LARGEST_STEP)

    def moved(self, steps: Any, grid: Levels, output: Levels) -> Unclipped:  # noqa: ANN401
        """Rounded twice."""
        ratio = float(np.float32(grid.scale)) / float(np.float32(output.scale))
        return _twice(steps, FixedPoint.of(ratio), np.float32(ratio), _LARGEST_STEP)

    def placed(self, real: Any, output: Levels) -> Unclipped:  # noqa: ANN401
        """Divided, halves away from zero."""
        steps = real / np.float32(output.scale)
        return Unclipped(steps, half_away(steps))


def _factors_of(own: SumOfProducts) -> NDArray[np.float64]:
    """Input · weights / output.

    Of one scale for all weights, a dense layer and old files take the product in float32.
    """
    if own.is_unsigned or (own.is_dense and len(own.weights) == 1):
        scales = (np.float32(own.given) * own.weights).astype(np.float64)
    else:
        scales = float(np.float32(own.given)) * own.weights.astype(np.float64)
    return scales / float(np.float32(own.made))


def _point_of(own: SumOfProducts) -> FixedPoint:
    return FixedPoint.of(_factors_of(own))


def _twice(steps: Any, point: FixedPoint, ratio: np.float32, largest: float) -> Unclipped:  # noqa: ANN401
    """Whole numbers, so large at most, times a ratio which a fixed point stands for."""
    rounding = point.twice(largest)
    numbers = np.asarray([*point.rows(rounding), ratio])
    return Unclipped(*MULTIPLIED[rounding](steps, numbers, shape=steps.shape))


RULES_OF: dict[Arithmetic, KernelRules] = {
    Arithmetic.PHONE: PhoneRules(),
    Arithmetic.MICROCONTROLLER: ReferenceRules(),
}
