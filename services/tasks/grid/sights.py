"""The heatmaps of one object: what speaks for what is said of it, and why not for another class."""

from __future__ import annotations

import numpy as np

from services.tasks.grid.hits import GridObject
from services.tasks.grid.targets import GridTargets
from services.tasks.grid.verdicts import GridVerdicts
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Place
from services.tasks.targets import NOBODY, PREDICTED, Sight


def object_sights(answers: GridVerdicts, place: Place, title: str = "") -> tuple[Sight, ...]:
    """The heatmaps of an object; the first explains what the network says of it.

    Args:
        answers: of the sample.
        place: of the object.
        title: of the first; "" for what it explains.
    """
    one = answers.object(place)
    if one is None:
        return ()
    targets = GridTargets(answers.classes, answers.first, answers.grid)
    true, said = answers.name(one.true), answers.name(one.said)

    def sight(title: str, words: str, against: str = NOBODY) -> Sight:
        return Sight(targets.of_object(one, words, against), title, words, against, place.part)

    first = sight(title or _first_title(one, true, said), PREDICTED)
    if one.verdict is ObjectVerdict.MISSED:
        return first, sight(f"what speaks for {true}", f"={true}")
    other = true if one.verdict is ObjectVerdict.WRONG_CLASS else _next_best(answers, place, one)
    if not other:
        return (first,)
    against = sight(f"why {said} and not {other}", f"={said}", f"={other}")
    if one.verdict is ObjectVerdict.WRONG_CLASS:
        return first, sight(f"what speaks for {true}", f"={true}"), against
    return first, against


def _next_best(answers: GridVerdicts, place: Place, one: GridObject) -> str:
    """The other class of objects that scores highest in an object's best cell; "" for none."""
    row, column = one.detections[0].best
    scores = answers.scores[place.sample, row, column].copy()
    scores[: answers.first], scores[one.said] = -np.inf, -np.inf
    return answers.classes[int(scores.argmax())] if len(answers.things) > 1 else ""


def object_title(answers: GridVerdicts, one: GridObject) -> str:
    """An object in few words: `cross · hit`."""
    name = answers.name(one.true if one.said is None else one.said)
    return f"{name} · {one.verdict}"


def _first_title(one: GridObject, true: str, said: str) -> str:
    if one.said is None:
        return f"why {said} and not {true}"
    return f"why {said}"
