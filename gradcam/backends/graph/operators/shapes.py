"""What only moves numbers: other shapes, other orders, parts and joins."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.graph import Node, Stored


def reshape(path: str, given: str, made: str, shape: Sequence[int]) -> Node:
    """The same numbers in another shape, of which one side, -1, follows the batch."""
    target = tuple(shape)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.reshape(tensors[0], target)

    kind = "Flatten" if len(target) == 2 and target[0] == -1 else "Reshape"
    return Node(path, kind, (given,), (made,), compute)


def transpose(path: str, given: str, made: str, axes: Sequence[int]) -> Node:
    """Axes in another order: new axis i is the old one `axes[i]`."""
    order = tuple(axes)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.transpose(tensors[0], order)

    details = SimpleNamespace(axes=order)
    return Node(path, "Transpose", (given,), (made,), compute, details=details)


def get_item(path: str, given: str, made: str, keys: Sequence[slice | int]) -> Node:
    """A part: along each axis a stretch, or one entry without its axis."""
    own = tuple(keys)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return tensors[0][own]

    details = SimpleNamespace(keys=own)
    return Node(path, "GetItem", (given,), (made,), compute, details=details)


def gather(path: str, given: str, made: str, indices: NDArray[Any], axis: int) -> Node:
    """Entries of an axis by their numbers."""
    numbers = np.asarray(indices)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.gather(tensors[0], numbers, axis=axis)

    return Node(path, "Take", (given,), (made,), compute, details=SimpleNamespace(axis=axis))


def concatenate(path: str, given: Sequence[str], made: str, axis: int) -> Node:
    """Values one after the other along an axis."""

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.concat(tensors, axis)

    details = SimpleNamespace(axis=axis)
    return Node(path, "Concatenate", tuple(given), (made,), compute, details=details)


def pad(
    path: str,
    given: str,
    made: str,
    margins: Sequence[tuple[int, int]],
    *,
    mode: str = "CONSTANT",
    value: float = 0.0,
) -> Node:
    """More entries before and after those of each axis.

    Args:
        path: of the node.
        given: name of its input.
        made: name of what comes out.
        margins: how many before and after, for each axis.
        mode: `CONSTANT`, `REFLECT` or `SYMMETRIC`.
        value: of the new entries, where they are constant.
    """
    own = tuple((int(before), int(after)) for before, after in margins)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.pad(tensors[0], own, mode, constant_values=value)

    around_map = len(own) == 4 and own[0] == own[3] == (0, 0) and mode == "CONSTANT"
    kind = "ZeroPadding2D" if around_map and not value else "Pad"
    return Node(path, kind, (given,), (made,), compute, details=SimpleNamespace(padding=own[1:3]))


def tile(path: str, given: str, made: str, times: Sequence[int]) -> Node:
    """A value over and over again along its axes."""
    own = tuple(times)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.tile(tensors[0], own)

    return Node(path, "Tile", (given,), (made,), compute)


def broadcast(path: str, given: str, made: str, shape: Sequence[int]) -> Node:
    """A value spread over axes of one; -1 for an axis that stays."""
    own = tuple(shape)

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        (value,) = tensors
        dynamic = tf.unstack(tf.shape(value))
        sizes = [old if new == -1 else new for old, new in zip(dynamic, own, strict=True)]
        known = [old if new == -1 else new for old, new in zip(value.shape, own, strict=True)]
        return tf.ensure_shape(tf.broadcast_to(value, sizes), known)

    return Node(path, "Tile", (given,), (made,), compute)


def at_batch(path: str, like: str, made: str, constant: NDArray[Any]) -> Node:
    """A learned constant (1, …) for each picture, such as a class token.

    Args:
        path: of the node.
        like: a value that has as many entries along its first axis as come out.
        made: name of what comes out.
        constant: what is given, one for all.
    """

    def real(stored: Stored) -> Stored:
        return [np.asarray(each, np.float32) for each in stored]

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        (own,) = weights
        given = tensors[0].shape[0]
        batch = tf.shape(tensors[0])[0] if given is None else given
        return tf.broadcast_to(own, [batch, *constant.shape[1:]])

    return Node(path, "BroadcastTo", (like,), (made,), compute, weights=[constant], prepared=real)
