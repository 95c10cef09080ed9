"""Tensors of levels: the real numbers that they stand for, and where they end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcam.backends.graph.tensorflow_lite.one_call import OneCall
from gradcam.backends.graph.tensorflow_lite.rounding import NEAREST

_NOTE = "steps_of_levels"  # on a tensor of real numbers: its levels and steps


@dataclass(frozen=True)
class Levels:
    """The real numbers that a tensor of levels can hold.

    Attributes:
        scale: of one step, a float32.
        zero: the level that stands for 0.
        low, high: the levels that its type has.
    """

    scale: float
    zero: int
    low: int
    high: int

    @property
    def bounds(self) -> tuple[int, int]:
        """The lowest and the highest step."""
        return self.low - self.zero, self.high - self.zero

    def real(self, steps: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """Real numbers of steps, which are noted on them."""
        real = steps * np.float32(self.scale)
        setattr(real, _NOTE, (self, steps))
        return real

    def steps(self, real: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """Steps of real numbers that lie on the grid; of any other the nearest.

        Where they are noted nothing is computed: that is half of the time of a network.
        """
        levels, steps = getattr(real, _NOTE, (None, None))
        if levels == self:
            return steps
        return NEAREST(real, np.float32(1.0 / self.scale), shape=real.shape)


@dataclass(frozen=True)
class Clipping:
    """Where an operator's output ends, in steps.

    Attributes:
        low, high: the bounds of its grid and of its activation.
        passes: whether the gradient of a number outside passes too. At the logits it does: their
            range ends where the calibration saw no more, and a map would be blank.
    """

    low: int
    high: int
    passes: bool = False

    def is_all_of(self, levels: Levels) -> bool:
        """Whether it ends where the levels end."""
        return (self.low, self.high) == levels.bounds


@dataclass(frozen=True)
class Unclipped:
    """What an operator makes, in steps of its output.

    Attributes:
        real: before rounding, float32: for the gradient.
        whole: what the kernel rounds it to, float32.
    """

    real: Any
    whole: Any

    def within(self, clipping: Clipping) -> Any:  # noqa: ANN401 - tf.Tensor
        """The whole numbers, clipped, with the gradient of the real ones: 0 outside."""
        bounds = np.asarray([clipping.low, clipping.high], np.float32)
        call = _PASSING if clipping.passes else _CLIPPED
        return call(self.real, self.whole, bounds, shape=self.whole.shape)


def clipped(answer: Unclipped, low: Any, high: Any, *, passes: bool) -> Any:  # noqa: ANN401
    """The same inside a `OneCall`.

    Args:
        answer: of an operator.
        low: see `Clipping`, float32.
        high: the same.
        passes: see `Clipping`.
    """
    import tensorflow as tf

    @tf.custom_gradient
    def clip(real: Any, whole: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        def gradient(rise: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            if not passes:
                rise = tf.where((real > low) & (real < high), rise, tf.zeros_like(rise))
            return rise, None

        return tf.clip_by_value(whole, low, high), gradient

    return clip(answer.real, answer.whole)


_CLIPPED, _PASSING = (
    OneCall(
        lambda real, whole, bounds, passes=passes: clipped(
            Unclipped(real, whole), bounds[0], bounds[1], passes=passes
        )
    )
    for passes in (False, True)
)
