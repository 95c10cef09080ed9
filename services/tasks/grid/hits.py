"""Which detections are hits: what a network says is there, held against what is labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import hypot

from gradcam.box import Box
from services.tasks.grid.detection import Detection, GridCell, cell_at, centre_of
from services.tasks.marks import ObjectVerdict

NEAR = 0.2  # of the picture's sides, as Edge Impulse Studio counts


class HitRule(StrEnum):
    """When a detection counts as a labelled object of its class."""

    NEAR = "Centres near"  # as in Studio: within `NEAR`, on the input
    INSIDE = "Centre inside"  # the box, of one that is no smaller than a cell


@dataclass(frozen=True)
class LabelledObject:
    """A labelled object that the network could see.

    Attributes:
        kind: index of its class.
        box: in fractions of the input.
        number: which of the sample's boxes it is, from 0.
    """

    kind: int
    box: Box
    number: int = field(default=-1, compare=False)


@dataclass(frozen=True)
class GridObject:
    """One object of a sample: labelled, detected, or both.

    Attributes:
        verdict: what became of it.
        truth: what is labelled; None where nothing is.
        detections: what the network says of it, the surest first; empty of a missed one.
    """

    verdict: ObjectVerdict
    truth: LabelledObject | None
    detections: tuple[Detection, ...] = ()

    @property
    def is_judged(self) -> bool:
        """Whether somebody said what is there."""
        return self.verdict is not ObjectVerdict.UNJUDGED

    @property
    def score(self) -> float:
        """How sure the network is that it is there; 0 of a missed one."""
        return self.detections[0].score if self.detections else 0.0

    @property
    def said(self) -> int | None:
        """Index of the class that the network says; None where it says nothing."""
        return self.detections[0].kind if self.detections else None

    @property
    def true(self) -> int | None:
        """Index of the class that is labelled; None where nothing is."""
        return None if self.truth is None else self.truth.kind

    @property
    def box(self) -> Box:
        """Where it lies: as labelled, else as detected; in fractions of the input."""
        return self.detections[0].box if self.truth is None else self.truth.box

    def cells(self, grid: tuple[int, int]) -> tuple[GridCell, ...]:
        """Those that say it; of a missed one the cell under its centre.

        Args:
            grid: rows and columns of cells.
        """
        said = {cell for each in self.detections for cell in each.cells}
        return tuple(sorted(said)) or (cell_at(*centre_of(self.box), grid),)


def judged_objects(
    truths: Sequence[LabelledObject] | None,
    said: Sequence[Detection],
    rule: HitRule,
    grid: tuple[int, int],
) -> tuple[GridObject, ...]:
    """The objects of a sample: those labelled in their order, then the other detections.

    As in Studio each detection counts for the nearest labelled object of its class, and several
    may count for one. What is left of both, one in the other's place, is of a wrong class.

    Args:
        truths: what is labelled; None where nobody said.
        said: what is detected.
        rule: when a detection counts.
        grid: rows and columns of cells.
    """
    if truths is None:
        alone = sorted(said, key=lambda each: -each.score)
        return tuple(GridObject(ObjectVerdict.UNJUDGED, None, (each,)) for each in alone)
    own: dict[int, list[Detection]] = {}
    left: list[Detection] = []
    for each in said:
        same = [at for at, truth in enumerate(truths) if truth.kind == each.kind]
        nearest = _nearest(each, same, truths, rule, grid)
        if nearest is None:
            left.append(each)
        else:
            own.setdefault(nearest, []).append(each)
    taken: dict[int, Detection] = {}
    alone = []
    for each in sorted(left, key=lambda one: -one.score):
        others = [at for at in range(len(truths)) if at not in own and at not in taken]
        nearest = _nearest(each, others, truths, rule, grid)
        if nearest is None:
            alone.append(each)
        else:
            taken[nearest] = each
    return (
        *(_of_truth(truth, own.get(at, ()), taken.get(at)) for at, truth in enumerate(truths)),
        *(GridObject(ObjectVerdict.FALSE_ALARM, None, (each,)) for each in alone),
    )


def _of_truth(
    truth: LabelledObject, hits: Sequence[Detection], taken: Detection | None
) -> GridObject:
    if hits:
        surest = tuple(sorted(hits, key=lambda each: -each.score))
        return GridObject(ObjectVerdict.HIT, truth, surest)
    if taken is not None:
        return GridObject(ObjectVerdict.WRONG_CLASS, truth, (taken,))
    return GridObject(ObjectVerdict.MISSED, truth)


def _nearest(
    said: Detection,
    among: Sequence[int],
    truths: Sequence[LabelledObject],
    rule: HitRule,
    grid: tuple[int, int],
) -> int | None:
    """The nearest of some labelled objects that a detection may count for; None for none."""
    x, y = said.centre
    near: list[tuple[float, int]] = []
    for at in among:
        box = truths[at].box
        across, down = centre_of(box)
        distance = hypot(x - across, y - down)
        if rule is HitRule.INSIDE:
            rows, columns = grid
            width, height = max(box.width, 1 / columns), max(box.height, 1 / rows)
            counts = abs(x - across) <= width / 2 and abs(y - down) <= height / 2
        else:
            counts = distance <= NEAR
        if counts:
            near.append((distance, at))
    return min(near)[1] if near else None
