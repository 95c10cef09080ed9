"""Objects: does what lies beside them, or where they are, decide what becomes of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Mask, Numbers
from services.findings.finding import Finding, Question, QuestionKind, ShareBar
from services.media.property import Property, Saying
from services.numbers import percent
from services.predictions.predictions import Predictions
from services.scan.around import AROUND, LOOKS, ON, ZONES
from services.scan.looking import LookedParts
from services.scan.places import FEWEST_HOT, MORE, TIMES, more_than_given
from services.scan.properties import (
    FEWEST_ASKED,
    TELLS_CLASS,
    TELLS_VERDICT,
    best_cut,
    spread_of,
    told_apart_by,
)
from services.tasks.located import Located
from services.tasks.marks import ObjectVerdict
from services.tasks.shown import Positions

OBJECT_RULE = (
    "Of every object nine zones are looked at: itself, and what is around it. For those that are "
    "called the same, the share of the heat of the object's own cells in each zone "
    f"beside it against evenly spread heat: a zone is a finding if it holds {TIMES:g} times that "
    f"and {percent(MORE)} of the heat more (Wilcoxon's signed-rank test, one-sided). The looks of "
    "the zones (brightness, contrast, colourfulness), the object's size and place, and how many "
    "are near it are tested for separating missed ones from hits; the looks of what is around it, "
    "and its place, false alarms from hits, and a class from the others. Of all that do the same "
    f"the clearest is a finding, with an area under the ROC curve of {TELLS_VERDICT:g} "
    f"({TELLS_CLASS:g} for a class) or more (Mann–Whitney U test); its p is multiplied by how many "
    "there are, and so is that of the hottest zone."
)
HOLDS = {  # the ends of each look in words: what holds more of it, and less
    "brightness": ("bright", "dark"),
    "contrast": ("busy", "even"),
    "colourfulness": ("colourful", "pale"),
}


@dataclass(frozen=True)
class PartsMeasured:
    """One property of P parts: (P,) float64, NaN where it cannot be said."""

    property: Property
    values: Numbers
    beside: bool


def ask(
    predictions: Predictions, looked: LookedParts, located: Sequence[Located]
) -> Iterator[Question]:
    """Each class: where its heat lies, what is missed, what is said where nothing is, what it is.

    Args:
        predictions: of the project.
        looked: what was seen of the parts.
        located: all parts that lie somewhere, see `LookedParts.numbers`.
    """
    if not len(looked.numbers):
        return
    parts = _Parts(predictions, [located[number] for number in looked.numbers], looked)
    for name in dict.fromkeys(filter(None, (part.said for part in parts.located))):
        yield from _hot_beside(parts, name)
    measured = _measured(parts)
    beside = [each for each in measured if each.beside]
    hit, alarm = parts.are(ObjectVerdict.HIT), parts.are(ObjectVerdict.FALSE_ALARM)
    judged = ~parts.are(ObjectVerdict.UNJUDGED)
    for name in dict.fromkeys(filter(None, (part.true for part in parts.located))):
        own, labelled = (parts.true == name) & judged, (parts.true != "") & judged
        missed = _Lots(
            QuestionKind.MISSED, f"Does the network miss “{name}”", TELLS_VERDICT,
            own & ~hit, f"“{name}” that are missed", own & hit, f"“{name}” that are hit",
        )  # fmt: skip
        yield from _separated(parts, measured, missed)
        of_class = _Lots(
            QuestionKind.LABELLED, f"Could the network recognise “{name}”", TELLS_CLASS,
            own, f"“{name}”", labelled & ~own, "the others",
        )  # fmt: skip
        yield from _separated(parts, beside, of_class)
    for name in dict.fromkeys(filter(None, (part.said for part in parts.located))):
        own = parts.said == name
        wrong = _Lots(
            QuestionKind.FALSE_ALARM,
            f"Does the network take something else for “{name}”", TELLS_VERDICT,
            own & alarm, f"“{name}” where nothing is labelled",
            own & hit, f"“{name}” that are hit",
        )  # fmt: skip
        yield from _separated(parts, beside, wrong)


@dataclass(frozen=True)
class _Lots:
    """Two lots of parts that may be told apart: (P,) each, and what is asked of them."""

    kind: QuestionKind
    words: str
    tells: float
    first: Mask
    first_name: str
    second: Mask
    second_name: str


class _Parts:
    """P parts with what was seen of them."""

    def __init__(
        self, predictions: Predictions, located: Sequence[Located], looked: LookedParts
    ) -> None:
        self.located, self.looked = located, looked
        self.true = np.array([part.true or "" for part in located])
        self.said = np.array([part.said or "" for part in located])
        self._digests = predictions.digests

    def are(self, verdict: ObjectVerdict) -> Mask:
        """(P,) which have a verdict."""
        return np.array([part.verdict is verdict for part in self.located], bool)

    def finding(
        self,
        kind: QuestionKind,
        question: str,
        figures: str,
        ordered: Sequence[int],
        strength: float,
        **drawn: object,
    ) -> Finding:
        """A finding about some of them, the clearest first."""
        places = [self.located[number].place for number in ordered]
        return Finding(
            kind, question, figures,
            tuple(self._digests[place.sample] for place in places),
            strength,
            parts=tuple(place.part for place in places),
            **drawn,  # type: ignore[arg-type]
        )  # fmt: skip


# ----------------------------------------------------------------------------------- heat beside


def _hot_beside(parts: _Parts, name: str) -> Iterator[Question]:
    """The zones beside the objects that are called so: of those that are too hot the hottest."""
    here = np.flatnonzero((parts.said == name) & np.isfinite(parts.looked.heat).all(axis=(1, 2)))
    if len(here) < FEWEST_HOT:
        return
    heat, even = parts.looked.heat[here, 0], parts.looked.heat[here, 1]
    more = heat.mean(axis=0) - even.mean(axis=0)
    enough = (heat.mean(axis=0) >= TIMES * even.mean(axis=0)) & (more >= MORE)
    hottest = max(AROUND, key=lambda zone: (enough[zone], more[zone]))
    p = len(AROUND) * more_than_given(heat[:, hottest] - even[:, hottest])
    said = _beside_said(parts, name, hottest, here, heat, even) if enough[hottest] else None
    yield Question(min(1.0, p), said)


def _beside_said(
    parts: _Parts, name: str, zone: int, here: Positions, heat: Numbers, even: Numbers
) -> Finding:
    share, given, own = heat[:, zone], even[:, zone], heat[:, ON]
    beyond = np.flatnonzero(share > np.maximum(TIMES * given, MORE))
    ordered = here[beyond[np.argsort(-(share - given)[beyond], kind="stable")]]
    return parts.finding(
        QuestionKind.BESIDE,
        f"Does the network say “{name}” because of what is {ZONES[zone]} it? "
        f"{percent(share.mean())} of the heat around {len(here)} objects is there.",
        f"Evenly spread heat would give {percent(given.mean())}; {percent(own.mean())} lies on the "
        f"objects themselves. In {len(ordered)} of the {len(here)} it is more than twice as much "
        f"and over {percent(MORE)}.",
        ordered.tolist(),
        float(share.mean() - given.mean()),
        bars=(
            ShareBar(f"{ZONES[zone]} it", float(share.mean())),
            ShareBar("expected", float(given.mean())),
            ShareBar("on the object", float(own.mean())),
        ),
    )


# ------------------------------------------------------------------------------------ properties


def _measured(parts: _Parts) -> list[PartsMeasured]:
    """The looks of each zone, then what is known of where the objects are."""
    looks = [
        PartsMeasured(_of_zone(look, zone), parts.looked.looks[:, zone, number], zone != ON)
        for zone in range(len(ZONES))
        for number, look in enumerate(LOOKS)
    ]
    regions = np.array([part.region for part in parts.located], np.float64)
    x, y = regions[:, 0] + regions[:, 2] / 2, regions[:, 1] + regions[:, 3] / 2
    border = np.minimum.reduce([x, y, 1 - x, 1 - y])
    nearest, count = _company(np.array([part.place.sample for part in parts.located]), x, y)
    size = regions[:, 2] * regions[:, 3] / 4  # it has as much around it as it is wide
    return [
        *looks,
        PartsMeasured(_being("size, share of the picture", "large", "small"), size, False),
        PartsMeasured(_being("from the left, 0..1", "on the right", "on the left"), x, True),
        PartsMeasured(_being("from the top, 0..1", "far down", "far up"), y, True),
        PartsMeasured(
            _being("from the border, 0..1", "far from the border", "near the border"), border, True
        ),
        PartsMeasured(
            _being("nearest other object, 0..1", "far from others", "near another"), nearest, True
        ),
        PartsMeasured(_being("objects on the picture", "among many", "among few"), count, True),
    ]


def _company(samples: Positions, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """How far the next object on the same picture is, at most 1, and how many are on it."""
    nearest, count = np.ones(len(samples)), np.ones(len(samples))
    for sample in np.unique(samples):
        here = np.flatnonzero(samples == sample)
        count[here] = len(here)
        if len(here) > 1:
            apart = np.hypot(x[here, None] - x[here], y[here, None] - y[here])
            np.fill_diagonal(apart, 1.0)
            nearest[here] = np.minimum(apart.min(axis=1), 1.0)
    return nearest, count


def _being(name: str, more: str, less: str) -> Property:
    high, low = (
        Saying(f"where it is {word}", f"its being {word}", f"is the one more {word}")
        for word in (more, less)
    )
    return Property(name, high, low)


def _of_zone(look: str, zone: int) -> Property:
    if zone == ON:
        high, low = (
            Saying(f"where it is {word} itself", f"its being {word}", f"is itself more {word}")
            for word in HOLDS[look]
        )
        return Property(f"{look} of the object", high, low)
    there = f"what is {ZONES[zone]} it"
    high, low = (
        Saying(f"where {there} is {word}", f"{there} being {word}", f"is more {word} there")
        for word in HOLDS[look]
    )
    return Property(f"{look} {ZONES[zone]} it", high, low)


def _separated(parts: _Parts, measured: Sequence[PartsMeasured], lots: _Lots) -> Iterator[Question]:
    """What tells one lot from the other; of all that do the clearest speaks."""
    asked: list[tuple[float, float, PartsMeasured]] = []  # p, area, of what
    for each in measured:
        known = np.isfinite(each.values)
        yes, no = each.values[lots.first & known], each.values[lots.second & known]
        if min(len(yes), len(no)) >= FEWEST_ASKED and np.ptp(np.concatenate([yes, no])) > 0:
            asked.append((*told_apart_by(yes, no), each))
    if not asked:
        return
    p, area, clearest = max(asked, key=lambda one: abs(one[1] - 0.5))
    tells = max(area, 1 - area) >= lots.tells
    said = _separated_said(parts, clearest, lots, area) if tells else None
    yield Question(min(1.0, len(asked) * p), said)  # it is the clearest of so many


def _separated_said(parts: _Parts, what: PartsMeasured, lots: _Lots, area: float) -> Finding:
    known, sign = np.isfinite(what.values), 1 if area >= 0.5 else -1
    yes, no = what.values[lots.first & known], what.values[lots.second & known]
    saying = what.property.high if sign > 0 else what.property.low
    cut = best_cut(sign * yes, sign * no)
    beyond = np.flatnonzero(lots.first & known & (sign * what.values >= cut))
    ordered = beyond[np.argsort(-sign * what.values[beyond], kind="stable")]
    by = f"by {saying.by}" if lots.kind is QuestionKind.LABELLED else saying.that
    strength, names = max(area, 1 - area), (lots.first_name, lots.second_name)
    return parts.finding(
        lots.kind,
        f"{lots.words} {by}?",
        f"Of two objects, one of {len(yes)} {names[0]} and one of {len(no)} {names[1]}, the first "
        f"{saying.more} {percent(strength)} of the time; ROC AUC {strength:.2f}.",
        ordered.tolist(),
        strength,
        spread=spread_of(what.property.name, yes, no, names),
    )
