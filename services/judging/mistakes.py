"""Which mistakes there are, and what each is set beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam import Target
from gradcam.arrays import Floats
from services.choices.browse import Positions, confidence
from services.choices.options import Which
from services.judging.review import nearest_correct, nearness
from services.judging.scores import Counts, judged, rates
from services.predictions.predictions import Predictions
from services.tables import Cell

WORST = 10  # of a regression


@dataclass(frozen=True)
class Pair:
    """Two classes of which one is taken for the other.

    Attributes:
        true, called: indices of the classes.
        count: how often.
        share: of the true class, 0..1.
    """

    true: int
    called: int
    count: int
    share: float


@dataclass(frozen=True)
class Sight:
    """One heatmap of a sample.

    Attributes:
        target: what is explained.
        title: as on the page.
        words, against: the same as in `Recipe.target` and `Recipe.against`.
    """

    target: Target
    title: str
    words: str
    against: str = ""


@dataclass(frozen=True)
class Beside:
    """Another sample, and why it stands there."""

    position: int
    title: str


@dataclass(frozen=True)
class Mistake:
    """A sample with what it is set beside.

    Attributes:
        position: of the sample.
        sights: its heatmaps; the first explains what the network says.
        beside: the nearest correct sample, and the nearest of the class that it was taken for.
    """

    position: int
    sights: tuple[Sight, ...]
    beside: tuple[Beside, ...]


def confused(matrix: Counts) -> list[Pair]:
    """Every two classes of which one was taken for the other, the commonest first.

    Args:
        matrix: (classes, classes) counts, true by predicted.
    """
    share = rates(matrix)
    pairs = [
        Pair(int(true), int(called), int(matrix[true, called]), float(share[true, called]))
        for true, called in zip(*np.nonzero(matrix), strict=True)
        if true != called
    ]
    return sorted(pairs, key=lambda pair: (-pair.count, -pair.share))


def split(predictions: Predictions, sure: int) -> dict[Which, Positions]:
    """Errors that the network is sure of, other errors, and what it was right about by a hair.

    Args:
        predictions: of a classification.
        sure: the score in per cent from which the network counts as sure.

    Returns:
        Errors by falling score, right ones by rising score.
    """
    known = judged(predictions)
    score = confidence(predictions)[known]
    right, unsure = predictions.correct()[known] == 1, score * 100.0 < sure

    def ordered(chosen: NDArray[np.bool_], by: Floats) -> Positions:
        return known[chosen][np.argsort(by[chosen], kind="stable")]

    return {
        Which.SURE_WRONG: ordered(~right & ~unsure, -score),
        Which.UNSURE_WRONG: ordered(~right & unsure, -score),
        Which.UNSURE_RIGHT: ordered(right & unsure, score),
    }


def worst(predictions: Predictions, count: int = WORST) -> Positions:
    """The largest errors of a regression, the largest first."""
    known = judged(predictions)
    size = np.abs(predictions.errors[known])
    return known[np.argsort(-size, kind="stable")[:count]]


def mistake(predictions: Predictions, position: int, threshold: float | None = None) -> Mistake:
    """What a sample is set beside.

    Args:
        predictions: of the project.
        position: of the sample.
        threshold: of a regression; None for the project's own.
    """
    near = nearest_correct(predictions, position, threshold)
    beside = [] if near is None else [Beside(near, "nearest correct")]
    if predictions.project.is_regression:
        return Mistake(position, _halves(predictions), tuple(beside))
    called = int(predictions.predicted[position])
    if predictions.true[position] not in {-1, called}:
        of_called = np.flatnonzero(predictions.true == called)
        if len(of_called):
            taken_for = int(of_called[nearness(predictions, position)[of_called].argmax()])
            name = predictions.project.classes[called]
            beside.append(Beside(taken_for, f"nearest that is {name}"))
    return Mistake(position, _sights(predictions, position), tuple(beside))


def sample_rows(predictions: Predictions, positions: Positions) -> list[dict[str, Cell]]:
    """Labelled samples as rows of a table: what is true, what the network says."""
    rows: list[dict[str, Cell]] = []
    for position in positions:
        sample = predictions.samples[position]
        row: dict[str, Cell] = {"sample": sample.id, "true": sample.label}
        if predictions.project.is_regression:
            row |= {
                "read": float(predictions.values[position]),
                "error": float(predictions.errors[position]),
            }
        else:
            called, true = int(predictions.predicted[position]), int(predictions.true[position])
            scores = predictions.scores[position]
            row |= {
                "predicted": predictions.project.classes[called],
                "score": float(scores[called]),
                "score of the true class": float(scores[true]),
            }
        rows.append(row)
    return rows


def other_class(predictions: Predictions, position: int) -> int:
    """The class that a prediction is set against: the true one, or the next best if it is right."""
    called, true = int(predictions.predicted[position]), int(predictions.true[position])
    if true not in {-1, called}:
        return true
    scores = predictions.scores[position]
    return int(np.where(np.arange(len(scores)) == called, -np.inf, scores).argmax())


def _sights(predictions: Predictions, position: int) -> tuple[Sight, ...]:
    classes = predictions.project.classes
    called, other = int(predictions.predicted[position]), other_class(predictions, position)
    return (
        Sight(Target.for_class(called), f"why {classes[called]}", f"={classes[called]}"),
        Sight(Target.for_class(other), f"why {classes[other]}", f"={classes[other]}"),
        Sight(
            Target.contrast(called, other),
            f"why {classes[called]} and not {classes[other]}",
            f"={classes[called]}",
            f"={classes[other]}",
        ),
    )


def _halves(predictions: Predictions) -> tuple[Sight, ...]:
    output = predictions.project.regression.output
    return (
        Sight(Target.for_output(output), "what raises the value", f"={output}"),
        Sight(Target.for_output(output, lowers=True), "what lowers the value", f"-{output}"),
    )
