"""Batch normalisation: one operator, or a product and a sum of what its weights make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Numbers
from gradcam.backends.graph.graph import Stored
from gradcam.backends.graph.saved_model.operator import Operator, Traits
from gradcam.backends.graph.saved_model.values import Known
from gradcam.backends.graph.saved_model.walking import Instruction, Value

_SUMS = frozenset({"Add", "AddV2"})


def normalisation_traits(operator: Operator) -> Traits:
    """A batch normalisation that is one operator.

    Raises:
        NotImplementedError: it works as in training.
    """
    in_training = operator.attributes.get("is_training", True)
    weights = [operator.constant(place) for place in range(1, 5)]
    if in_training and weights[0] is not None:
        raise NotImplementedError("normalises as in training; save the network for prediction")
    first = operator.attributes.get("data_format", "NHWC") != "NHWC"
    if in_training or first or any(each is None for each in weights):
        return Traits("FusedBatchNorm")  # Keras normalises layers by it, each picture by itself
    gamma, beta, mean, variance = (np.asarray(each) for each in weights)
    epsilon = float(operator.attributes.get("epsilon", 1e-4))
    details = SimpleNamespace(
        axis=-1, epsilon=epsilon, gamma=gamma, beta=beta, moving_mean=mean,
        moving_variance=variance,
    )  # fmt: skip

    def affine(stored: Stored) -> tuple[Numbers, Numbers]:
        own = [np.asarray(each, np.float64) for each in stored]
        scale = own[0] / np.sqrt(own[3] + epsilon)
        return scale, own[1] - own[2] * scale

    return Traits("BatchNormalization", details, (1, 2, 3, 4), affine=affine)


@dataclass(frozen=True)
class Normalisation:
    """What the weights of a batch normalisation that is a product and a sum are.

    Attributes:
        mean, variance: (C,), what it saw in training.
        gamma, beta: what it learned; None where it has none.
        epsilon: added to the variance.
    """

    mean: NDArray[Any]
    variance: NDArray[Any]
    gamma: NDArray[Any] | None
    beta: NDArray[Any] | None
    epsilon: NDArray[Any]

    @property
    def weights(self) -> list[NDArray[Any]]:
        """Those that there are: gamma, beta, mean, variance."""
        every = (self.gamma, self.beta, self.mean, self.variance)
        return [each for each in every if each is not None]

    def prepared(self, stored: Stored) -> Stored:
        """Factor and summand, computed as the file does."""
        import tensorflow as tf

        gamma, beta, mean, variance = self._named(stored)
        factor = tf.math.rsqrt(variance + self.epsilon)
        if gamma is not None:
            factor = factor * gamma
        moved = mean * factor
        summand = -moved if beta is None else beta - moved
        return factor.numpy(), summand.numpy()

    def affine(self, stored: Stored) -> tuple[Numbers, Numbers]:
        """See `Node.affine`."""
        factor, summand = self.prepared(stored)
        return factor.astype(np.float64), summand.astype(np.float64)

    @property
    def details(self) -> SimpleNamespace:
        """See `Node.details`."""
        return SimpleNamespace(
            axis=-1, epsilon=float(np.ravel(self.epsilon)[0]), gamma=self.gamma, beta=self.beta,
            moving_mean=self.mean, moving_variance=self.variance,
        )  # fmt: skip

    def _named(self, stored: Stored) -> list[NDArray[Any] | None]:
        left = iter(stored)
        every = (self.gamma, self.beta, self.mean, self.variance)
        return [None if each is None else next(left) for each in every]


def normalisation_of(
    steps: Sequence[Instruction], known: Known, factor: Value, summand: Value
) -> Normalisation | None:
    """The batch normalisation whose product and sum these are; None where they are no such."""
    made = _Made(steps, known)
    gamma: Value | None = None
    root = made.by("Rsqrt", factor)
    if root is None:
        product = made.by("Mul", factor)
        if product is None:
            return None
        root = made.by("Rsqrt", product[0])
        gamma = product[1]
        if root is None:
            root, gamma = made.by("Rsqrt", product[1]), product[0]
    inside = made.by_any(_SUMS, root[0]) if root else None
    last = made.by("Sub", summand)
    beta, moved = last or (None, summand)
    product = made.by("Mul", moved)
    if inside is None or product is None or factor not in product:
        return None
    (mean,) = [value for value in product if value != factor] or [factor]
    variance, epsilon = inside
    negative = made.by("Neg", mean)
    if last is None:
        if negative is None:
            return None
        (mean,) = negative
    own = known.constants
    if own[epsilon].size != 1 or own[variance].ndim != 1 or own[mean].ndim != 1:
        return None
    return Normalisation(
        own[mean], own[variance], None if gamma is None else own[gamma],
        None if beta is None else own[beta], own[epsilon],
    )  # fmt: skip


@dataclass(frozen=True)
class _Made:
    steps: Sequence[Instruction]
    known: Known

    def by(self, op: str, value: Value) -> tuple[Value, ...] | None:
        """What an operator made a value of; None where another one did."""
        return self.by_any(frozenset({op}), value)

    def by_any(self, ops: frozenset[str], value: Value) -> tuple[Value, ...] | None:
        step = self.steps[value[0]]
        return step.inputs if step.op in ops else None
