"""What is taken for what: the cells that hold a sample, however many classes there are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

_Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Confusion:
    """A confusion matrix without its empty cells.

    Attributes:
        classes: how many.
        true, called: (cells,) the classes of each cell, row after row.
        count: (cells,) how many samples it holds, one at least.
    """

    classes: int
    true: _Numbers
    called: _Numbers
    count: _Numbers

    @classmethod
    def of(cls, true: _Numbers, called: _Numbers, classes: int) -> Self:
        """Of some samples.

        Args:
            true: (M,) indices of the true classes.
            called: (M,) indices of the predicted ones.
            classes: how many.
        """
        cells, count = np.unique(true * classes + called, return_counts=True)
        return cls(classes, *np.divmod(cells, classes), count)

    @cached_property
    def support(self) -> _Numbers:
        """(classes,) how many samples are of each."""
        return self._summed(self.true, self.count)

    @cached_property
    def predicted(self) -> _Numbers:
        """(classes,) how many are called so."""
        return self._summed(self.called, self.count)

    @cached_property
    def hits(self) -> _Numbers:
        """(classes,) how many are called so and are so."""
        right = self.true == self.called
        return self._summed(self.true[right], self.count[right])

    @property
    def total(self) -> int:
        """M."""
        return int(self.count.sum())

    def _summed(self, classes: _Numbers, count: _Numbers) -> _Numbers:
        return np.bincount(classes, count, self.classes).astype(np.int64)

    def table(self) -> _Numbers:
        """(classes, classes) counts, true by predicted; for as many classes as can be drawn."""
        table = np.zeros((self.classes, self.classes), np.int64)
        table[self.true, self.called] = self.count
        return table


@dataclass(frozen=True)
class Pair:
    """Two classes of which one is taken for the other.

    Attributes:
        true, called: indices of the classes.
        count: how often.
        share: of the true class, 0..1.
    """

    true: int
    called: int
    count: int
    share: float


@dataclass(frozen=True)
class ConfusedPairs:
    """Every two classes of which one was taken for the other, the commonest first.

    Attributes:
        of: what is taken for what.
    """

    of: Confusion

    def __len__(self) -> int:
        """How many there are."""
        return len(self._order)

    def first(self, most: int | None = None) -> list[Pair]:
        """So many of them; all where nobody says."""
        return [
            Pair(
                true := int(self.of.true[cell]),
                int(self.of.called[cell]),
                count := int(self.of.count[cell]),
                count / int(self.of.support[true]),
            )
            for cell in self._order[:most]
        ]

    @cached_property
    def _order(self) -> _Numbers:
        wrong = np.flatnonzero(self.of.true != self.of.called)
        count = self.of.count[wrong]
        return wrong[np.lexsort((-count / self.of.support[self.of.true[wrong]], -count))]
