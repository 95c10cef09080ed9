"""HARD_SWISH of whole numbers: x · relu6(x + 3) / 6 in fixed point of 16 bits, one table for all.

The kernels of LiteRT, XNNPACK and the reference alike, go by these steps (TensorFlow Lite's
`reference/hard_swish.h`); the nearest level of the real function is one off in some of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.backends.graph.tensorflow_lite.fixed_point import FixedPoint
from gradcam.backends.graph.tensorflow_lite.levels import Levels

_LEAST, _MOST = -(2**15), 2**15 - 1  # of 16 bits
_FINER = 128  # how much finer steps are than the input's
_REACH = np.float32(3)  # where the function ends to bend

_Whole = NDArray[np.int64]


def hard_swish_table(steps: _Whole, given: Levels, made: Levels) -> Floats:
    """What each step of the input becomes, in steps of the output."""
    finer = np.float32(given.scale) * np.float32(1 / _FINER)
    bend, bend_exponent = _short(finer / (_REACH / np.float32(2**15)))
    last, last_exponent = _short(finer / np.float32(made.scale))
    fine = steps * _FINER
    onto_output = _high(fine, last)
    gate = fine
    if bend_exponent > 0:
        gate = np.clip(gate << (bend_exponent - 1), _LEAST, _MOST)
    gate = _high(gate, bend)
    if bend_exponent > 0:
        gate = np.clip(gate << 1, _LEAST, _MOST)
    else:
        gate = _shifted(gate, -bend_exponent)
    gate = (gate + 2**15) >> 1  # from -1 … 1 to 0 … 1
    product = np.trunc(gate * onto_output / 2**15).astype(np.int64)
    return _shifted(product, -last_exponent).astype(np.float32)


def _short(multiplier: np.float32) -> tuple[int, int]:
    """A multiplier as mantissa · 2^(exponent - 15)."""
    point = FixedPoint.of(multiplier)
    return min((int(point.mantissas) + 2**15) >> 16, _MOST), int(point.exponents)


def _high(numbers: _Whole, mantissa: int) -> _Whole:
    """Rounded numbers · mantissa / 2^15."""
    return (numbers * mantissa + 2**14) >> 15


def _shifted(numbers: _Whole, bits: int) -> _Whole:
    """Divided by a power of two, halves away from zero."""
    return np.sign(numbers) * ((np.abs(numbers) + (2**bits >> 1)) >> bits)
