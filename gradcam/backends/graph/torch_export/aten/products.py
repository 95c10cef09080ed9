"""Dense layers, products of matrices, attention."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.channels_last import Held, as_filed
from gradcam.backends.graph.graph import Node, Stored
from gradcam.backends.graph.operators.dense import dense
from gradcam.backends.graph.torch_export.aten.at import (
    At,
    RefusalError,
    Writer,
    as_held,
    channels_at_the_end,
    plainly,
    real,
)

_HEADS_LAST = (0, 2, 1, 3)  # (N, places, heads, numbers) of torch's (N, heads, places, numbers)


def _linear(at: At, given: Held, weight: NDArray[Any], bias: NDArray[Any] | None = None) -> Held:
    if not isinstance(weight, np.ndarray) or not isinstance(given, Held):
        raise RefusalError("uses a dense layer whose weights follow from the picture")
    own = channels_at_the_end(at, given)
    stored = [weight] if bias is None else [weight, bias]
    path = at.free
    return at.graph.add(dense(path, own.name, path, stored, real=_turned), own.order)


def _turned(stored: Stored) -> Stored:
    """(outputs, inputs) and a bias, as TensorFlow has them."""
    kernel, *bias = real(stored)
    return [np.ascontiguousarray(kernel.T), *bias]


def _addmm(
    at: At,
    given: NDArray[Any],
    mat1: Held,
    mat2: NDArray[Any],
    *,
    beta: float = 1,
    alpha: float = 1,
) -> Held:
    if beta != 1 or alpha != 1:
        raise RefusalError("uses a dense layer with factors of its own")
    return _linear(at, mat1, mat2.T if isinstance(mat2, np.ndarray) else mat2, given)


def _matmul(at: At, given: Operand, other: Operand) -> Held:
    if isinstance(other, np.ndarray) and other.ndim == 2:
        return _linear(at, as_held(at, given), other.T)
    one, two = (plainly(at, as_held(at, each)) for each in (given, other))
    if min(one.rank, two.rank) < 2:
        raise RefusalError("multiplies matrices with rows of numbers")

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.matmul(tensors[0], tensors[1])

    path = at.free
    node = Node(path, "Matmul", (one.name, two.name), (path,), compute)
    return at.graph.add(node, as_filed(max(one.rank, two.rank)))


def _scaled_dot_product_attention(
    at: At,
    query: Held,
    key: Held,
    value: Held,
    attn_mask: Operand | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Held:
    if dropout_p or is_causal or enable_gqa:
        raise RefusalError("uses an attention of another kind than those of pictures")
    if not all(isinstance(each, Held) and each.rank == 4 for each in (query, key, value)):
        raise RefusalError("uses an attention on other than heads of places")
    asked = [at.graph.turned(each, _HEADS_LAST, at.path) for each in (query, key, value)]
    factor = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    names = [each.name for each in asked]
    bias = None
    if isinstance(attn_mask, Held):
        names.append(plainly(at, attn_mask).name)
    elif attn_mask is not None:
        bias = _as_bias(at.graph.one_for_all(attn_mask))

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        queries, keys, values, *masks = tensors
        scores = tf.einsum("nqhd,nkhd->nhqk", queries * factor, keys)
        for mask in masks if bias is None else [bias]:
            scores = scores + mask
        return tf.einsum("nhqk,nkhd->nqhd", tf.nn.softmax(scores), values)

    details = SimpleNamespace(score_mode="dot", heads=query.shape[1])
    path = at.free
    node = Node(path, "Attention", tuple(names), (path,), compute, details=details)
    return at.graph.add(node, _HEADS_LAST)


def _as_bias(mask: NDArray[Any]) -> NDArray[Any]:
    if mask.dtype == np.bool_:
        return np.where(mask, np.float32(0), np.float32(-np.inf))
    return mask.astype(np.float32)


ATEN_PRODUCTS: dict[str, Writer] = {
    "linear": _linear,
    "addmm": _addmm,
    "mm": _matmul,
    "bmm": _matmul,
    "matmul": _matmul,
    "scaled_dot_product_attention": _scaled_dot_product_attention,
}
