"""The scores of places: what is explained of an anomaly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import Target
from gradcam.arrays import Floats
from services.errors import ProjectError
from services.tasks.targets import NOBODY, PREDICTED, TargetOption, Targets

HOTTEST, EVERY = "=hottest", "=all"
SAID = {
    PREDICTED: "the places above the threshold",
    HOTTEST: "the hottest place",
    EVERY: "all places",
}


@dataclass(frozen=True)
class PlaceTargets(Targets):
    """The scores of a grid of places.

    Attributes:
        grid: rows and columns.
    """

    grid: tuple[int, int]

    default = PREDICTED

    @property
    def options(self) -> tuple[TargetOption, ...]:
        """What decides, the hottest place, all places."""
        return tuple(TargetOption(word, said) for word, said in SAID.items())

    def checked(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.checked`."""
        if against != NOBODY:
            raise ProjectError("An anomaly has one score, so nothing can be set against it.")
        if target not in SAID:
            known = ", ".join(SAID.values())
            raise ProjectError(
                f"There is no target “{target.removeprefix('=')}” in this project; there are "
                f"{known}."
            )
        return target, against

    def typed(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.typed`."""
        return self.checked(target if target in SAID else f"={target}", against)

    def early(
        self, target: str, against: str, labels: Sequence[str | None]
    ) -> list[Target | None] | None:
        """See `Targets.early`: only of all places it is known where they are."""
        return [Target.for_cells(0)] * len(labels) if target == EVERY else None

    def names(self, target: Target) -> tuple[str, str]:
        """See `Targets.names`."""
        if target.cells is None:
            return SAID[EVERY], ""
        if len(target.cells) > 1:
            return f"{len(target.cells)} places", ""
        ((row, column),) = target.cells
        return f"the place in row {row + 1}, column {column + 1}", ""

    def of(self, target: str, scores: Floats, threshold: float) -> Target:
        """What is meant of a picture; the places above the threshold where the words name nothing.

        Args:
            target: a word.
            scores: (rows · columns,) of its places.
            threshold: where none reaches it, the hottest place is meant.
        """
        if target == EVERY:
            return Target.for_cells(0)
        hot = np.flatnonzero(scores >= threshold)
        if target == HOTTEST or not len(hot):
            hot = np.array([scores.argmax()])
        rows, columns = np.unravel_index(hot, self.grid)
        return Target.for_cells(0, zip(rows.tolist(), columns.tolist(), strict=True))
