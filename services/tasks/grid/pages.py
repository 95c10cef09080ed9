"""What Project, Samples, Explain and Review show of objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Mask
from gradcam.box import Box
from services.label_sets import NONE_TRUE, joined_labels, labels_in
from services.numbers import counted, percent
from services.tables import Cell
from services.tasks.breakdown import share_bars
from services.tasks.geometry import Geometry
from services.tasks.grid.detection import cell_at, centre_of
from services.tasks.grid.hits import GridObject, HitRule
from services.tasks.grid.sights import object_sights, object_title
from services.tasks.grid.targets import GridTargets
from services.tasks.grid.verdicts import CLOSEST_FIRST, GridVerdicts
from services.tasks.marks import Mark, ObjectVerdict
from services.tasks.pages import Pages, Sides, View
from services.tasks.parts import Address, Place
from services.tasks.shown import (
    Bars,
    By,
    Choose,
    Control,
    Limit,
    Matrix,
    Number,
    Overview,
    Press,
    ScoreBar,
    Table,
)
from services.tasks.targets import Sight

ROWS = 3  # of classes where methods stand side by side
AROUND = 0.5  # of an object's sides stays around it where it is cut out, on each side
LEAST = 2  # cells: the least side of an object that is cut out
UNLABELLED = "No sample has labelled objects, so there is no right or wrong to count."
SHARES = frozenset({"precision", "recall", "F1"})


@dataclass(frozen=True)
class GridPages(Pages):
    """What pages show of N samples."""

    answers: GridVerdicts

    leads_with_own = True
    worst_title = "Most objects wrong"
    closest_title = "Nearest to the threshold"
    closest_order = CLOSEST_FIRST
    marks_said = parts_said = "Objects"

    @property
    def targets(self) -> GridTargets:
        """What can be explained of them."""
        return GridTargets(self.answers.classes, self.answers.first, self.answers.grid)

    # --------------------------------------------------------------------------------- Project

    def figures(self, threshold: float | None) -> tuple[Number, Number]:
        """The F1 of all objects, and how many samples have all right."""
        right = self.right("All objects right", threshold)
        if not self.answers.labelled.any():
            return Number("F1 of objects", "–", "no labels"), right
        precision, recall, f1 = self.answers.counts(threshold).over_all
        note = f"precision {percent(precision, 1)}, recall {percent(recall, 1)}"
        return Number("F1 of objects", percent(f1, 1), note), right

    def breakdown(self, threshold: float | None) -> Bars | None:
        """The F1 of each class."""
        counts = self.answers.counts(threshold)
        rows = zip(self.answers.things, counts.figures.f1, counts.labelled, strict=True)
        return share_bars(
            "F1 by class",
            [
                (name, float(f1), f"{percent(f1)} · {counted(int(n), 'object')}")
                for name, f1, n in rows
            ],
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """Each class with its objects."""
        return (self.table(None),)

    def table(self, threshold: float | None) -> Table:
        """Each class with its objects, precision and recall."""
        counts = self.answers.counts(threshold)
        figures = counts.figures
        rows: list[dict[str, Cell]] = [
            {
                "class": name,
                "precision": float(figures.precision[k]),
                "recall": float(figures.recall[k]),
                "F1": float(figures.f1[k]),
                "objects": int(counts.labelled[k]),
                "hits": int(counts.hits[k]),
                "missed": int(counts.missed[k]),
                "false alarms": int(counts.false_alarms[k]),
            }
            for k, name in enumerate(self.answers.things)
        ]
        about = "Classes with their objects, hits, missed ones and false alarms"
        return Table("Classes", tuple(rows), about, SHARES)

    def of_group(self, some: Mask, threshold: float | None) -> Mapping[str, Cell]:
        """The F1 of their objects."""
        return {"F1 of objects": self.answers.counts(threshold, some).over_all[2]}

    @property
    def only_answer(self) -> str:
        """See `Pages.only_answer`: no network that was trained finds nothing anywhere."""
        objects = self.answers.objects()
        nothing = len(objects) > 1 and not any(one.detections for own in objects for one in own)
        return self.answers.answer_said(0) if nothing else ""

    # --------------------------------------------------------------------------------- Samples

    def overview(self, threshold: float | None) -> Overview:
        """What is taken for what, with the background."""
        if not self.answers.labelled.any():
            return Overview("Objects", "", None, UNLABELLED)
        background = self.answers.background
        caption = f"Objects, not pictures. What is missed is taken for the {background}."
        names = (background, *self.answers.things)
        return Overview("Objects", caption, Matrix(names, self.answers.confusion(threshold)))

    @property
    def rule_said(self) -> str:
        """When a detection counts as a hit, as a sentence."""
        if self.answers.rule is HitRule.INSIDE:
            return "A detection hits where its centre is inside a labelled box of its class."
        return (
            "A detection hits where its centre is within 0.2 of the picture of that of a labelled "
            "box of its class, as Studio counts."
        )

    def limit(self, threshold: float | None) -> Limit:
        """From which score a cell says that an object is there."""
        chosen = self.answers.threshold if threshold is None else threshold
        return Limit(
            min(chosen, 1.0),
            1.0,
            0.01,
            "A cell with a score above this says that an object is there.",
        )

    def judging(self, threshold: float | None) -> tuple[Control, ...]:
        """The threshold, and when a detection hits."""
        return self.limit(threshold), Press(
            "A hit", "rule", tuple(map(str, HitRule)), self.rule_said
        )

    def marks(self, position: int, threshold: float | None) -> tuple[Mark, ...]:
        """The centres of what is detected, and of what is missed."""
        geometry = self._geometry(position)
        if geometry is None:
            return ()
        marks = []
        for part, one in enumerate(self.answers.objects(threshold)[position]):
            name = self.answers.said(Place(position, part))
            for box in [each.box for each in one.detections] or [one.box]:
                x, y, *_ = geometry.onto_picture(Box(*centre_of(box), 0.0, 0.0))
                marks.append(Mark(x, y, name, one.verdict, part))
        return tuple(marks)

    def region(self, place: Place) -> Box | None:
        """An object with something around it."""
        geometry, one = self._geometry(place.sample), self.answers.object(place)
        if geometry is None or one is None:
            return None
        boxes = [each.box for each in one.detections]
        boxes += [] if one.truth is None else [one.truth.box]
        left, top = min(each.x for each in boxes), min(each.y for each in boxes)
        right, bottom = max(each.right for each in boxes), max(each.bottom for each in boxes)
        side = max(right - left, bottom - top, LEAST / min(self.answers.grid))
        wide = side * (1 + 2 * AROUND)
        x, y = (left + right - wide) / 2, (top + bottom - wide) / 2
        return geometry.onto_picture(Box(x, y, wide, wide))

    def field(self, place: Place) -> Box | None:
        """What the network sees of the picture where it says what an object is."""
        geometry, one = self._geometry(place.sample), self.answers.object(place)
        if geometry is None or one is None:
            return None
        network = self.answers.network
        each = [network.receptive_field(*cell) for cell in one.cells(self.answers.grid)]
        fields = [field for field in each if field is not None]
        if not fields:
            return None
        left, top = min(field.x for field in fields), min(field.y for field in fields)
        right, bottom = (max(getattr(f, end) for f in fields) for end in ("right", "bottom"))
        around = Box(left, top, right - left, bottom - top)
        return geometry.onto_picture(around.share_of(*geometry.input))

    def _geometry(self, position: int) -> Geometry | None:
        of = self.answers.geometry
        return None if of is None else of(position)

    # --------------------------------------------------------------------------------- Explain

    def bars(self, position: int, threshold: float | None) -> Bars:
        """Each object with its score."""
        answers = self.answers
        bars = tuple(
            ScoreBar(
                answers.name(one.true if one.said is None else one.said),
                percent(self.score(position, one), 1),
                self.score(position, one),
                true=one.truth is not None,
                mark=self._fate(one),
            )
            if one.truth is not None
            else ScoreBar(
                f"{answers.name(one.said)}, {self._fate(one)}",
                percent(self.score(position, one), 1),
                self.score(position, one),
            )
            for one in answers.objects(threshold)[position]
        )
        true = answers.true_said(position)
        said = "not labelled" if true == "?" else true
        return Bars("Objects", f"Labelled: {said}. {self.rule_said}", bars)

    def score(self, position: int, one: GridObject) -> float:
        """Of an object; of a missed one that of its class in its cell."""
        if one.detections:
            return one.detections[0].score
        row, column = cell_at(*centre_of(one.box), self.answers.grid)
        score = float(self.answers.scores[position, row, column, one.true])
        return min(1.0, max(0.0, score)) if np.isfinite(score) else 0.0

    def _fate(self, one: GridObject) -> str:
        """What became of an object: `hit`, `missed`, `wrong class, labelled cross`."""
        if one.verdict is ObjectVerdict.WRONG_CLASS:
            return f"{one.verdict}, labelled {self.answers.name(one.true)}"
        return one.verdict

    def rows(self, position: int) -> tuple[Sight, ...]:
        """The classes that are labelled or detected, and the best of the others up to three."""
        answers = self.answers
        objects, scores = answers.objects()[position], answers.scores[position]
        there = {kind for one in objects for kind in (one.true, one.said) if kind is not None}
        best = scores[..., answers.first :].max(axis=(0, 1))
        order = [int(kind) + answers.first for kind in np.argsort(-best, kind="stable")]
        chosen = [kind for place, kind in enumerate(order) if kind in there or place < ROWS]
        return tuple(
            Sight(
                self.targets.of_sample(objects, scores, f"={answers.classes[kind]}", ""),
                f"all {answers.classes[kind]} · at most {percent(scores[..., kind].max())}",
                f"={answers.classes[kind]}",
            )
            for kind in chosen
        )

    def sights(self, place: Place) -> tuple[Sight, ...]:
        """Why its class, and why not another one."""
        return object_sights(self.answers, place)

    def views(self, position: int) -> tuple[View, ...]:
        """Object by object."""
        own = self.answers.objects()[position]
        sights = tuple(
            object_sights(
                self.answers, Place(position, part), title=object_title(self.answers, one)
            )[0]
            for part, one in enumerate(own)
        )
        return (View("Object by object", sights),) if sights else ()

    # ----------------------------------------------------------------------------------- flags

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes of objects, each of which may be there or not."""
        return self.answers.things

    def relabelled(self, position: int, label: str) -> str:
        """The sample's classes with one more, or without it where it is there."""
        names = self.answers.things
        held = labels_in(self.answers.samples[position].label or NONE_TRUE, names) or ()
        return joined_labels(name for name in names if (name in held) != (name == label))

    # ---------------------------------------------------------------------------------- Review

    def review_controls(self, threshold: float | None) -> tuple[Control, ...]:
        """A class, the threshold, and when a detection hits."""
        names = self.answers.things
        return Choose("Class", "review_class", names, "all pictures"), *self.judging(threshold)

    def sides(self, by: By, named: str, threshold: float | None) -> Sides:
        """Samples with all objects right or not; of one class its hits, and what is not."""
        answers = self.answers
        if named not in answers.things:
            correct = answers.correct(threshold)
            return Sides(
                *(
                    tuple(answers.ordered(correct == value, None, threshold).tolist())
                    for value in (1, 0)
                )
            )
        kind = answers.classes.index(named)
        hits: list[tuple[float, Address]] = []
        others: list[tuple[int, float, Address]] = []
        for position, own in enumerate(answers.objects(threshold)):
            for part, one in enumerate(own):
                if kind not in {one.true, one.said}:
                    continue
                place, score = Place(position, part), self.score(position, one)
                if one.verdict is ObjectVerdict.HIT:
                    hits.append((-score, place))
                elif one.verdict is not ObjectVerdict.UNJUDGED:
                    others.append((int(one.true is None), -score, place))
        return Sides(
            tuple(place for _, place in sorted(hits)),
            tuple(place for *_, place in sorted(others)),
        )
