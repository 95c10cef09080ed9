"""What the network says of a picture itself: the one rule, for numpy and inside a run alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcam.arrays import Floats
from gradcam.head import Head, Squash
from gradcam.network import Network
from gradcam.scores import head_scores, is_binary
from gradcam.targets import Target


def predicted_targets(network: Network, outputs: Floats) -> list[Target]:
    """What the network itself says of each sample: what a capture without a target explains.

    The class with the highest score; the side that a single sigmoid took; a single linear unit;
    of a grid the class with the highest score in any cell, where class 0 is the background, summed
    over the cells that say so: those whose best class it is (of a grid of one class, whose score
    is at least a half). Where none says so, its best cell is meant. Of several outputs the first
    one counts.

    Args:
        network: the network that gave the outputs.
        outputs: (N, K) float32.

    Returns:
        One for each of the N samples.
    """
    head = network.heads[0]
    choices = _choices(head, outputs, np)
    if head.grid is None:
        return [_target(network.heads, int(each)) for each in choices]
    says = _says_so(head, outputs, choices, np).reshape(-1, *head.grid)
    return [
        Target.for_cells(int(each), zip(*np.nonzero(cells), strict=True))
        for each, cells in zip(choices, says, strict=True)
    ]


def predicted_weights(heads: Sequence[Head], outputs: Any, arrays: Any = np) -> Any:  # noqa: ANN401
    """The weights over the logits of the same: those of `predicted_targets`, number for number.

    Args:
        heads: of the network.
        outputs: (N, K) float32, of numpy or of another library.
        arrays: that library, under numpy's names, so that a network may choose inside its own run.

    Returns:
        (N, K) float32 of the same library.
    """
    head = heads[0]
    choices = _choices(head, outputs, arrays)
    chosen = choices[:, None]
    unit = np.arange(sum(each.units for each in heads))
    own = (unit < head.units)[None]
    if _is_one_value(head):
        signs = arrays.where(chosen == 1, np.float32(1), np.float32(-1))
        return arrays.where(own, signs, np.float32(0))
    is_chosen = own & ((unit % head.classes)[None] == chosen)
    if head.grid is not None:
        cell = np.minimum(unit // head.classes, head.cells - 1)
        is_chosen &= arrays.take(_says_so(head, outputs, choices, arrays), cell, axis=1)
    return arrays.where(is_chosen, np.float32(1), np.float32(0))


def _choices(head: Head, outputs: Any, arrays: Any) -> Any:  # noqa: ANN401 - of any library
    """(N,) the number of the class; of a head with one value 1 for what raises it, else 0."""
    own = outputs[:, : head.units]
    if head.grid is not None:
        first = head.background_classes
        best = arrays.max(_cell_scores(head, outputs, arrays), axis=1)
        return arrays.argmax(best[:, first:], axis=1) + first
    if not _is_one_value(head):
        return arrays.argmax(own, axis=1)
    if head.squash is Squash.SIGMOID:
        return arrays.where(own[:, 0] >= 0.5, 1, 0)
    return arrays.ones_like(own[:, 0])


def _says_so(head: Head, outputs: Any, choices: Any, arrays: Any) -> Any:  # noqa: ANN401
    """(N, cells) whether a cell of a grid is among those that say the chosen class."""
    scores = _cell_scores(head, outputs, arrays)
    is_chosen = np.arange(head.classes)[None] == choices[:, None]
    of_chosen = arrays.sum(arrays.where(is_chosen[:, None], scores, np.float32(0)), axis=2)
    if head.classes == 1:
        says = of_chosen >= np.float32(0.5)
    else:
        says = arrays.argmax(scores, axis=2) == choices[:, None]
    is_best = np.arange(head.cells)[None] == arrays.argmax(of_chosen, axis=1)[:, None]
    return says | (is_best & ~arrays.any(says, axis=1, keepdims=True))


def _cell_scores(head: Head, outputs: Any, arrays: Any) -> Any:  # noqa: ANN401 - of any library
    """(N, cells, classes) scores of a grid."""
    scores = head_scores(head, outputs[:, : head.units], arrays)
    return arrays.reshape(scores, (-1, head.cells, head.classes))


def _target(heads: Sequence[Head], choice: int) -> Target:
    if not _is_one_value(heads[0]):
        return Target.for_class(choice)
    if is_binary(heads) and heads[0].squash is Squash.SIGMOID:
        return Target.for_class(choice)
    return Target.for_output(0, lowers=choice == 0)


def _is_one_value(head: Head) -> bool:
    return head.units == 1 and head.grid is None
