"""What Mistakes shows of objects: each that is missed, wrongly said, or of a wrong class."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from services.numbers import percent
from services.tables import Cell
from services.tasks.facets import ByObject, ByThreshold, Facet, Listed, OneByOne
from services.tasks.grid.curve import curves
from services.tasks.grid.detection import cell_at, centre_of
from services.tasks.grid.pages import GridPages
from services.tasks.grid.sights import object_sights
from services.tasks.grid.verdicts import GridVerdicts
from services.tasks.marks import ObjectVerdict
from services.tasks.mistakes import NO_SAMPLES, Mistakes
from services.tasks.parts import Address, Place, sample_of
from services.tasks.shown import Number, Positions
from services.tasks.targets import Sight

LISTS = {
    ObjectVerdict.MISSED: "Missed",
    ObjectVerdict.FALSE_ALARM: "False alarms",
    ObjectVerdict.WRONG_CLASS: "Wrong class",
}


@dataclass(frozen=True)
class GridMistakes(Mistakes):
    """The mistakes among the objects of N samples."""

    answers: GridVerdicts

    def facets(self, threshold: float | None) -> tuple[Facet, ...]:
        """Class by class with the background, object by object, and over all thresholds."""
        answers, pages = self.answers, GridPages(self.answers)
        precision, recall, f1 = answers.counts(threshold).over_all
        numbers = (
            Number("Precision", percent(precision, 1)),
            Number("Recall", percent(recall, 1)),
            Number("F1", percent(f1, 1)),
            pages.right("All objects right", threshold),
        )
        names, table = (answers.background, *answers.things), pages.table(threshold)
        return (
            ByObject(names, answers.confusion(threshold), numbers, table, pages.rule_said),
            OneByOne("By object"),
            ByThreshold(partial(curves, answers), pages.limit(threshold).value),
        )

    def listed(self, sure: int, threshold: float | None) -> Listed:
        """What is missed, by falling score of its class; what is wrongly said, the surest first."""
        pages = GridPages(self.answers)
        ranked: dict[str, list[tuple[float, Place]]] = {name: [] for name in LISTS.values()}
        for position, own in enumerate(self.answers.objects(threshold)):
            for part, one in enumerate(own):
                if (name := LISTS.get(one.verdict)) is not None:
                    ranked[name].append((-pages.score(position, one), Place(position, part)))
        lists = {
            name: tuple[Address, ...](place for _, place in sorted(own))
            for name, own in ranked.items()
        }
        return Listed(lists, pages.rule_said, asks_sure=False, file="mistaken_objects.csv")

    def sights(self, address: Address) -> tuple[Sight, ...]:
        """Why the class that is said, what speaks for the labelled one, and why not that one."""
        own = object_sights(self.answers, address) if isinstance(address, Place) else ()
        return own or GridPages(self.answers).rows(sample_of(address))

    def taken_for(self, address: Address) -> tuple[str, Positions]:
        """What an object was taken for, and the samples where such a one is labelled."""
        one = self.answers.object(address) if isinstance(address, Place) else None
        if one is None or one.said is None or one.verdict is ObjectVerdict.HIT:
            return "", NO_SAMPLES
        there = [
            position
            for position, truths in enumerate(self.answers.truths)
            if position != sample_of(address) and any(t.kind == one.said for t in truths or ())
        ]
        return self.answers.name(one.said), np.array(there, np.int64)

    def row(self, address: Address) -> dict[str, Cell]:
        """An object with its verdict, its classes and where it lies."""
        answers, position = self.answers, sample_of(address)
        one = answers.object(address) if isinstance(address, Place) else None
        told: dict[str, Cell] = {"sample": answers.samples[position].id}
        if one is None:
            return told | {"labelled": answers.true_said(position)}
        at = cell_at(*centre_of(one.box), answers.grid)
        row, column = one.detections[0].best if one.detections else at
        return told | {
            "object": str(one.verdict),
            "labelled": answers.name(one.true),
            "detected": answers.name(one.said),
            "score": GridPages(answers).score(position, one),
            "row": row,
            "column": column,
        }

    def own_boxes(self, position: int) -> set[str]:
        """As the classes of its labelled objects."""
        return {self.answers.classes[each.kind] for each in self.answers.truths[position] or ()}
