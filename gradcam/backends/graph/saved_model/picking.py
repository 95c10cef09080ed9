"""Where each thing comes from that an operator gets when it is run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.saved_model.values import PRIME

Pick = Callable[[Sequence[Any], Sequence[Any]], Any]  # from inputs and weights to one of them


def pick_tensor(place: int) -> Pick:
    """What depends on the picture, by its place among such."""
    return lambda tensors, _: tensors[place]


def pick_weight(place: int) -> Pick:
    """A weight, by its place among such."""
    return lambda _, held: held[place]


def pick_fixed(array: NDArray[Any]) -> Pick:
    """A constant; worked out sizes in the type that every operator takes."""
    small = array.dtype == np.int64 and np.abs(array).max(initial=0) < 2**31
    narrow = array.astype(np.int32) if small else array
    return lambda _tensors, _held: narrow


def pick_sizes(place: int, sizes: NDArray[Any], rows: int) -> Pick:
    """Sizes of which some count the batch, that another value with `rows` for a picture shows."""
    parts = [(int(size) // PRIME, int(size)) for size in np.ravel(sizes)]

    def pick(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        batch = tf.shape(tensors[place])[0] // rows
        own = [times * batch if times else size for times, size in parts]
        return tf.stack(own) if sizes.ndim else own[0]

    return pick
