"""What Studio's own model testing says, beside what is computed here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.edge_impulse.model import TestResult
from services.predictions.predictions import Predictions
from services.sample import Window
from services.tasks.answers import Compared


@dataclass(frozen=True)
class Disagreement:
    """A sample on which Studio says something else.

    Attributes:
        position: of the sample in the predictions.
        compared: what is computed here, and what Studio says.
    """

    position: int
    compared: Compared


@dataclass(frozen=True)
class Agreement:
    """How far two computations of the same test agree.

    Attributes:
        variant: of the model in Studio.
        compared: how many samples both know.
        disagreeing: those with another answer, the largest difference first.
        difference: mean over the samples of the largest difference of a score, or of the values.
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
        window = sample.window or Window(0, 0)
        windows = result.windows.get(sample.studio_id or 0, ())
        if len(windows) != window.count:  # of another test set, or cut in another way
            continue
        compared = predictions.answers.compared(position, windows[window.number])
        if compared is None:
            continue
        differences.append(compared.difference)
        if not compared.agrees:
            disagreeing.append(Disagreement(position, compared))
    disagreeing.sort(key=lambda one: -one.compared.difference)
    mean = float(np.mean(differences)) if differences else float("nan")
    return Agreement(result.variant, len(differences), tuple(disagreeing), mean)
