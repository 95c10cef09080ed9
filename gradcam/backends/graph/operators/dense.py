"""A dense layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcam.arrays import Numbers
from gradcam.backends.graph.graph import Node, Stored, as_stored


def dense(
    path: str,
    given: str,
    made: str,
    stored: Stored,
    *,
    real: Callable[[Stored], Stored] = as_stored,
) -> Node:
    """A dense layer on the last axis, in real numbers.

    Args:
        path: of the node.
        given: name of its input (…, units in).
        made: name of what comes out, (…, units).
        stored: the kernel, and the bias if it has one, as they stand in the file.
        real: from `stored` to the kernel (units in, units) and the bias (units,), float32.
    """
    kernel, *bias = real(stored)

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        (numbers,) = tensors
        rank = len(numbers.shape)
        made = tf.matmul(numbers, weights[0]) if rank == 2 else tf.tensordot(numbers, weights[0], 1)
        return made + weights[1] if len(weights) > 1 else made

    def absorbing(weights: Stored, scale: Numbers, offset: Numbers) -> Stored:
        own, *more = real(weights)
        both = offset + scale * more[0] if more else offset
        return (own * scale).astype(np.float32), both.astype(np.float32)

    return Node(
        path,
        "Dense",
        (given,),
        (made,),
        compute,
        weights=stored,
        prepared=real,
        details=SimpleNamespace(
            kernel=kernel, bias=bias[0] if bias else None, units=kernel.shape[1]
        ),
        absorbing=absorbing,
    )
