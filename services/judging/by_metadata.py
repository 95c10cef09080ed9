"""How good the network is for each value of a key of the metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.predictions.metadata import Metadata
from services.predictions.predictions import Predictions
from services.tables import Cell
from services.tasks.scores import wilson


@dataclass(frozen=True)
class ByMetadata:
    """A view of mistakes that no task has to offer: there is one wherever samples carry metadata.

    Attributes:
        metadata: of the samples; it has a key at least.
    """

    metadata: Metadata
    name: str = "By metadata"


@dataclass(frozen=True)
class ValueRow:
    """The labelled samples with one value.

    Attributes:
        value: its name.
        count: how many are labelled.
        right: how many of these are correct.
        low, high: where their share lies with a confidence of 95 %; NaN of none.
        own: the task's own figures; empty where none is labelled.
    """

    value: str
    count: int
    right: int
    low: float
    high: float
    own: Mapping[str, Cell]

    @property
    def share(self) -> float:
        """Of the correct ones; NaN of none."""
        return self.right / self.count if self.count else float("nan")


def by_metadata(
    predictions: Predictions, key: str, threshold: float | None
) -> tuple[ValueRow, ...]:
    """A row for each value, in their own order.

    Args:
        predictions: of the project.
        key: one of the metadata's.
        threshold: the live one; None for the project's own.
    """
    groups, correct = predictions.metadata.keys[key], predictions.correct(threshold)
    known, of = np.isfinite(correct), groups.of
    count = np.bincount(of[known], minlength=len(groups.names))
    right = np.bincount(of[correct == 1], minlength=len(groups.names))
    low, high = wilson(right, count)
    pages = predictions.answers.pages
    return tuple(
        ValueRow(
            name,
            int(count[i]),
            int(right[i]),
            float(low[i]),
            float(high[i]),
            pages.of_group(known & (of == i), threshold) if count[i] else {},
        )
        for i, name in enumerate(groups.names)
    )
