"""What can be explained of a grid: a class in the cells that say it, or in those of one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam import Target
from gradcam.arrays import Floats
from services.errors import ProjectError
from services.tasks.grid.detection import Detection, GridCell
from services.tasks.grid.hits import GridObject
from services.tasks.targets import NOBODY, PREDICTED, TRUE, TargetOption, Targets

BY_SAMPLE = frozenset({PREDICTED, TRUE})


@dataclass(frozen=True)
class GridTargets(Targets):
    """The logits of classes, summed over cells of the grid.

    Attributes:
        classes: names, in the order of the grid's outputs.
        first: the first one that is no background.
        grid: rows and columns of cells.
    """

    classes: tuple[str, ...]
    first: int
    grid: tuple[int, int]

    default = PREDICTED

    @property
    def options(self) -> tuple[TargetOption, ...]:
        """What is chosen object by object, then each class."""
        return (
            TargetOption(PREDICTED, "detected class"),
            TargetOption(TRUE, "labelled class"),
            *(TargetOption(f"={name}", name) for name in self.classes),
        )

    @property
    def against(self) -> tuple[TargetOption, ...]:
        """Nothing first."""
        return (
            TargetOption(NOBODY, "nothing"),
            TargetOption(PREDICTED, "the detected class"),
            TargetOption(TRUE, "the labelled class"),
            *(TargetOption(f"={name}", name) for name in self.classes),
        )

    def checked(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.checked`."""
        for words, known in ((target, BY_SAMPLE), (against, BY_SAMPLE | {NOBODY})):
            name = words.removeprefix("=")
            if words in known or (name != words and name in self._index):
                continue
            raise ProjectError(
                f"There is no class “{name}” in this project; it has {', '.join(self.classes)}."
            )
        return target, against

    def typed(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.typed`."""
        both = ((target, BY_SAMPLE), (against, BY_SAMPLE | {NOBODY}))
        target, against = (
            words if words in known or words.startswith("=") else f"={words}"
            for words, known in both
        )
        return target, against

    def early(
        self, target: str, against: str, labels: Sequence[str | None]
    ) -> list[Target | None] | None:
        """See `Targets.early`; never: the cells are known once the network has answered."""
        return None

    def names(self, target: Target) -> tuple[str, str]:
        """See `Targets.names`."""
        against = "" if target.against is None else self.classes[target.against]
        return self.classes[target.index], against

    def of_object(self, one: GridObject, target: str, against: str) -> Target:
        """A class in the cells of one object.

        What is `predicted` of a missed one is the background, and what it is set against is then
        the labelled class where nobody says otherwise: what speaks for nothing being there.

        Args:
            one: of a sample.
            target: `predicted`, `true`, or `=` and a name; what names no class is `predicted`.
            against: the same, or nothing.
        """
        true, said = one.true, one.said
        if said is None and target == PREDICTED and against == NOBODY and self.first:
            return Target.for_cells(0, one.cells(self.grid), true)
        own = next((each for each in (said, 0 if self.first else true) if each is not None), 0)
        chosen = self._class(target, true, own)
        other = None if against == NOBODY else self._class(against, true, own, chosen)
        return self._in(chosen, one.cells(self.grid), other)

    def of_sample(
        self, objects: Sequence[GridObject], scores: Floats, target: str, against: str
    ) -> Target:
        """A class in the cells of a whole sample that say it; where none does, in its best one.

        Args:
            objects: of the sample.
            scores: (rows, columns, classes) of it.
            target: as of an object; `predicted` is the class that is said the most surely, `true`
                that of the first labelled object.
            against: the same, or nothing.
        """
        said = [each for one in objects for each in one.detections]
        surest = max(said, key=lambda each: each.score, default=None)
        best = int(scores[..., self.first :].max(axis=(0, 1)).argmax()) + self.first
        own = best if surest is None else surest.kind
        true = next((one.true for one in objects if one.true is not None), None)
        chosen = self._class(target, true, own)
        other = None if against == NOBODY else self._class(against, true, own, chosen)
        return self._in(chosen, self._cells(chosen, said, scores), other)

    def _cells(self, kind: int, said: Iterable[Detection], scores: Floats) -> Iterable[GridCell]:
        cells = [cell for each in said if each.kind == kind for cell in each.cells]
        if cells:
            return cells
        row, column = np.unravel_index(scores[..., kind].argmax(), self.grid)
        return [(int(row), int(column))]

    def _in(self, chosen: int, cells: Iterable[GridCell], other: int | None) -> Target:
        return Target.for_cells(chosen, cells, None if other == chosen else other)

    def _class(self, words: str, true: int | None, own: int, otherwise: int | None = None) -> int:
        """The class that is meant; `otherwise` where the words name none of this project."""
        if words == TRUE:
            return own if true is None else true
        if words == PREDICTED:
            return own
        return self._index.get(words.removeprefix("="), own if otherwise is None else otherwise)

    @cached_property
    def _index(self) -> Mapping[str, int]:
        """Of each class by its name."""
        return {name: number for number, name in enumerate(self.classes)}
