"""What Project, Samples, Explain and Review show of anomalies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np

from gradcam.arrays import Floats, Mask
from gradcam.box import Box
from services.numbers import percent, rounded
from services.tables import Cell
from services.tasks.anomaly.figures import at_threshold, auroc, best_threshold
from services.tasks.anomaly.targets import EVERY, HOTTEST, SAID
from services.tasks.anomaly.verdicts import (
    BORDERLINE_FIRST,
    HIGHEST_FIRST,
    LOWEST_FIRST,
    AnomalyVerdicts,
)
from services.tasks.breakdown import share_bars
from services.tasks.marks import Mark, ObjectVerdict
from services.tasks.pages import Pages, Sides, View
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
from services.tasks.targets import PREDICTED, Sight

STEPS = 9  # thresholds that are set beside the chosen one
UNLABELLED = "No sample is labelled, so there is no right or wrong to count."
SHARES = frozenset({"called anomalous", "correct", "precision", "recall", "false alarms", "F1"})


@dataclass(frozen=True)
class AnomalyPages(Pages):
    """What pages show of N samples."""

    answers: AnomalyVerdicts

    leads_with_own = True
    worst_title = "Furthest on the wrong side"
    closest_title = "Nearest to the threshold"
    closest_order = BORDERLINE_FIRST
    marks_said = "Anomalies"

    @property
    def labels(self) -> tuple[str, ...]:
        """The kinds."""
        return self.answers.kinds

    def figures(self, threshold: float | None) -> tuple[Number, Number]:
        """How well the scores tell both sides apart, and how many are right at the threshold."""
        known = self.answers.judged
        area = auroc(self.answers.scores[known], self.answers.anomalous[known])
        own = Number("AUROC", percent(area, 1) if isfinite(area) else "–")
        return own, self.right(f"Right at {self.answers.limit(threshold):g}", threshold)

    def at_threshold(self, threshold: float | None) -> tuple[Number, ...]:
        """The same, and what the threshold finds and what it gets wrong; and a better one."""
        scores, anomalous = self._judged
        own = at_threshold(scores, anomalous, self.answers.limit(threshold))
        numbers = [
            *self.figures(threshold),
            Number("Precision", _percent(own.precision)),
            Number("Recall", _percent(own.recall)),
        ]
        if (best := best_threshold(scores, anomalous)) is not None:
            said = f"{percent(best.recall)} found, {percent(best.false_alarms)} false alarms"
            numbers.append(Number("Best threshold", rounded(best.threshold), said))
        return tuple(numbers)

    @property
    def _judged(self) -> tuple[Floats, Mask]:
        known = self.answers.judged
        return self.answers.scores[known], self.answers.anomalous[known]

    def breakdown(self, threshold: float | None) -> Bars | None:
        """How many of each kind are right."""
        answers, correct = self.answers, self.answers.correct(threshold)
        own = [correct[answers.true == number] for number in range(len(answers.kinds))]
        return share_bars(
            "Right by kind",
            [
                (kind, float(np.mean(each)), f"{percent(np.mean(each))} · {len(each):,}")
                for kind, each in zip(answers.kinds, own, strict=True)
                if len(each)
            ],
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """Kind by kind."""
        return (self.by_kind(None),)

    def by_kind(self, threshold: float | None) -> Table:
        """Each kind with its scores and how many are called anomalous."""
        answers, correct = self.answers, self.answers.correct(threshold)
        rows: list[dict[str, Cell]] = []
        for number, kind in enumerate(answers.kinds):
            own = answers.true == number
            scores, there = answers.scores[own], bool(own.any())
            rows.append({
                "kind": kind,
                "samples": int(own.sum()),
                "median score": float(np.median(scores)) if there else float("nan"),
                "highest score": float(scores.max()) if there else float("nan"),
                "called anomalous": _mean(answers.called(threshold)[own]),
                "correct": _mean(correct[own]),
            })  # fmt: skip
        about = "Kinds with their number of samples, their scores and how many are called anomalous"
        return Table("Kinds", tuple(rows), about, SHARES)

    def by_threshold(self, threshold: float | None) -> Table:
        """What thresholds around all scores find and get wrong; the chosen one is among them."""
        scores, anomalous = self._judged
        chosen = self.answers.limit(threshold)
        finite = scores[np.isfinite(scores)].astype(np.float64)
        some = np.quantile(finite, np.linspace(0.1, 0.9, STEPS)) if len(finite) else np.zeros(0)
        rows: list[dict[str, Cell]] = []
        for value in sorted({chosen, *(float(f"{each:.3g}") for each in some)}):
            each = at_threshold(scores, anomalous, value)
            rows.append({
                "threshold": value,
                "chosen": value == chosen,
                "precision": each.precision,
                "recall": each.recall,
                "false alarms": each.false_alarms,
                "F1": each.f1,
            })  # fmt: skip
        about = "Thresholds with the share of anomalies found and of normal pictures called so"
        return Table("Thresholds", tuple(rows), about, SHARES)

    def of_group(self, some: Mask, threshold: float | None) -> Mapping[str, Cell]:
        """The middle of the highest scores."""
        return {"median score": float(np.median(self.answers.scores[some]))}

    @property
    def only_answer(self) -> str:
        """See `Pages.only_answer`; where one thing is true of all, it may well be right."""
        called, anomalous = self.answers.called(None), self.answers.anomalous[self.answers.judged]
        mixed = bool(anomalous.any() and not anomalous.all())
        alike = len(called) > 1 and mixed and bool((called == called[0]).all())
        return self.answers.answer_said(0) if alike else ""

    def overview(self, threshold: float | None) -> Overview:
        """What is normal and what is not, against what each is called."""
        if not len(self.answers.judged):
            return Overview("Anomalies", "", None, UNLABELLED)
        matrix = Matrix(self.answers.sides, self.answers.confusion(threshold))
        limit = f"{self.answers.limit(threshold):g}"
        return Overview("Anomalies", f"Called anomalous from a score of {limit}.", matrix)

    def limit(self, threshold: float | None) -> Limit:
        """From which score a picture is called anomalous."""
        own, chosen = self.answers.threshold, self.answers.limit(threshold)
        best = best_threshold(*self._judged)  # beyond twice that nothing is left to be decided
        most = max(4 * own, 0.0 if best is None else 2 * best.threshold, chosen, 1e-6)
        step = 10.0 ** (floor(log10(most)) - 2)
        said = "A picture with a place of at least this score is called anomalous."
        return Limit(chosen, most, step, said)

    def marks(self, position: int, threshold: float | None) -> tuple[Mark, ...]:
        """The places from the threshold on, each with its score in the middle of its window."""
        answers = self.answers
        if answers.geometry is None:
            return ()
        own, geometry = answers.outputs[position], answers.geometry(position)
        hot = np.flatnonzero(own >= answers.limit(threshold))
        rows, columns = answers.network.score_middles
        verdict = _verdict(int(answers.true[position]))
        marks = []
        for at in hot.tolist():
            row, column = divmod(at, len(columns))
            spot = geometry.onto_picture(Box(float(columns[column]), float(rows[row]), 0.0, 0.0))
            marks.append(Mark(spot.x, spot.y, rounded(float(own[at])), verdict))
        return tuple(marks)

    def bars(self, position: int, threshold: float | None) -> Bars:
        """The highest score beside the threshold."""
        answers, limit = self.answers, self.answers.limit(threshold)
        score = float(answers.scores[position])
        most = max(score, limit) if isfinite(score) else limit
        own = answers.outputs[position]
        above = int((own >= limit).sum())
        label = answers.samples[position].label
        note = f"{label or 'Not labelled'}; {above} of {len(own)} places above the threshold"
        return Bars(
            "Highest score",
            note,
            (
                ScoreBar("score", rounded(score, 4), _length(score, most)),
                ScoreBar(
                    "threshold", rounded(limit, 4), _length(limit, most), true=True,
                    mark="threshold",
                ),
            ),
        )  # fmt: skip

    def rows(self, position: int) -> tuple[Sight, ...]:
        """What decides, and the hottest place alone."""
        return self._sights(position, PREDICTED, HOTTEST)

    def views(self, position: int) -> tuple[View, ...]:
        """What decides beside all places."""
        return (View("Hot places and all", self._sights(position, PREDICTED, EVERY)),)

    def _sights(self, position: int, *words: str) -> tuple[Sight, ...]:
        above = self.answers.scores[position] >= self.answers.threshold
        said = SAID if above else {**SAID, PREDICTED: SAID[HOTTEST]}
        return tuple(
            Sight(self.answers.own_target(position, word), said[word], word) for word in words
        )

    def review_controls(self, threshold: float | None) -> tuple[Control, ...]:
        """A kind, true or called, and the threshold."""
        names = (*self.answers.kinds, *set(self.answers.sides) - {*self.answers.kinds})
        return (
            Press("Group by", "by", tuple(By)),
            Choose("Kind", "review_class", names, "all kinds"),
            self.limit(threshold),
        )

    def sides(self, by: By, named: str, threshold: float | None) -> Sides:
        """The surest of each first."""
        answers, correct = self.answers, self.answers.correct(threshold)
        among = np.ones(len(answers), bool)
        if by is By.PREDICTED and named in answers.sides:
            among = answers.called(threshold) == (named == answers.sides[1])
        elif by is By.TRUE and named in answers.kinds:
            among = answers.true == answers.kinds.index(named)
        elif by is By.TRUE and named == answers.sides[1]:
            among = answers.anomalous
        order = LOWEST_FIRST if named == answers.normal else HIGHEST_FIRST
        right, wrong = (
            tuple(answers.ordered(among & (correct == value), order, threshold).tolist())
            for value in (1, 0)
        )
        return Sides(right, wrong)


def _verdict(true: int) -> ObjectVerdict:
    """What became of a place that is called anomalous, by what is true of its picture."""
    if true < 0:
        return ObjectVerdict.UNJUDGED
    return ObjectVerdict.HIT if true else ObjectVerdict.FALSE_ALARM


def _mean(values: Mask | Floats) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _percent(share: float) -> str:
    return percent(share, 1) if isfinite(share) else "–"


def _length(value: float, most: float) -> float:
    """A bar's length in 0..1; none for a number that is not finite, which JSON cannot carry."""
    return min(1.0, max(0.0, value / most)) if isfinite(value) and most > 0 else 0.0
