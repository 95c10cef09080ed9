"""Objects as two networks have them: which labelled ones flip, which false alarms come and go."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot
from typing import NamedTuple

import numpy as np

from gradcam.box import Box
from services.numbers import percent
from services.tasks.flips import JoinedPart, PartFlips
from services.tasks.grid.detection import centre_of
from services.tasks.grid.hits import NEAR, GridObject
from services.tasks.grid.verdicts import GridVerdicts
from services.tasks.marks import ObjectVerdict
from services.tasks.shown import Number, Positions

ABSENT = "nothing"  # said of a false alarm that one network alone raises


class NamedBox(NamedTuple):
    """An object that somebody says is on a picture.

    Attributes:
        name: of its class.
        box: in fractions of the picture.
    """

    name: str
    box: Box


NumberedObject = tuple[int, GridObject]  # an object and its number among the parts of its sample


def same_objects(here: Sequence[NamedBox], there: Sequence[NamedBox]) -> dict[int, int]:
    """Which objects of two lists are one: the nearest of a class first, each at most once.

    Two are one where their centres are as near as a detection has to be to count for a label.

    Args:
        here: on a picture.
        there: on the same picture.

    Returns:
        Places in the second list by places in the first.
    """
    near = []
    for place, one in enumerate(here):
        for other_place, other in enumerate(there):
            (x, y), (across, down) = centre_of(one.box), centre_of(other.box)
            if one.name == other.name and (far := hypot(x - across, y - down)) <= NEAR:
                near.append((far, place, other_place))
    joined: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, other_place in sorted(near):
        if place not in joined and other_place not in taken:
            joined[place] = other_place
            taken.add(other_place)
    return joined


def object_flips(
    here: GridVerdicts,
    mine: Positions,
    there: GridVerdicts,
    theirs: Positions,
    threshold: float | None,
) -> PartFlips:
    """What becomes of the objects of some samples.

    Args:
        here: of the network that is looked at.
        mine: (n,) the samples.
        there: of the one beside it.
        theirs: (n,) the same samples there.
        threshold: the live one; None for each one's own.
    """
    parts: list[JoinedPart] = []
    objects, others = here.objects(threshold), there.objects(threshold)
    for position, other in zip(mine.tolist(), theirs.tolist(), strict=True):
        if here.labelled[position] and there.labelled[other]:
            own, their = list(enumerate(objects[position])), list(enumerate(others[other]))
            parts += _labelled(here, position, own, there, other, their)
            parts += _alarms(here, position, own, there, other, their)
    return PartFlips(
        "Objects",
        [sample.id for sample in here.samples],
        tuple(parts),
        "false alarm lost",
        "false alarm won",
        _cells(here, mine, there, theirs),
    )


def _labelled(
    here: GridVerdicts,
    position: int,
    own: Sequence[NumberedObject],
    there: GridVerdicts,
    other: int,
    their: Sequence[NumberedObject],
) -> list[JoinedPart]:
    """The labelled objects that both networks could see, joined by their boxes."""
    mine, theirs = _by_box(here, position, own), _by_box(there, other, their)
    parts = []
    for box, (number, one) in mine.items():
        if box not in theirs:
            continue  # a crop removed it there, or the other network has no such class
        other_number, another = theirs[box]
        said, other_said = _said(here, one), _said(there, another)
        alike = one.verdict is another.verdict and _name(here, one) == _name(there, another)
        parts.append(
            JoinedPart(
                position, number, other_number, here.name(one.true), said, other_said,
                one.verdict.is_right, another.verdict.is_right, alike,
            )
        )  # fmt: skip
    return parts


def _alarms(
    here: GridVerdicts,
    position: int,
    own: Sequence[NumberedObject],
    there: GridVerdicts,
    other: int,
    their: Sequence[NumberedObject],
) -> list[JoinedPart]:
    """The false alarms that one of the networks alone raises."""
    mine = [each for each in own if each[1].verdict is ObjectVerdict.FALSE_ALARM]
    theirs = [each for each in their if each[1].verdict is ObjectVerdict.FALSE_ALARM]
    both = same_objects(
        [_on_picture(here, position, one) for _, one in mine],
        [_on_picture(there, other, one) for _, one in theirs],
    )
    taken = set(both.values())
    lost = [
        JoinedPart(
            position, number, None, _name(here, one), _said(here, one), ABSENT,
            right_here=False, right_there=True, agrees=False, labelled=False,
        )
        for place, (number, one) in enumerate(mine) if place not in both
    ]  # fmt: skip
    won = [
        JoinedPart(
            position, None, number, _name(there, one), ABSENT, _said(there, one),
            right_here=True, right_there=False, agrees=False, labelled=False,
        )
        for place, (number, one) in enumerate(theirs) if place not in taken
    ]  # fmt: skip
    return lost + won


def _by_box(
    verdicts: GridVerdicts, position: int, objects: Sequence[NumberedObject]
) -> dict[tuple[Box, int], NumberedObject]:
    """Labelled objects by their box in the picture, and which of several such boxes it is."""
    boxes = verdicts.samples[position].boxes
    of: dict[tuple[Box, int], NumberedObject] = {}
    for number, one in objects:
        if one.truth is not None:
            box = boxes[one.truth.number].box
            before = sum(each.box == box for each in boxes[: one.truth.number])
            of[box, before] = (number, one)
    return of


def _on_picture(verdicts: GridVerdicts, position: int, one: GridObject) -> NamedBox:
    said = one.detections[0]
    return NamedBox(verdicts.classes[said.kind], verdicts.on_picture(position, said))


def _name(verdicts: GridVerdicts, one: GridObject) -> str:
    return verdicts.name(one.said)


def _said(verdicts: GridVerdicts, one: GridObject) -> str:
    """`hit 93 %`, `missed`, `wrong class: box 61 %`."""
    if not one.detections:
        return str(one.verdict)
    other = f": {_name(verdicts, one)}" if one.verdict is ObjectVerdict.WRONG_CLASS else ""
    return f"{one.verdict}{other} {percent(one.score)}"


def _cells(
    here: GridVerdicts, mine: Positions, there: GridVerdicts, theirs: Positions
) -> tuple[Number, ...]:
    """In how many cells the class with the highest score is the same; none of other grids."""
    alike = (here.grid, here.first, set(here.things)) == (
        there.grid, there.first, set(there.things),
    )  # fmt: skip
    if not alike or not len(mine):
        return ()
    order = [*range(there.first), *map(there.classes.index, here.things)]
    said = here.scores[mine].argmax(axis=-1)
    other = there.scores[theirs][..., order].argmax(axis=-1)
    share = float(np.mean(said == other))
    return (Number("Cells alike", percent(share, 1), f"of {said.size:,}"),)
