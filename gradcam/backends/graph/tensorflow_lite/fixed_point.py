"""Multiplication as the reference kernels do it: whole numbers, rounded once or twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIXED_POINT_BITS = 31


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

    @property
    def once(self) -> NDArray[np.float64]:
        """What `rounded_once` multiplies by: (4,), or (4, channels)."""
        bits = FIXED_POINT_BITS - self.exponents
        return np.stack([*self._halves, 2.0 ** (bits - 1), 2.0 ** (bits - 16)])

    @property
    def twice(self) -> NDArray[np.float64]:
        """What `rounded_twice` multiplies by: (4,), or (4, channels)."""
        left, right = np.maximum(self.exponents, 0), np.maximum(-self.exponents, 0)
        return np.stack([*self._halves, 2.0**left, 2.0**right])

    @property
    def _halves(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The mantissas' upper and lower bits."""
        high = np.floor(self.mantissas / 2.0**16)
        return high, self.mantissas - high * 2.0**16


def rounded_once(sums: Any, point: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """Whole numbers times a `FixedPoint.once`; halves up. float64 in and out."""
    high, low, half, unit = (point[number] for number in range(4))
    return _rounded(sums, high, low, half, unit)


def rounded_twice(sums: Any, point: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """The same by way of a finer whole number, halves up there and away from zero then.

    Args:
        sums: whole numbers, float64.
        point: a `FixedPoint.twice`.
    """
    high, low, left, right = (point[number] for number in range(4))
    bits = FIXED_POINT_BITS
    return half_away(
        _rounded(sums * left, high, low, 2.0 ** (bits - 1), 2.0 ** (bits - 16)) / right
    )


def _rounded(sums: Any, high: Any, low: Any, half: Any, unit: Any) -> Any:  # noqa: ANN401
    """floor(sums · mantissa / 2^bits + 1/2), by 16 bits at a time: exact in float64."""
    import tensorflow as tf

    carried = tf.floor((sums * low + half) / 2.0**16)
    return tf.floor((sums * high + carried) / unit)
