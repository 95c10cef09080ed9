"""What Studio's own model testing says, beside what is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.edge_impulse.model import TestResult
from services.predictions.predictions import Predictions


@dataclass(frozen=True)
class Disagreement:
    """A sample on which Studio says something else.

    Attributes:
        position: of the sample in the predictions.
        here, there: the class or the value, computed here and said by Studio.
        difference: the largest difference of a class's score, or that of the values.
    """

    position: int
    here: str
    there: str
    difference: float


@dataclass(frozen=True)
class Agreement:
    """How far two computations of the same test agree.

    Attributes:
        variant: of the model in Studio.
        compared: how many samples both know.
        disagreeing: those with another class; for regression, with values further apart than a
            tenth of the threshold. The largest difference comes first.
        difference: mean over the samples of the largest difference of a class's score, or of the
            values.
    """

    variant: str
    compared: int
    disagreeing: tuple[Disagreement, ...]
    difference: float

    @property
    def share(self) -> float:
        """How much of what was compared agrees, 0 to 1; NaN where nothing was."""
        if not self.compared:
            return float("nan")
        return 1.0 - len(self.disagreeing) / self.compared


def agreement(predictions: Predictions, result: TestResult) -> Agreement:
    """Compare with one variant's results of Studio's own model testing.

    Studio's last word may be `uncertain`, below its threshold; the scores themselves are compared.
    """
    differences, disagreeing = [], []
    for position, sample in enumerate(predictions.samples):
        scores = result.scores.get(sample.studio_id or 0)
        if scores is None:
            continue
        compared = (
            _values(predictions, position, scores)
            if predictions.project.is_regression
            else _classes(predictions, position, scores)
        )
        if compared is None:
            continue
        agrees, found = compared
        differences.append(found.difference)
        if not agrees:
            disagreeing.append(found)
    disagreeing.sort(key=lambda found: -found.difference)
    mean = float(np.mean(differences)) if differences else float("nan")
    return Agreement(result.variant, len(differences), tuple(disagreeing), mean)


def _classes(
    predictions: Predictions, position: int, scores: Mapping[str, float]
) -> tuple[bool, Disagreement] | None:
    classes = predictions.project.classes
    if not all(name in scores for name in classes):
        return None
    there = np.array([scores[name] for name in classes])
    here = predictions.scores[position]
    best_here, best_there = int(predictions.predicted[position]), int(there.argmax())
    difference = float(np.abs(here - there).max())
    names = f"{classes[best_here]} {here.max():.1%}", f"{classes[best_there]} {there.max():.1%}"
    return best_here == best_there, Disagreement(position, *names, difference)


def _values(
    predictions: Predictions, position: int, scores: Mapping[str, float]
) -> tuple[bool, Disagreement] | None:
    if len(scores) != 1:
        return None
    (there,) = scores.values()
    here = float(predictions.values[position])
    difference = abs(here - there)
    agrees = difference <= predictions.project.regression.threshold / 10
    return agrees, Disagreement(position, f"{here:.4g}", f"{there:.4g}", difference)
