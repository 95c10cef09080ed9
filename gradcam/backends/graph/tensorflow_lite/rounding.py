"""Roundings, one call each: to the nearest level, of a sum of two tensors, by fixed point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcam.backends.graph.tensorflow_lite.fixed_point import rounded_twice
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


def _multiplied(steps: Any, numbers: Any) -> tuple[Any, Any]:  # noqa: ANN401 - tf.Tensor
    """Real and whole; `numbers` are a fixed point and the real number that it stands for."""
    import tensorflow as tf

    numbers = tf.stop_gradient(numbers)
    return steps * narrow(numbers[4]), narrow(rounded_twice(wide(steps), numbers))


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
    for tensor, own in ((one, numbers[:6]), (two, numbers[6:12])):
        whole = whole + own[4] * rounded_twice(wide(tensor) * 2.0**ADDED_BITS, own)
        real = real + tensor * narrow(own[5])
    return real, narrow(rounded_twice(whole, numbers[12:]))


NEAREST, MULTIPLIED = OneCall(_nearest), OneCall(_multiplied)
ADDED, ADDED_TWICE = OneCall(_added), OneCall(_added_twice)
