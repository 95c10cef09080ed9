"""What Project, Samples, Explain and Review show of samples that may have several labels."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from services.label_sets import joined_labels
from services.numbers import percent
from services.tables import Cell
from services.tasks.breakdown import share_bars
from services.tasks.multi_label.verdicts import NEAREST_FIRST, LabelVerdicts
from services.tasks.pages import Pages, Sides, View
from services.tasks.parts import Address, Place
from services.tasks.shown import (
    Bars,
    By,
    Choose,
    Control,
    Limit,
    Number,
    Overview,
    ScoreBar,
    Table,
)
from services.tasks.targets import Sight

TOP = 8  # scores; true and said labels come on top of these
ROWS = 3  # labels where methods stand side by side, likewise
UNLABELLED = "No sample is labelled, so there is no right or wrong to count."
SHARES = frozenset({"precision", "recall", "F1", "share right"})


@dataclass(frozen=True)
class LabelPages(Pages):
    """What pages show of N samples."""

    answers: LabelVerdicts

    leads_with_own = True
    worst_title = "Most labels wrong"
    closest_title = "Nearest to the threshold"
    closest_order = NEAREST_FIRST

    @property
    def labels(self) -> tuple[str, ...]:
        """The names, each of which may be true or not."""
        return self.answers.names

    def relabelled(self, position: int, label: str) -> str:
        """The sample's labels with one more, or without it where it is there."""
        names = self.answers.names
        true = dict(zip(names, self.answers.true[position], strict=True))
        return joined_labels(name for name in names if true[name] != (name == label))

    def figures(self, threshold: float | None) -> tuple[Number, Number]:
        """The mean F1 of the labels, and how many samples have all labels right."""
        f1 = self.answers.figures(threshold).f1
        known = np.isfinite(f1)
        mean = percent(f1[known].mean(), 1) if known.any() else "–"
        return Number("F1 over labels", mean), self.right("All labels right", threshold)

    def breakdown(self, threshold: float | None) -> Bars | None:
        """The F1 of each label."""
        figures = self.answers.figures(threshold)
        rows = zip(self.answers.names, figures.f1, figures.support, strict=True)
        return share_bars(
            "F1 by label",
            [(name, float(f1), f"{percent(f1)} · true of {n:,}") for name, f1, n in rows],
        )

    @property
    def tables(self) -> tuple[Table, ...]:
        """Each label by itself."""
        return (self.table(None),)

    def table(self, threshold: float | None) -> Table:
        """Each label with its samples, precision and recall."""
        answers, figures = self.answers, self.answers.figures(threshold)
        parts = answers.parts(threshold).correct.reshape(answers.scores.shape)[answers.judged]
        rows: list[dict[str, Cell]] = [
            {
                "label": name,
                "precision": float(figures.precision[k]),
                "recall": float(figures.recall[k]),
                "F1": float(figures.f1[k]),
                "true": int(figures.support[k]),
                "said": int(figures.called[k]),
                "share right": float(parts[:, k].mean()) if len(parts) else float("nan"),
            }
            for k, name in enumerate(answers.names)
        ]
        about = "Labels with their true and predicted counts, precision and recall"
        return Table("Labels", tuple(rows), about, SHARES)

    @property
    def only_answer(self) -> str:
        """See `Pages.only_answer`."""
        said = self.answers.said_labels
        alike = len(said) > 1 and bool((said == said[0]).all())
        return self.answers.answer_said(0) if alike else ""

    def overview(self, threshold: float | None) -> Overview:
        """Each label by itself."""
        if not self.answers.labelled.any():
            return Overview("Labels", "", None, UNLABELLED)
        return Overview("Labels", "Each label is judged by itself.", self.table(threshold))

    def limit(self, threshold: float | None) -> Limit:
        """From which score a label is said."""
        chosen = self.answers.threshold if threshold is None else threshold
        return Limit(min(chosen, 1.0), 1.0, 0.01, "A label with a score above this is predicted.")

    def bars(self, position: int, threshold: float | None) -> Bars:
        """The highest scores, and those of all labels that are true or said."""
        answers = self.answers
        bars = tuple(
            ScoreBar(
                answers.names[k],
                percent(answers.scores[position, k], 1),
                _length(float(answers.scores[position, k])),
                true=bool(answers.true[position, k]),
                mark="true label",
            )
            for k in self._worth(position, TOP)
        )
        true = answers.true_said(position)
        return Bars("Scores", f"True labels: {'not labelled' if true == '?' else true}", bars)

    def rows(self, position: int) -> tuple[Sight, ...]:
        """The labels with the highest scores, and all that are true or said."""
        answers = self.answers
        return tuple(
            Sight(
                answers.label_targets.label(k),
                f"{answers.names[k]} · {percent(answers.scores[position, k])}"
                + (" · true label" if answers.true[position, k] else ""),
                f"={answers.names[k]}",
            )
            for k in self._worth(position, ROWS)
        )

    def views(self, position: int) -> tuple[View, ...]:
        """Label by label."""
        return (View("Label by label", self.rows(position)),)

    def _worth(self, position: int, count: int) -> list[int]:
        """Labels by falling score: the highest ones, and what is true or said."""
        answers = self.answers
        order = [int(k) for k in np.argsort(-answers.scores[position], kind="stable")]
        matter = answers.true[position] | answers.said_labels[position]
        return [k for place, k in enumerate(order) if place < count or matter[k]]

    def review_controls(self, threshold: float | None) -> tuple[Control, ...]:
        """A label, and the threshold."""
        names = self.answers.names
        return Choose("Label", "review_class", names, "all together"), self.limit(threshold)

    def sides(self, by: By, named: str, threshold: float | None) -> Sides:
        """Samples with all labels right or not; of one label its parts, true ones first."""
        answers = self.answers
        if named not in answers.names:
            correct = answers.correct(threshold)
            return Sides(
                *(
                    tuple(answers.ordered(correct == value, NEAREST_FIRST, threshold).tolist())
                    for value in (1, 0)
                )
            )
        k = answers.names.index(named)
        right = answers.parts(threshold).correct.reshape(answers.scores.shape)[:, k]
        return Sides(self._of_label(k, right == 1), self._of_label(k, right == 0))

    def _of_label(self, k: int, some: np.ndarray) -> tuple[Address, ...]:
        """Parts of one label: where it is true comes first, the surest first."""
        chosen = np.flatnonzero(some)
        order = np.lexsort((-self.answers.scores[chosen, k], ~self.answers.true[chosen, k]))
        return tuple(Place(int(position), k) for position in chosen[order])


def _length(share: float) -> float:
    """A bar's length in 0..1; none for a number that is not finite, which JSON cannot carry."""
    return float(min(1.0, max(0.0, share))) if isfinite(share) else 0.0
