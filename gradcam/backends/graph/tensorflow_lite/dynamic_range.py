"""Real numbers on their way into weights of eight bits, as XNNPACK rounds them ("dynamic range").

Measured on LiteRT 2.3.0: scale and zero point follow the smallest and largest of the numbers, zero
among them, for each picture in a convolution of some size, for each pixel in one of 1 × 1, for each
row in a dense layer.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

LOW, HIGH = -128.0, 127.0


class ScaleFor(Enum):
    """What has a scale of its own."""

    PICTURES = "pictures"
    PIXELS = "pixels"  # or the rows of a dense layer


def in_bytes(numbers: Any, apart: ScaleFor) -> Any:  # noqa: ANN401 - tf.Tensor
    """Numbers at the levels that eight bits have for them; their gradient goes straight through."""
    import tensorflow as tf

    axes = -1 if apart is ScaleFor.PIXELS else list(range(1, len(numbers.shape)))
    least = tf.minimum(tf.reduce_min(numbers, axes, keepdims=True), 0.0)
    most = tf.maximum(tf.reduce_max(numbers, axes, keepdims=True), 0.0)
    per_number = tf.where(
        least == most, 1.0, (HIGH - LOW) / tf.where(least == most, 1.0, most - least)
    )
    low, high = least * per_number, most * per_number
    zero = tf.where((LOW + low) + (HIGH + high) > 0, LOW - low, HIGH - high)
    zero = tf.round(tf.clip_by_value(zero, LOW, HIGH))

    def levels(own: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        steps = tf.clip_by_value(tf.round(own * per_number), LOW - zero, HIGH - zero)
        return steps * (1.0 / per_number)

    return tf.grad_pass_through(levels)(numbers)
