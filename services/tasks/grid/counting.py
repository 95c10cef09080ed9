"""How well objects are detected: precision, recall and F1 as Studio counts them, and confusion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from services.tasks.confusion import Confusion
from services.tasks.grid.hits import GridObject
from services.tasks.marks import ObjectVerdict
from services.tasks.scores import ClassFigures, figures_of
from services.tasks.shown import Counts

NOTHING = 0  # the class of what is not there


@dataclass(frozen=True, eq=False)
class ObjectCounts:
    """Of each class, the background left out, (classes,) each.

    Attributes:
        hits: detections that count for a labelled object; several may count for one.
        false_alarms: other detections, those of a wrong class among them.
        missed: labelled objects that no detection of their class counts for.
        labelled: all labelled objects.
    """

    hits: Counts
    false_alarms: Counts
    missed: Counts
    labelled: Counts

    @property
    def table(self) -> Counts:
        """(4, classes) all of it, in the order of the attributes."""
        return np.stack([self.hits, self.false_alarms, self.missed, self.labelled])

    @property
    def figures(self) -> ClassFigures:
        """Precision, recall and F1 of each class."""
        return figures_of(self.hits, self.hits + self.missed, self.hits + self.false_alarms)

    @property
    def over_all(self) -> tuple[float, float, float]:
        """Precision, recall and F1 over all classes; 1 where there is nothing to find or found."""
        hits, said = int(self.hits.sum()), int((self.hits + self.false_alarms).sum())
        there = int((self.hits + self.missed).sum())
        if not said and not there:
            return 1.0, 1.0, 1.0
        return hits / max(said, 1), hits / max(there, 1), 2 * hits / (said + there)


def counted_objects(objects: Iterable[GridObject], classes: int, first: int) -> ObjectCounts:
    """Count the judged ones.

    Args:
        objects: of some samples.
        classes: of the grid.
        first: the first class that is no background.
    """
    hits, false_alarms, missed, labelled = np.zeros((4, classes), np.int64)
    for each in objects:
        if each.verdict is ObjectVerdict.UNJUDGED:
            continue
        if each.true is not None:
            labelled[each.true] += 1
        if each.verdict is ObjectVerdict.HIT:
            hits[each.true] += len(each.detections)
            continue
        if each.true is not None:
            missed[each.true] += 1
        if each.said is not None:
            false_alarms[each.said] += 1
    return ObjectCounts(*(each[first:] for each in (hits, false_alarms, missed, labelled)))


def confused_objects(objects: Iterable[GridObject], classes: int, first: int) -> Confusion:
    """What is taken for what, with the background as the first class: missed, and false alarms.

    Args:
        objects: of some samples.
        classes: of the grid.
        first: the first class that is no background.
    """
    judged = [each for each in objects if each.verdict is not ObjectVerdict.UNJUDGED]
    moved = 1 - first  # of a grid without one the background comes on top
    true = [NOTHING if each.true is None else each.true + moved for each in judged]
    said = [NOTHING if each.said is None else each.said + moved for each in judged]
    return Confusion.of(np.array(true, np.int64), np.array(said, np.int64), classes + moved)
