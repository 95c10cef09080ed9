"""What a network returns, read as scores between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcam.arrays import Floats
from gradcam.head import Head
from gradcam.network import Network

NEAR_ONE = 1e-3  # how far the sum of shares may be from one


def class_scores(network: Network, outputs: Floats) -> Floats:
    """Outputs read as class scores between 0 and 1.

    Softmax and sigmoid outputs are scores already; one sigmoid unit p becomes (1 - p, p); logits,
    and logarithms of scores, go through softmax, a single logit through the sigmoid. Each output
    of several is read by its own last activation, each cell of a grid on its own.

    Args:
        network: the network that gave them.
        outputs: (N, K) float32.

    Returns:
        (N, classes) float32; (N, K) for several outputs or a grid.
    """
    parts, start = [], 0
    for head in network.heads:
        parts.append(head_scores(head, outputs[:, start : start + head.units]))
        start += head.units
    scores = np.concatenate(parts, axis=1)
    if is_binary(network.heads):
        return np.concatenate([1.0 - scores, scores], axis=1)
    return scores


def class_count(network: Network) -> int:
    """How many classes the network can tell apart: one unit stands for two."""
    if is_binary(network.heads):
        return 2
    head = network.heads[0]
    return head.classes if head.grid is not None else network.units


def is_binary(heads: Sequence[Head]) -> bool:
    """Whether one unit stands for two classes."""
    return len(heads) == 1 and heads[0].units == 1 and heads[0].grid is None


def head_scores(head: Head, outputs: Any, arrays: Any = np) -> Any:  # noqa: ANN401 - of any library
    """What one head gives, read as scores between 0 and 1.

    Args:
        head: that gave it.
        outputs: (N, units) float32, of numpy or of another library.
        arrays: that library, under numpy's names: a network may want the scores inside its own
            run.

    Returns:
        (N, units) of the same library.
    """
    if head.squash.gives_shares:
        return outputs
    if head.classes == 1:
        return 0.5 + 0.5 * arrays.tanh(0.5 * outputs)  # the sigmoid, without overflow
    rows = arrays.reshape(outputs, (-1, head.classes))
    raised = arrays.exp(rows - arrays.max(rows, axis=1, keepdims=True))
    soft = raised / arrays.sum(raised, axis=1, keepdims=True)
    scores = arrays.where(_are_shares(rows, arrays), rows, soft)
    return arrays.reshape(scores, (-1, head.units))


def _are_shares(rows: Any, arrays: Any) -> Any:  # noqa: ANN401 - of any library
    # Some networks end in a softmax that is no layer; then each row sums to one.
    near = arrays.abs(arrays.sum(rows, axis=1) - 1.0) <= NEAR_ONE
    return arrays.all(rows >= 0) & arrays.all(near)
