"""What Mistakes shows of a task: its figures, and each mistake with what it is set beside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

import numpy as np

from services.tables import Cell
from services.tasks.facets import Facet, Listed
from services.tasks.parts import Address
from services.tasks.shown import Positions
from services.tasks.targets import Sight

NO_SAMPLES: Final = np.zeros(0, np.int64)


class Mistakes(ABC):
    """The mistakes among N samples."""

    @abstractmethod
    def facets(self, threshold: float | None) -> tuple[Facet, ...]:
        """What can be looked at, the first one first.

        Args:
            threshold: the live one; None for the task's own.
        """

    @abstractmethod
    def listed(self, sure: int, threshold: float | None) -> Listed:
        """What is looked at one by one.

        Args:
            sure: the score in per cent from which the network counts as sure.
            threshold: the live one; None for the task's own.
        """

    @abstractmethod
    def sights(self, address: Address) -> tuple[Sight, ...]:
        """The heatmaps of a mistake; the first explains what the network says."""

    def taken_for(self, address: Address) -> tuple[str, Positions]:
        """What a mistake was taken for, and the samples of which it is true; none where no name."""
        return "", NO_SAMPLES

    @abstractmethod
    def row(self, address: Address) -> dict[str, Cell]:
        """What is true and what the network says, as a row of a table."""

    @abstractmethod
    def own_boxes(self, position: int) -> set[str]:
        """What boxes of a sample's own object are called."""
