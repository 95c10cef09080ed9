"""What Project, Samples, Explain and Review show of a classification."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from gradcam import Target
from services.numbers import counted, percent
from services.tables import Cell
from services.tasks.breakdown import share_bars
from services.tasks.classification.verdicts import MOST_SURE, ClassVerdicts
from services.tasks.pages import Pages, Sides
from services.tasks.shown import (
    Bars,
    By,
    Choose,
    Control,
    Counts,
    Limit,
    Matrix,
    Number,
    Overview,
    Press,
    ScoreBar,
    Table,
)
from services.tasks.targets import Sight

TOP = 5  # scores
ROWS = 3  # of classes where methods stand side by side; the true one comes on top of these
UNLABELLED = "No sample is labelled, so there is no right or wrong to count."


@dataclass(frozen=True)
class ClassPages(Pages):
    """What pages show of N samples."""

    answers: ClassVerdicts

    worst_title = "Most confidently wrong"

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes."""
        return self.answers.classes

    def figures(self, threshold: float | None) -> tuple[Number, Number]:
        """How many classes there are, and the accuracy."""
        return Number("Classes", str(len(self.answers.classes))), self.right("Accuracy", None)

    def breakdown(self, threshold: float | None) -> Bars | None:
        """The accuracy of each class."""
        count, right = self._counts()
        return share_bars(
            "Accuracy by class",
            [
                (name, n / of, f"{percent(n / of)} · {n:,} of {of:,}")
                for name, n, of in zip(self.answers.classes, right, count, strict=True)
                if of
            ],
        )

    def _counts(self) -> tuple[Counts, Counts]:
        """(classes,) each: how many samples a class has, and how many of them are right."""
        true, classes = self.answers.true, self.answers.classes
        count = np.bincount(true[true >= 0], minlength=len(classes))
        return count, np.bincount(true[self.answers.correct() == 1], minlength=len(classes))

    @property
    def tables(self) -> tuple[Table, ...]:
        """Each class with its samples and how many of them are right."""
        count, right = self._counts()
        rows: list[dict[str, Cell]] = [
            {
                "class": name,
                "samples": int(count[i]),
                "correct": int(right[i]),
                "share correct": float(right[i] / count[i]) if count[i] else float("nan"),
            }
            for i, name in enumerate(self.answers.classes)
        ]
        about = "Classes with their number of samples and of correct ones"
        return (Table("Classes", tuple(rows), about, frozenset({"share correct"})),)

    @property
    def only_answer(self) -> str:
        """See `Pages.only_answer`."""
        called = self.answers.predicted
        alike = len(called) > 1 and bool((called == called[0]).all())
        return self.answers.classes[int(called[0])] if alike else ""

    @property
    def uncertain_below(self) -> float | None:
        """See `Pages.uncertain_below`."""
        return self.answers.min_score

    def limit(self, threshold: float | None) -> Limit | None:
        """From which score one unit says its second class; several units have none."""
        chosen = self.answers.threshold if threshold is None else threshold
        if self.answers.threshold is None or chosen is None:
            return None
        second = self.answers.classes[1]
        return Limit(min(chosen, 1.0), 1.0, 0.01, f"Scores of “{second}” above this predict it.")

    def overview(self, threshold: float | None) -> Overview:
        """The confusion matrix."""
        if not (self.answers.true >= 0).any():
            return Overview("Confusion", "", None, UNLABELLED)
        uncertain = int(self.answers.uncertain.sum())
        caption = (
            f"{counted(uncertain, 'uncertain sample')} not in the matrix." if uncertain else ""
        )
        return Overview("Confusion", caption, Matrix(self.answers.classes, self.answers.confusion))

    def bars(self, position: int, threshold: float | None) -> Bars:
        """The five highest scores with the true class marked."""
        answers, label = self.answers, self.answers.samples[position].label
        true = int(answers.true[position])
        bars = tuple(
            ScoreBar(
                answers.classes[i],
                percent(answers.scores[position, i], 1),
                _length(float(answers.scores[position, i])),
                true=i == true,
            )
            for i in self._highest(position, TOP)
        )
        note = f"True class: {label or 'not labelled'}"
        if tie := answers.tie_said(position):
            note += f"; {tie}: the first in the order of the classes counts"
        return Bars("Scores", note, bars)

    def rows(self, position: int) -> tuple[Sight, ...]:
        """The classes with the highest scores, and the true one."""
        answers, true = self.answers, int(self.answers.true[position])
        return tuple(
            Sight(
                Target.for_class(i),
                f"{answers.classes[i]} · {percent(answers.scores[position, i])}"
                + (" · true class" if i == true else ""),
                f"={answers.classes[i]}",
            )
            for i in self._highest(position, ROWS)
        )

    def _highest(self, position: int, count: int) -> list[int]:
        order = [int(i) for i in self.answers.scores[position].argsort()[::-1][:count]]
        true = int(self.answers.true[position])
        return [*order, true] if true >= 0 and true not in order else order

    def review_controls(self, threshold: float | None) -> tuple[Control, ...]:
        """A class, true or predicted, and the threshold of one unit."""
        limit = self.limit(threshold)
        return (
            Press("Group by", "by", tuple(By)),
            Choose("Class", "review_class", self.answers.classes, "all classes"),
            *([] if limit is None else [limit]),
        )

    def sides(self, by: By, named: str, threshold: float | None) -> Sides:
        """The most sure ones first."""
        answers = self.answers
        of = answers.true if by is By.TRUE else answers.predicted
        known = named in answers.classes
        among = of == answers.classes.index(named) if known else np.ones(len(answers), bool)
        among = among & ~answers.uncertain
        right, wrong = (
            tuple(answers.ordered(among & (answers.correct() == value), MOST_SURE, None).tolist())
            for value in (1, 0)
        )
        return Sides(right, wrong)


def _length(share: float) -> float:
    """A bar's length in 0..1; none for a number that is not finite, which JSON cannot carry."""
    return float(min(1.0, max(0.0, share))) if isfinite(share) else 0.0
