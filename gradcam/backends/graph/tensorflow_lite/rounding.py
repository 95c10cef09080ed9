"""Roundings, one call each: to the nearest level, of a sum of two tensors, by fixed point."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from gradcam.backends.graph.tensorflow_lite.fixed_point import Rounding, in_fixed_point
from gradcam.backends.graph.tensorflow_lite.one_call import OneCall

ADDED_BITS = 20  # by which the reference kernels enlarge what they add


def wide(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """In float64."""
    import tensorflow as tf

    return tf.cast(numbers, tf.float64)


def narrow(numbers: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """In float32."""
    import tensorflow as tf

    return tf.cast(numbers, tf.float32)


def shape_of_sum(tensors: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.TensorShape
    """The shape of a sum, one of whose summands may be spread over places."""
    import tensorflow as tf

    return tf.broadcast_static_shape(*(tf.TensorShape(each.shape) for each in tensors))


def _nearest(numbers: Any, factor: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """The whole numbers nearest to products, halves to even; the gradient passes."""
    import tensorflow as tf

    return tf.grad_pass_through(tf.round)(numbers * tf.stop_gradient(factor))


def _multiplied(steps: Any, numbers: Any, rounding: Rounding) -> tuple[Any, Any]:  # noqa: ANN401
    """Real and whole; `numbers` are a fixed point and the real number that it stands for."""
    import tensorflow as tf

    numbers = tf.stop_gradient(numbers)
    return steps * narrow(numbers[-1]), narrow(in_fixed_point(wide(steps), numbers, rounding))


def _added(one: Any, two: Any, numbers: Any) -> tuple[Any, Any]:  # noqa: ANN401 - tf.Tensor
    """By XNNPACK: real and whole; `numbers` are two whole multipliers and what they are of."""
    import tensorflow as tf

    first, second, whole = (tf.stop_gradient(numbers[number]) for number in range(3))
    sums = (wide(one) * first + wide(two) * second) / whole
    return narrow(sums), narrow(tf.floor(sums + 0.5))


def _added_twice(one: Any, two: Any, numbers: Any) -> tuple[Any, Any]:  # noqa: ANN401 - tf.Tensor
    """By the reference kernels; `numbers` of each a fixed point, sign and ratio, then the last."""
    import tensorflow as tf

    numbers, whole, real = tf.stop_gradient(numbers), 0.0, 0.0
    for tensor, own in ((one, numbers[:4]), (two, numbers[4:8])):
        # Enlarged it has no more bits that count than a step: its product is exact.
        large = wide(tensor) * 2.0**ADDED_BITS
        whole = whole + own[2] * in_fixed_point(large, own, Rounding.TWICE_SMALL)
        real = real + tensor * narrow(own[3])
    return real, narrow(in_fixed_point(whole, numbers[8:], Rounding.TWICE))


NEAREST, ADDED, ADDED_TWICE = OneCall(_nearest), OneCall(_added), OneCall(_added_twice)
MULTIPLIED = {each: OneCall(partial(_multiplied, rounding=each)) for each in Rounding}
