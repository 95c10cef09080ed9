"""The kinds of lists, by their words in the link; a new one gets a line in `KINDS`."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from services.choices.browse import sides_of
from services.choices.choices import Choices
from services.choices.conditions import misfit
from services.choices.filter import Filter
from services.embedding.asked import Embedding
from services.embedding.doubts import doubted
from services.findings.report import finding_named
from services.lists.mistaken import CellList, OneByOneList
from services.lists.sample_list import Filtered, SampleList, samples_of
from services.lists.worklist import Worklist
from services.predictions.predictions import Predictions
from services.scan.again import scan_again
from services.scan.pictures import pictures_of
from services.scan.scanning import Scan
from services.tasks.shown import Positions


class WorstFirst(SampleList):
    """The mistakes that the Project page begins with, and all after them."""

    word = "worst"

    @property
    def positions(self) -> Positions:
        """See `SampleList.positions`."""
        worst = self.predictions.answers.pages.worst(
            len(self.predictions), self.choices.filter.threshold
        )
        return np.array(worst.positions, np.int64)

    @property
    def said(self) -> str:
        """As the Project page calls them."""
        return self.predictions.answers.pages.worst(1, self.choices.filter.threshold).title.lower()


class Side(SampleList):
    """One side of Review."""

    index: ClassVar[int]

    @property
    def positions(self) -> Positions:
        """See `SampleList.positions`."""
        sides = sides_of(self.predictions, self.choices)
        return samples_of((sides.correct, sides.incorrect)[self.index])

    @property
    def said(self) -> str:
        """The side's name, and the class."""
        name = self.predictions.answers.pages.side_names[self.index].lower()
        return ", ".join(filter(None, (f"review: {name}", self.choices.review_class)))


class CorrectSide(Side):
    """The correct side."""

    word = "correct"
    index = 0


class IncorrectSide(Side):
    """The incorrect side."""

    word = "incorrect"
    index = 1


class OfFinding(SampleList):
    """The pictures of a finding of Scan, the clearest first; its argument is the finding's name."""

    word = "finding"

    @property
    def positions(self) -> Positions:
        """See `SampleList.positions`."""
        return pictures_of(self.predictions, self.argument)

    @property
    def said(self) -> str:
        """Its question."""
        finding = finding_named(self.argument)
        return "a finding of the scan" if finding is None else f"finding: {finding.question}"

    @property
    def asked(self) -> Scan | None:
        """The scan, where it is no longer kept."""
        return scan_again(self.predictions, self._only)

    @property
    def refused(self) -> str:
        """See `SampleList.refused`."""
        return misfit(self.predictions, self._only)

    @property
    def _only(self) -> Filter:
        return Filter(finding=self.argument, threshold=self.choices.filter.threshold)


class LabelsToCheck(SampleList):
    """The samples of Embeddings whose neighbours all carry another label."""

    word = "labels"

    @property
    def positions(self) -> Positions:
        """See `SampleList.positions`."""
        asked = Embedding(self.predictions, self.choices)
        embedded = asked.found
        if embedded is None:
            return np.zeros(0, np.int64)
        points = [doubt.point for doubt in doubted(asked, embedded)]
        return embedded.positions[np.array(points, np.int64)]

    @property
    def said(self) -> str:
        """As the page calls them."""
        return "labels to check"

    @property
    def asked(self) -> Embedding | None:
        """The embedding, where it is no longer kept."""
        asked = Embedding(self.predictions, self.choices)
        return asked if asked.missing else None


KINDS: dict[str, type[SampleList]] = {
    kind.word: kind
    for kind in (
        Filtered, OneByOneList, CellList, WorstFirst, CorrectSide, IncorrectSide, OfFinding,
        LabelsToCheck, Worklist,
    )
}  # fmt: skip


def chosen_samples(predictions: Predictions, choices: Choices) -> SampleList:
    """The list that is gone through; the filtered one where the link names none that there is."""
    kind, _, argument = choices.within.partition(":")
    return KINDS.get(kind, Filtered)(predictions, choices, argument)
