"""Multiplication as the reference kernels do it: whole numbers, rounded once or twice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIXED_POINT_BITS = 31
SMALL = 2.0**22  # sums below it: times a mantissa they are exact in float64
_CLIPPED = 2.0**10  # what comes to as much is clipped by whoever asked for it: levels have 8 bits
_AWAY = 1 + 2.0**-40  # moves a half towards the number that is further from zero, and nothing else


class Rounding(Enum):
    """How a whole number times a multiplier is rounded."""

    ONCE = auto()  # halves up
    TWICE = auto()  # by way of a finer whole number: halves up there, and away from zero then
    TWICE_SMALL = auto()  # the same of small sums, in a third of the operations


def half_away(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """Rounded to the nearest whole number, halves away from zero."""
    import tensorflow as tf

    return tf.sign(numbers) * tf.floor(tf.abs(numbers) + 0.5)


@dataclass(frozen=True)
class FixedPoint:
    """Multipliers as the reference kernels take them: mantissa · 2^(exponent - 31).

    Attributes:
        mantissas: below 2^31.
        exponents: of two.
    """

    mantissas: NDArray[np.float64]
    exponents: NDArray[np.float64]

    @classmethod
    def of(cls, multipliers: Any) -> FixedPoint:  # noqa: ANN401 - one, or one a channel
        """The nearest ones."""
        mantissas, exponents = np.frexp(np.asarray(multipliers, np.float64))
        mantissas = np.floor(mantissas * 2.0**FIXED_POINT_BITS + 0.5)
        full = mantissas == 2.0**FIXED_POINT_BITS
        return cls(np.where(full, mantissas / 2, mantissas), exponents + full.astype(np.float64))

    def divided(self, count: int) -> FixedPoint:
        """The same for a mean of so many numbers: the mantissa rounded down, no bit lost before."""
        shift = min(count.bit_length() - 1, 32, FIXED_POINT_BITS + int(self.exponents))
        return FixedPoint(
            np.floor(self.mantissas * 2.0**shift / count), self.exponents - float(shift)
        )

    def twice(self, largest: float) -> Rounding:
        """In which way sums of this size at most are rounded twice.

        Small sums are exact. A larger one is off by its last bits, which no one sees where it comes
        to what is clipped anyway.
        """
        left, right = self._shifts
        small = largest * left < SMALL
        return (
            Rounding.TWICE_SMALL if (small | (right * _CLIPPED <= SMALL)).all() else Rounding.TWICE
        )

    def rows(self, rounding: Rounding) -> NDArray[np.float64]:
        """What `in_fixed_point` multiplies by: (r,) or (r, channels)."""
        left, right = self._shifts
        if rounding is Rounding.ONCE:
            bits = FIXED_POINT_BITS - self.exponents
            return np.stack([*self._halves, 2.0 ** (bits - 1), 2.0 ** (bits - 16)])
        if rounding is Rounding.TWICE:
            return np.stack([*self._halves, left, _AWAY / right])
        return np.stack([self.mantissas * left / 2.0**FIXED_POINT_BITS, _AWAY / right])

    @property
    def _shifts(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What a sum is multiplied by before, and divided by after."""
        return 2.0 ** np.maximum(self.exponents, 0), 2.0 ** np.maximum(-self.exponents, 0)

    @property
    def _halves(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The mantissas' upper and lower bits."""
        high = np.floor(self.mantissas / 2.0**16)
        return high, self.mantissas - high * 2.0**16


def in_fixed_point(sums: Any, rows: Any, rounding: Rounding) -> Any:  # noqa: ANN401 - tf.Tensor
    """Whole numbers times a `FixedPoint`.

    Args:
        sums: whole numbers, float64.
        rows: of the fixed point for this rounding; more of them are not looked at.
        rounding: how.

    Returns:
        Whole numbers, float64.
    """
    import tensorflow as tf

    if rounding is Rounding.TWICE_SMALL:
        return tf.round(tf.floor(sums * rows[0] + 0.5) * rows[1])
    if rounding is Rounding.ONCE:
        return _by_halves(sums, rows[0], rows[1], rows[2], rows[3])
    bits = FIXED_POINT_BITS
    finer = _by_halves(sums * rows[2], rows[0], rows[1], 2.0 ** (bits - 1), 2.0 ** (bits - 16))
    return tf.round(finer * rows[3])


def _by_halves(sums: Any, high: Any, low: Any, half: Any, unit: Any) -> Any:  # noqa: ANN401
    """floor(sums · mantissa / 2^bits + 1/2), by 16 bits at a time: exact in float64."""
    import tensorflow as tf

    carried = tf.floor((sums * low + half) / 2.0**16)
    return tf.floor((sums * high + carried) / unit)
