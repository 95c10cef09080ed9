"""Arithmetic that many operators share: traced once for all, one operation wherever it runs.

A rounding is dozens of TensorFlow's operations. Written into each trace of a network anew they are
most of the time of its opening and of the memory of its traces.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.layout import Shape


class OneCall:
    """A function of tensors, on the CPU: a GPU's float32 is not exact.

    It may use nothing of its surroundings that TensorFlow holds.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        """Take from tensors, of no known size, to a tensor or several."""
        self._function = function
        self._traced: dict[tuple[Any, ...], Any] = {}  # by types and numbers of axes

    def __call__(self, *tensors: Any, shape: Shape) -> Any:  # noqa: ANN401 - tf.Tensor
        """Run it on tensors.

        Args:
            tensors: what it takes.
            shape: of each thing that it gives, as far as it is known.
        """
        import tensorflow as tf

        own = [tf.convert_to_tensor(each) for each in tensors]
        key = tuple((each.dtype, each.shape.rank) for each in own)
        if key not in self._traced:
            with tf.init_scope():  # not in the graph that asks for it, which would stay with it
                self._traced[key] = self._trace(key)
        given = self._traced[key](*own)
        for each in tf.nest.flatten(given):
            each.set_shape(shape)
        return given

    def _trace(self, key: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a concrete function
        import tensorflow as tf

        def placed(*tensors: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            with tf.device("/CPU:0"):
                return self._function(*tensors)

        # Put in line again it would be as much once more in each run that TensorFlow prepares.
        apart = tf.function(placed, autograph=False, experimental_attributes={"_noinline": True})
        return apart.get_concrete_function(
            *(tf.TensorSpec([None] * rank, dtype) for dtype, rank in key)
        )


class Constant:
    """Numbers that all traces of a network have in common; a mere array is copied into each."""

    def __init__(self, numbers: NDArray[Any]) -> None:
        """Take an array."""
        self._numbers = numbers

    @cached_property
    def tensor(self) -> Any:  # noqa: ANN401 - tf.Tensor
        """The same, once it is first asked for."""
        import tensorflow as tf

        with tf.init_scope(), tf.device("/CPU:0"):
            return tf.constant(np.ascontiguousarray(self._numbers))
