"""The objects of N samples, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress
from typing import Self

import numpy as np

from gradcam.arrays import Floats, Mask, Numbers
from gradcam.box import Box
from gradcam.scores import head_scores
from services.imagenet import BACKGROUND
from services.label_sets import NONE_TRUE
from services.numbers import percent
from services.short_names import short_names
from services.tasks.answers import Answers, Sieve
from services.tasks.confusion import Confusion
from services.tasks.geometry import Geometries
from services.tasks.grid.counting import ObjectCounts, confused_objects, counted_objects
from services.tasks.grid.detection import Detection, centre_of, detections
from services.tasks.grid.hits import GridObject, HitRule, LabelledObject, judged_objects
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Address, Parts, Place
from services.tasks.shown import Caption, Choose, Narrows, SpanChoice

WRONG_FIRST = "Most mistakes first"
CLOSEST_FIRST = "Nearest to the threshold first"
MOST_FIRST = "Most objects first"
NOTHING_SAID = "nothing"  # of a whole sample
THRESHOLDS = 32  # at which objects are held at most
VERDICTS = tuple(each for each in ObjectVerdict if each is not ObjectVerdict.UNJUDGED)

Objects = tuple[tuple[GridObject, ...], ...]  # of each sample


@dataclass(frozen=True, eq=False)
class GridVerdicts(Answers):
    """The verdicts on the objects of N samples.

    Attributes:
        classes: names of the grid's classes, in the order of its outputs; the first is the
            background where there is one.
        threshold: above this score a cell says that an object is there.
        rule: when a detection counts for a labelled object.
        geometry: where each picture and the input lie on each other; None where nobody knows, so
            that no object is judged.
    """

    classes: tuple[str, ...]
    threshold: float
    rule: HitRule
    geometry: Geometries | None = None

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.network.heads[0].grid or (1, 1)

    @property
    def first(self) -> int:
        """The first class that is no background."""
        return self.network.heads[0].background_classes

    @property
    def things(self) -> tuple[str, ...]:
        """The classes without the background."""
        return self.classes[self.first :]

    @cached_property
    def scores(self) -> Floats:
        """(N, rows, columns, classes) float32 in 0..1."""
        scores = head_scores(self.network.heads[0], self.outputs)
        return np.reshape(scores, (len(self), *self.grid, len(self.classes)))

    # --------------------------------------------------------------------------------- objects

    @cached_property
    def truths(self) -> tuple[tuple[LabelledObject, ...] | None, ...]:
        """What is labelled in each sample, as far as the network could see it; None for nobody."""
        index = {name: number for number, name in enumerate(self.classes)}
        return tuple(self._truths(position, index) for position in range(len(self)))

    def _truths(self, position: int, index: Mapping[str, int]) -> tuple[LabelledObject, ...] | None:
        sample = self.samples[position]
        if sample.label == NONE_TRUE and not sample.boxes:
            return ()
        if sample.label is None or not sample.boxes or self.geometry is None:
            return None  # a label without boxes does not say where
        geometry = self.geometry(position)
        every = (
            LabelledObject(index[each.label], geometry.onto_input(each.box), number)
            for number, each in enumerate(sample.boxes)
            if each.label in index
        )
        return tuple(each for each in every if _is_seen(each))

    @cached_property
    def labelled(self) -> Mask:
        """(N,) of which somebody said where its objects are."""
        return np.array([each is not None for each in self.truths], bool)

    def objects(self, threshold: float | None = None) -> Objects:
        """The objects of each sample: labelled ones in their order, then other detections.

        Args:
            threshold: the live one; None for the task's own.
        """
        return self._at(threshold).objects

    def on_picture(self, position: int, one: Detection) -> Box:
        """Where a detection lies, in fractions of the picture; of the input where nobody knows."""
        return one.box if self.geometry is None else self.geometry(position).onto_picture(one.box)

    def object(self, place: Place) -> GridObject | None:
        """A part of a sample; None where it has no such part at this threshold."""
        own = self.objects()[place.sample]
        return own[place.part] if place.part < len(own) else None

    def _at(self, threshold: float | None) -> _AtThreshold:
        live = self.threshold if threshold is None else threshold
        known = self._known.get(live)
        if known is None:
            if len(self._known) >= THRESHOLDS:
                self._known.clear()
            known = self._known[live] = _AtThreshold.of(self, live)
        return known

    @cached_property
    def _known(self) -> dict[float, _AtThreshold]:
        return {}

    def counts(self, threshold: float | None = None, some: Mask | None = None) -> ObjectCounts:
        """What is hit, missed and wrongly said of each class.

        Args:
            threshold: the live one; None for the task's own.
            some: (N,) of which samples; None for all.
        """
        every = self.objects(threshold)
        among = every if some is None else compress(every, some)
        return counted_objects(chain.from_iterable(among), len(self.classes), self.first)

    def confusion(self, threshold: float | None = None) -> Confusion:
        """What is taken for what; the background comes first."""
        every = chain.from_iterable(self.objects(threshold))
        return confused_objects(every, len(self.classes), self.first)

    # -------------------------------------------------------------------------------- verdicts

    def parts(self, threshold: float | None = None) -> Parts:
        """Each object is a part; a sample may have none."""
        return self._at(threshold).parts

    def correct(self, threshold: float | None = None) -> Floats:
        """(N,) 1 where every object is hit and nothing else is said, else 0; NaN for nobody."""
        return self._at(threshold).correct

    def wrong(self, threshold: float | None = None) -> Numbers:
        """(N,) how many objects are missed, wrongly said, or of a wrong class."""
        parts = self.parts(threshold)
        return np.bincount(parts.sample, parts.correct == 0, len(self)).astype(np.float64)

    # -------------------------------------------------------------------------------- in words

    def said(self, address: Address) -> str:
        """`2 cross → 1 cross, 1 box`; of an object `cross → box 93 %`."""
        return str(self._captioned(address, {}))

    def caption(self, address: Address) -> Caption:
        """See `Answers.caption`."""
        return self._captioned(address, short_names(self.classes))

    def answer_said(self, position: int) -> str:
        """See `Answers.answer_said`."""
        return self._listed((each.said for each in self.objects()[position]), {})

    def counted_names(self, names: Iterable[str]) -> str:
        """`2 cross, 1 box`, in the order of the classes; `nothing` for none."""
        counted = Counter(names)
        order = [name for name in self.classes if name in counted]
        order += sorted(set(counted) - set(order))
        return ", ".join(f"{counted[name]} {name}" for name in order) or NOTHING_SAID

    def answers_as(self, other: Self) -> Mask:
        """See `Answers.answers_as`: by which cells say what."""
        here, there = self.objects(), other.objects()
        pairs = zip(here, there, strict=True)
        return np.array([_cells_said(a) == _cells_said(b) for a, b in pairs], bool)

    def true_said(self, position: int) -> str:
        """What is labelled: `2 cross, 1 box`, `nothing`, or `?` where nobody said."""
        truths = self.truths[position]
        return "?" if truths is None else self._listed((each.kind for each in truths), {})

    def name(self, kind: int | None) -> str:
        """Of a class; None is the background."""
        return self.background if kind is None else self.classes[kind]

    @property
    def background(self) -> str:
        """What a place is called where nothing is."""
        return self.classes[0] if self.first else BACKGROUND

    def _captioned(self, address: Address, short: Mapping[str, str]) -> Caption:
        if isinstance(address, Place):
            one = self.object(address)
            return Caption("", "no such object") if one is None else self._of_object(one, short)
        own = self.objects()[address]
        answer = self._listed((each.said for each in own), short)
        if not self.labelled[address]:
            return Caption("?", answer)
        truths = self.truths[address] or ()
        true = self._listed((each.kind for each in truths), short)
        if self.correct()[address] == 1:
            return Caption("", true)
        return Caption(true, answer)

    def _of_object(self, one: GridObject, short: Mapping[str, str]) -> Caption:
        true, answer = (short.get(n, n) for n in (self.name(one.true), self.name(one.said)))
        score = percent(one.detections[0].score) if one.detections else ""
        if one.verdict is ObjectVerdict.HIT:
            return Caption("", answer, score)
        return Caption("?" if one.verdict is ObjectVerdict.UNJUDGED else true, answer, score)

    def _listed(self, kinds: Iterable[int | None], short: Mapping[str, str]) -> str:
        names = (self.classes[kind] for kind in kinds if kind is not None)
        return self.counted_names(short.get(name, name) for name in names)

    # ------------------------------------------------------------------ which, in what order

    @property
    def ranks(self) -> Mapping[str, Callable[[float | None], Numbers]]:
        """By how much is wrong, by how near the nearest call was, by how much is there."""
        best = self.scores[..., self.first :].reshape(len(self), -1).astype(np.float64)

        def margin(threshold: float | None) -> Numbers:
            live = self.threshold if threshold is None else threshold
            return np.abs(best - live).min(axis=1)

        def many(threshold: float | None) -> Numbers:
            return -np.bincount(self.parts(threshold).sample, minlength=len(self)).astype(float)

        return {WRONG_FIRST: lambda t: -self.wrong(t), CLOSEST_FIRST: margin, MOST_FIRST: many}

    @property
    def filters(self) -> tuple[Narrows, ...]:
        """What became of an object, its classes, and how sure the network is of it."""
        return (
            Choose("Object", "object_verdict", tuple(map(str, VERDICTS)), "any", "object"),
            Choose("Labelled as", "true_class", self._names, "any", "labelled"),
            Choose("Detected as", "predicted_class", self._names, "any", "detected"),
            SpanChoice("Score of an object", "confidence", "low", "high", 0, 100),
        )

    @property
    def _names(self) -> tuple[str, ...]:
        """Classes to filter by: the background of what is missed, or of a false alarm."""
        return (*self.things, self.background)

    def passing(self, sieve: Sieve) -> Mask:
        """See `Answers.passing`: a sample passes with one object that does."""
        asks = self._asks(sieve)
        if not asks:  # so do samples without an object
            return np.ones(len(self), bool)
        return np.bincount(self.parts().sample, self.passing_parts(sieve), len(self)) > 0

    def passing_parts(self, sieve: Sieve) -> Mask:
        """See `Answers.passing_parts`."""
        asks, every = self._asks(sieve), chain.from_iterable(self.objects())
        return np.array([all(ask(one) for ask in asks) for one in every], np.bool_)

    def _asks(self, sieve: Sieve) -> list[Callable[[GridObject], bool]]:
        """What a person asks of an object."""
        asks: list[Callable[[GridObject], bool]] = []
        if sieve.object_verdict in VERDICTS:
            asks.append(lambda one: one.verdict == sieve.object_verdict)
        if sieve.true_class in self._names:
            asks.append(lambda one: one.is_judged and self.name(one.true) == sieve.true_class)
        if sieve.predicted_class in self._names:
            asks.append(lambda one: self.name(one.said) == sieve.predicted_class)
        if (sieve.low, sieve.high) != (0, 100):
            # The ends are rounded outward, so that 100 % keeps what shows as 100 %.
            low, high = sieve.low - 0.5, sieve.high + 0.5
            asks.append(lambda one: low <= 100.0 * one.score <= high)
        return asks


@dataclass(frozen=True, eq=False)
class _AtThreshold:
    """Objects at one threshold, as parts and as verdicts on samples."""

    objects: Objects
    parts: Parts
    correct: Floats

    @classmethod
    def of(cls, verdicts: GridVerdicts, threshold: float) -> Self:
        objects = tuple(
            judged_objects(
                truths, detections(scores, threshold, verdicts.first), verdicts.rule, verdicts.grid
            )
            for truths, scores in zip(verdicts.truths, verdicts.scores, strict=True)
        )
        sample = np.repeat(np.arange(len(objects)), [len(own) for own in objects])
        every = list(chain.from_iterable(objects))
        right = [
            np.nan if each.verdict is ObjectVerdict.UNJUDGED else each.verdict.is_right
            for each in every
        ]
        group = [_first_of(each.true, each.said) - verdicts.first for each in every]
        parts = Parts(
            sample.astype(np.int64), np.array(group, np.int64), np.array(right, np.float32)
        )
        finite = np.isfinite(verdicts.outputs).all(axis=1)
        wrong = np.bincount(parts.sample, parts.correct == 0, len(objects)) > 0
        correct = np.where(verdicts.labelled, ~wrong & finite, np.nan).astype(np.float32)
        correct.flags.writeable = False
        return cls(objects, parts, correct)


def _first_of(true: int | None, said: int | None) -> int:
    return true if true is not None else said if said is not None else -1


def _is_seen(truth: LabelledObject) -> bool:
    """Whether its centre is on the input: what a crop removed cannot be missed."""
    x, y = centre_of(truth.box)
    return 0 <= x < 1 and 0 <= y < 1


def _cells_said(objects: Sequence[GridObject]) -> set[tuple[int, tuple[int, int]]]:
    return {(s.kind, cell) for each in objects for s in each.detections for cell in s.cells}
