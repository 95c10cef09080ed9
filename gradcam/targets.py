"""What is explained: one number, written as weights over the network's logits.

A target is data, not code: a traced capture takes its weights as an argument, so that another
class costs no new trace.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.errors import GradcamError
from gradcam.network import Network
from gradcam.scores import class_count, class_scores, is_binary


class TargetKind(StrEnum):
    """Which number is explained."""

    CLASS = "class"
    OUTPUT = "output"
    CONTRAST = "contrast"
    CELLS = "cells"
    CELL = "cell"


@dataclass(frozen=True)
class Target:
    """The number that is explained. Made by the methods below.

    Attributes:
        kind: what sort of number it is.
        index: of the class or the unit, from 0.
        against: the other class of a contrast.
        cell: row and column of one cell of a grid output, from 0.
        lowers: what lowers the number is explained, not what raises it.
    """

    kind: TargetKind
    index: int
    against: int | None = None
    cell: tuple[int, int] | None = None
    lowers: bool = False

    @classmethod
    def for_class(cls, index: int) -> Self:
        """The logit of a class. One sigmoid unit is two classes: -logit and +logit."""
        return cls(TargetKind.CLASS, index)

    @classmethod
    def for_output(cls, index: int = 0, *, lowers: bool = False) -> Self:
        """An output unit as it is: what raises its value, or with `lowers` what lowers it.

        Units of several outputs, and of a grid in C order, are numbered through.
        """
        return cls(TargetKind.OUTPUT, index, lowers=lowers)

    @classmethod
    def contrast(cls, index: int, against: int) -> Self:
        """Why this class and not that one: the logit of one minus the logit of the other.

        Of one sigmoid unit with logit z, whose classes have the logits -z and z, that is ±2z.
        """
        return cls(TargetKind.CONTRAST, index, against)

    @classmethod
    def for_cells(cls, index: int) -> Self:
        """A class of a grid output (FOMO): the mean of its logit over all cells."""
        return cls(TargetKind.CELLS, index)

    @classmethod
    def for_cell(cls, index: int, row: int, column: int) -> Self:
        """A class of one cell of a grid output: its logit there."""
        return cls(TargetKind.CELL, index, cell=(row, column))

    def __repr__(self) -> str:
        """The call that makes it."""
        match self.kind:
            case TargetKind.CONTRAST:
                return f"Target.contrast({self.index}, {self.against})"
            case TargetKind.CELL:
                row, column = self.cell or (None, None)
                return f"Target.for_cell({self.index}, {row}, {column})"
        lowers = ", lowers=True" if self.lowers else ""
        return f"Target.for_{self.kind}({self.index}{lowers})"


def target_weights(network: Network, target: Target) -> Floats:
    """Weights w over the K logits, so that the explained number is w·logits.

    Returns:
        (K,) float32.

    Raises:
        GradcamError: the network has no such class, output or cell.
    """
    match target.kind:
        case TargetKind.OUTPUT:
            weights = np.zeros(network.units, np.float32)
            _refuse_missing(network, target.index, network.units, "outputs")
            weights[target.index] = -1.0 if target.lowers else 1.0
            return weights
        case TargetKind.CLASS:
            return _class_weights(network, target.index)
        case TargetKind.CONTRAST:
            against = -1 if target.against is None else target.against
            if against == target.index:
                raise GradcamError("A class minus itself is nothing; name two different classes.")
            return _class_weights(network, target.index) - _class_weights(network, against)
    weights = np.zeros(network.units, np.float32)
    columns = _cell_columns(network, target)
    weights[columns] = 1.0 / len(columns)
    return weights


def target_values(network: Network, outputs: Floats, target: Target) -> Floats:
    """The number a person reads for a target: a score, or a value.

    A class is read as its score in 0..1, a contrast as the one score minus the other, an output
    as its value (negated for what lowers it), cells as the mean score of their class, a cell as
    its score.

    Args:
        network: the network that gave the outputs.
        outputs: (N, K) float32.
        target: which number.

    Returns:
        (N,) float32.

    Raises:
        GradcamError: the network has no such class, output or cell.
    """
    weights = target_weights(network, target)
    if target.kind is TargetKind.OUTPUT:
        return outputs[:, target.index] * weights[target.index]
    scores = class_scores(network, outputs)
    match target.kind:
        case TargetKind.CLASS:
            return scores[:, target.index]
        case TargetKind.CONTRAST:
            return scores[:, target.index] - scores[:, target.against]
    return scores[:, _cell_columns(network, target)].mean(axis=1)


def _class_weights(network: Network, index: int) -> Floats:
    if any(head.grid is not None for head in network.heads):
        raise GradcamError(
            f"{network.name} gives its classes for each cell of a grid; "
            "ask for a class in all cells or in one of them."
        )
    weights = np.zeros(network.units, np.float32)
    _refuse_missing(network, index, class_count(network), "classes")
    if is_binary(network.heads):
        weights[0] = 1.0 if index == 1 else -1.0
    else:
        weights[index] = 1.0
    return weights


def _cell_columns(network: Network, target: Target) -> NDArray[np.int64]:
    """Places, among the K outputs, of a class in the cells that the target names."""
    start = 0
    for head in network.heads:
        if head.grid is not None:
            break
        start += head.units
    else:
        raise GradcamError(
            f"{network.name} does not give a grid of cells; ask for a class or an output."
        )
    _refuse_missing(network, target.index, head.classes, "classes")
    columns = start + np.arange(head.units).reshape(*head.grid, head.classes)
    if target.cell is None:
        return columns[:, :, target.index].ravel()
    for place, count, axis in zip(target.cell, head.grid, ("rows", "columns"), strict=True):
        _refuse_missing(network, place, count, f"{axis} of cells")
    return columns[*target.cell, [target.index]]


def _refuse_missing(network: Network, index: int, count: int, things: str) -> None:
    if not 0 <= index < count:
        raise GradcamError(
            f"{network.name} has {count} {things}, numbered from 0; there is no number {index}."
        )
