"""What is explained: one number, written as weights over the network's logits.

A target is data, not code: a traced capture takes its weights as an argument, so that another
class costs no new trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np

from gradcam.errors import GradcamError
from gradcam.head import Squash
from gradcam.network import Floats, Network


class TargetKind(StrEnum):
    """Which number is explained."""

    CLASS = "class"
    OUTPUT = "output"


@dataclass(frozen=True)
class Target:
    """The number that is explained.

    Attributes:
        kind: a class logit, or the network's output unit itself (regression).
        index: of the class or the unit, from 0.
    """

    kind: TargetKind
    index: int

    @classmethod
    def for_class(cls, index: int) -> Self:
        """The logit of a class. One sigmoid unit is two classes: -logit and +logit."""
        return cls(TargetKind.CLASS, index)

    @classmethod
    def for_output(cls, index: int = 0) -> Self:
        """An output unit as it is: what raises the value."""
        return cls(TargetKind.OUTPUT, index)


def target_weights(network: Network, target: Target) -> Floats:
    """Weights w over the K logits, so that the explained number is w·logits.

    Returns:
        (K,) float32.

    Raises:
        GradcamError: the network has no such class or output.
    """
    weights = np.zeros(network.units, np.float32)
    binary = target.kind is TargetKind.CLASS and network.units == 1
    count = 2 if binary else network.units
    if not 0 <= target.index < count:
        raise GradcamError(
            f"{network.name} has {count} {_plural(target.kind)}, numbered from 0; "
            f"there is no number {target.index}."
        )
    if binary:
        weights[0] = 1.0 if target.index == 1 else -1.0
    else:
        weights[target.index] = 1.0
    return weights


def class_scores(network: Network, outputs: Floats) -> Floats:
    """Outputs read as class scores between 0 and 1.

    Softmax and sigmoid outputs are scores already; one sigmoid unit p becomes (1 - p, p); logits
    go through softmax, a single one through the sigmoid.

    Args:
        network: the network that gave them.
        outputs: (N, K) float32.

    Returns:
        (N, classes) float32.
    """
    squash = network.heads[0].squash
    if squash is Squash.LINEAR and not _are_probabilities(outputs):
        if network.units == 1:
            outputs = 0.5 + 0.5 * np.tanh(0.5 * outputs)  # the sigmoid, without overflow
        else:
            raised = np.exp(outputs - outputs.max(axis=1, keepdims=True))
            outputs = raised / raised.sum(axis=1, keepdims=True)
    if network.units == 1:
        return np.concatenate([1.0 - outputs, outputs], axis=1)
    return outputs


def class_count(network: Network) -> int:
    """How many classes the network can tell apart: one unit stands for two."""
    return max(network.units, 2)


def _are_probabilities(outputs: Floats) -> bool:
    # Some networks end in a softmax that is no layer; then each row sums to one.
    if outputs.shape[1] < 2 or not np.isfinite(outputs).all():
        return False
    return bool((outputs >= 0).all() and np.allclose(outputs.sum(axis=1), 1.0, atol=1e-3))


def _plural(kind: TargetKind) -> str:
    return "classes" if kind is TargetKind.CLASS else "outputs"
