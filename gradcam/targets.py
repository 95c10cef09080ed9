"""What is explained: one number, written as weights over the network's logits.

A target is data, not code: a traced capture takes its weights as an argument, so that another
class costs no new trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

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


@dataclass(frozen=True)
class Target:
    """The number that is explained. Made by the methods below.

    Attributes:
        kind: what sort of number it is.
        index: of the class or the unit, from 0.
        against: the other class of a contrast, or of a difference in the cells of a grid.
        cells: row and column of each cell that is meant of a grid output, from 0, in C order;
            None for all of them.
        lowers: what lowers the number is explained, not what raises it.
    """

    kind: TargetKind
    index: int
    against: int | None = None
    cells: tuple[tuple[int, int], ...] | None = None
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
    def for_cells(
        cls, index: int, cells: Iterable[tuple[int, int]] | None = None, against: int | None = None
    ) -> Self:
        """A class in cells of a grid output (FOMO): the sum of its logit over them.

        Args:
            index: of the class.
            cells: row and column of each; None for the mean over all cells, which mostly speaks of
                those where nothing is.
            against: a class whose logit in the same cells is taken away: why not that one.
        """
        chosen = (
            None
            if cells is None
            else tuple(sorted({(int(row), int(column)) for row, column in cells}))
        )
        return cls(TargetKind.CELLS, index, against, chosen)

    @classmethod
    def for_cell(cls, index: int, row: int, column: int, against: int | None = None) -> Self:
        """A class in one cell of a grid output: its logit there, see `for_cells`."""
        return cls.for_cells(index, [(row, column)], against)

    @property
    def told(self) -> list[object]:
        """It as JSON holds it, for another process; `heard` makes it again."""
        return [self.kind, self.index, self.against, self.cells, self.lowers]

    @classmethod
    def heard(cls, told: Sequence[Any]) -> Self:
        """The target that `told` gave, also behind JSON."""
        kind, index, against, cells, lowers = told
        chosen = None if cells is None else tuple((row, column) for row, column in cells)
        return cls(TargetKind(kind), index, against, chosen, lowers)

    @property
    def is_difference(self) -> bool:
        """Whether the number is one class minus another."""
        return self.against is not None

    def __repr__(self) -> str:
        """The call that makes it."""
        if self.kind is TargetKind.CONTRAST:
            return f"Target.contrast({self.index}, {self.against})"
        given = [repr(self.index)]
        if self.cells is not None:
            given += map(repr, self.cells[0] if len(self.cells) == 1 else [self.cells])
        if self.against is not None:
            given.append(f"against={self.against}")
        if self.lowers:
            given.append("lowers=True")
        one = self.cells is not None and len(self.cells) == 1
        return f"Target.for_{'cell' if one else self.kind}({', '.join(given)})"


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
            _refuse_itself(target)
            return _class_weights(network, target.index) - _class_weights(network, against)
    weights = np.zeros(network.units, np.float32)
    columns = _cell_columns(network, target, target.index)
    share = 1.0 / len(columns) if target.cells is None else 1.0
    weights[columns] = share
    if target.against is not None:
        _refuse_itself(target)
        weights[_cell_columns(network, target, target.against)] = -share
    return weights


def target_values(network: Network, outputs: Floats, target: Target) -> Floats:
    """The number a person reads for a target: a score, or a value.

    A class is read as its score in 0..1, a contrast as the one score minus the other, an output
    as its value (negated for what lowers it). Given cells are read as the highest score of their
    class in any of them, as an object's is; all cells as its mean score. Where another class is
    taken away, its score in the same cell is.

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
    own = scores[:, _cell_columns(network, target, target.index)]
    if target.against is not None:
        own = own - scores[:, _cell_columns(network, target, target.against)]
    return own.mean(axis=1) if target.cells is None else own.max(axis=1)


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


def _cell_columns(network: Network, target: Target, index: int) -> NDArray[np.int64]:
    """Places, among the K outputs, of a class in the cells that the target names, in C order."""
    start = 0
    for head in network.heads:
        if head.grid is not None:
            break
        start += head.units
    else:
        raise GradcamError(
            f"{network.name} does not give a grid of cells; ask for a class or an output."
        )
    _refuse_missing(network, index, head.classes, "classes")
    columns = start + np.arange(head.units).reshape(*head.grid, head.classes)[:, :, index]
    if target.cells is None:
        return columns.ravel()
    if not target.cells:
        raise GradcamError("No cell is named; name at least one, or none at all for the mean.")
    for cell in target.cells:
        for place, count, axis in zip(cell, head.grid, ("rows", "columns"), strict=True):
            _refuse_missing(network, place, count, f"{axis} of cells")
    return np.array([columns[cell] for cell in target.cells])


def _refuse_itself(target: Target) -> None:
    if target.against == target.index:
        raise GradcamError("A class minus itself is nothing; name two different classes.")


def _refuse_missing(network: Network, index: int, count: int, things: str) -> None:
    if not 0 <= index < count:
        raise GradcamError(
            f"{network.name} has {count} {things}, numbered from 0; there is no number {index}."
        )
