"""The end of a network: its outputs, and what the last activation does to the logits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Squash(StrEnum):
    """What the last activation does to the logits."""

    SOFTMAX = "softmax"
    LOG_SOFTMAX = "log_softmax"
    SIGMOID = "sigmoid"  # a hard one too: each number becomes a share of its own
    LINEAR = "linear"

    @property
    def gives_shares(self) -> bool:
        """Whether its outputs are between 0 and 1 already."""
        return self in {Squash.SOFTMAX, Squash.SIGMOID}

    @property
    def is_over_classes(self) -> bool:
        """Whether the classes share one whole, so that just one of them is right."""
        return self in {Squash.SOFTMAX, Squash.LOG_SOFTMAX}


@dataclass(frozen=True)
class Head:
    """One output of a network.

    Attributes:
        squash: its last activation.
        units: numbers it gives for one picture, those of a grid in C order.
        grid: rows and columns of cells, where it gives its classes for each cell (FOMO).
        name: of the output; "" where nobody named it.
        is_table: whether its units are rows of several numbers, as boxes of object detection are.
    """

    squash: Squash
    units: int
    grid: tuple[int, int] | None = None
    name: str = ""
    is_table: bool = False

    @property
    def cells(self) -> int:
        """Of its grid; 1 where it has none."""
        return 1 if self.grid is None else self.grid[0] * self.grid[1]

    @property
    def classes(self) -> int:
        """Numbers it gives for one picture, or for one cell of its grid."""
        return self.units // self.cells

    @property
    def is_of_values(self) -> bool:
        """Whether each cell of a grid has one value, which is no score between 0 and 1."""
        return self.grid is not None and self.classes == 1 and self.squash is Squash.LINEAR

    @property
    def background_classes(self) -> int:
        """Of a grid: 1 where its class 0 stands for nothing, 0 where it has one class only."""
        return 1 if self.classes > 1 else 0
