"""Normalisations: by fixed numbers, or by those of each place, or of each group of channels."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcam.arrays import Floats, Numbers
from gradcam.backends.graph.graph import Node, Stored


def batch_normalisation(path: str, given: str, made: str, stored: Stored, epsilon: float) -> Node:
    """Each channel, which lies last, less a mean and divided by a deviation, then scaled.

    Args:
        path: of the node.
        given: name of its input (N, …, C).
        made: name of what comes out.
        stored: gamma, beta, mean and variance (C,), as they stand in the file.
        epsilon: added to the variance.
    """

    def affine(weights: Stored) -> tuple[Numbers, Numbers]:
        gamma, beta, mean, variance = (np.asarray(each, np.float64) for each in weights)
        scale = gamma / np.sqrt(variance + epsilon)
        return scale, beta - mean * scale

    def prepared(weights: Stored) -> Stored:
        return [each.astype(np.float32) for each in affine(weights)]

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return tensors[0] * weights[0] + weights[1]

    gamma, beta, mean, variance = stored
    details = SimpleNamespace(
        axis=-1, epsilon=epsilon, gamma=gamma, beta=beta, moving_mean=mean, moving_variance=variance
    )
    return Node(path, "BatchNormalization", (given,), (made,), compute, weights=stored,
                prepared=prepared, details=details, affine=affine)  # fmt: skip


def layer_normalisation(
    path: str, given: str, made: str, gamma: Floats | None, beta: Floats | None, epsilon: float
) -> Node:
    """The numbers of each place, along the last axis, by their own mean and deviation.

    Args:
        path: of the node.
        given: name of its input (…, C).
        made: name of what comes out.
        gamma: what is multiplied by then, (C,).
        beta: what is added then, (C,).
        epsilon: added to the variance.
    """

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return _scaled(_normalised(tensors[0], [-1], epsilon), weights, gamma, beta)

    details = SimpleNamespace(
        axis=-1, epsilon=epsilon, scale=gamma is not None, center=beta is not None
    )
    return Node(path, "LayerNormalization", (given,), (made,), compute,
                weights=_there(gamma, beta), prepared=_as_real, details=details)  # fmt: skip


def group_normalisation(
    path: str,
    given: str,
    made: str,
    groups: int,
    gamma: Floats | None,
    beta: Floats | None,
    epsilon: float,
) -> Node:
    """The numbers of each group of channels, which lie last, by their own mean and deviation.

    Args:
        path: of the node.
        given: name of its input (N, …, C).
        made: name of what comes out.
        groups: that its channels fall into; one for each of them is an instance normalisation.
        gamma: what is multiplied by then, (C,).
        beta: what is added then, (C,).
        epsilon: added to the variance.
    """

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        (maps,) = tensors
        own = tf.reshape(maps, (-1, *maps.shape[1:-1], groups, maps.shape[-1] // groups))
        rank = len(own.shape)
        normal = _normalised(own, [*range(1, rank - 2), rank - 1], epsilon)
        return _scaled(tf.reshape(normal, (-1, *maps.shape[1:])), weights, gamma, beta)

    details = SimpleNamespace(
        axis=-1, groups=groups, epsilon=epsilon, scale=gamma is not None, center=beta is not None
    )
    return Node(path, "GroupNormalization", (given,), (made,), compute,
                weights=_there(gamma, beta), prepared=_as_real, details=details)  # fmt: skip


def _normalised(numbers: Any, axes: Sequence[int], epsilon: float) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    mean, variance = tf.nn.moments(numbers, axes, keepdims=True)
    return (numbers - mean) * tf.math.rsqrt(variance + epsilon)


def _there(*stored: Floats | None) -> Stored:
    return [each for each in stored if each is not None]


def _as_real(stored: Stored) -> Stored:
    return [np.asarray(each, np.float32) for each in stored]


def _scaled(
    numbers: Any,  # noqa: ANN401 - tf.Tensor
    weights: Sequence[Any],
    gamma: Floats | None,
    beta: Floats | None,
) -> Any:  # noqa: ANN401
    own = iter(weights)
    if gamma is not None:
        numbers = numbers * next(own)
    return numbers if beta is None else numbers + next(own)
