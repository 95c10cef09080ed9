"""What a network returns, read as scores between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcam.arrays import Floats, Mask
from gradcam.head import Head
from gradcam.network import Network

NEAR_ONE = 1e-3  # how far the sum of shares may be from one


def class_scores(network: Network, outputs: Floats) -> Floats:
    """Outputs read as class scores between 0 and 1.

    Softmax and sigmoid outputs are scores already; one sigmoid unit p becomes (1 - p, p); logits,
    and logarithms of scores, go through softmax, a single logit through the sigmoid. Each output
    of several is read by its own last activation, each cell of a grid on its own; one
    value a cell stays what it is, see `Head.is_of_values`.

    Args:
        network: the network that gave them.
        outputs: (N, K) float32.

    Returns:
        (N, classes) float32; (N, K) for several outputs or a grid.
    """
    parts, start = [], 0
    for head in network.heads:
        own = outputs[:, start : start + head.units]
        parts.append(own if head.is_of_values else head_scores(head, own))
        start += head.units
    scores = np.concatenate(parts, axis=1)
    if is_binary(network.heads):
        return np.concatenate([1.0 - scores, scores], axis=1)
    return scores


def best_tied(scores: Floats) -> Mask:
    """Where the two best scores are equal, so that the order of the classes alone decides.

    Whole numbers have 256 levels: of int8 networks up to 17 % of real pictures end so.

    Args:
        scores: (N, classes) float32.

    Returns:
        (N,) bool; False where there is one class, or a score is no number.
    """
    if scores.shape[1] < 2:
        return np.zeros(len(scores), bool)
    best = np.partition(scores, -2, axis=1)[:, -2:]
    tied: Mask = best[:, 0] == best[:, 1]
    return tied


def class_count(network: Network) -> int:
    """How many classes the network can tell apart: one unit stands for two."""
    if is_binary(network.heads):
        return 2
    head = network.heads[0]
    return head.classes if head.grid is not None else network.units


def are_tied(scores: Floats) -> Mask:
    """Where the two best of a row are equal, so that the first of them is said by its place alone.

    Networks of whole numbers have few levels; on real pictures up to one in six is a tie.

    Args:
        scores: (N, classes) float32, or outputs.

    Returns:
        (N,) bool; of fewer than two classes there is none.
    """
    if scores.shape[1] < 2:
        return np.zeros(len(scores), bool)
    second, best = np.partition(scores, -2, axis=1)[:, -2:].T
    return np.asarray(second == best)


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
