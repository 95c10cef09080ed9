"""Right beside wrong: two sides of a class, the nearest right sample, the mean heatmap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcam.arrays import Floats, Picture
from services.choices.browse import Positions, select
from services.choices.choices import By, Choices
from services.choices.filter import Filter, Sort, Verdict
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import heatmaps
from services.media.reading import read_whole
from services.predictions.predictions import Predictions

MEAN_OF = 64  # samples a side at most, taken evenly
MEAN_OF_SLOW = 12  # the same where each map takes its time


@dataclass(frozen=True)
class Sides:
    """Positions of the two sides, in the order of the page."""

    correct: Positions
    incorrect: Positions


@dataclass(frozen=True)
class Mean:
    """What a side looks at on average.

    Attributes:
        picture: the mean picture as the network sees it, (H, W, 3) uint8 RGB.
        heat: the mean heatmap, (h, w) float32 in 0..1.
        count: how many samples it is the mean of.
    """

    picture: Picture
    heat: Floats
    count: int


def sides(predictions: Predictions, choices: Choices) -> Sides:
    """The correct and the incorrect samples of the class that Review is about."""
    both = Filter(
        sort=None if predictions.project.is_regression else Sort.MOST_SURE,
        threshold=choices.filter.threshold,
        true_class=choices.review_class if choices.by is By.TRUE else "",
        predicted_class=choices.review_class if choices.by is By.PREDICTED else "",
    )
    right = replace(both, verdict=Verdict.CORRECT)
    if predictions.project.is_regression:
        right = replace(right, sort=Sort.SMALLEST_ERROR)
    return Sides(
        select(predictions, right),
        select(predictions, replace(both, verdict=Verdict.INCORRECT)),
    )


def nearest_correct(
    predictions: Predictions, position: int, threshold: float | None = None
) -> int | None:
    """The correct sample that the network itself finds most alike, of the same true class.

    Alike by the cosine between features; for regression, among the fifth of the correct samples
    whose true value is nearest (five at least).

    Returns:
        Its position, or None where no sample of that class is correct.
    """
    right = predictions.correct(threshold) == 1
    right[position] = False
    if predictions.samples[position].label is None:
        return None
    if predictions.project.is_regression:
        candidates = _near_in_value(predictions, np.flatnonzero(right), position)
    else:
        candidates = np.flatnonzero(right & (predictions.true == predictions.true[position]))
    if not len(candidates):
        return None
    return int(candidates[nearness(predictions, position)[candidates].argmax()])


def nearness(predictions: Predictions, position: int) -> Floats:
    """(N,) float32: the cosine between a sample's features and those of each; -inf for itself."""
    alike = predictions.features @ predictions.features[position]
    alike /= np.maximum(predictions.norms * predictions.norms[position], 1e-12)
    alike[position] = -np.inf
    return alike


def _near_in_value(predictions: Predictions, right: Positions, position: int) -> Positions:
    if not len(right):
        return right
    distance = np.abs(predictions.true_values[right] - predictions.true_values[position])
    count = max(5, len(right) // 5)
    return right[np.argsort(distance, kind="stable")[:count]]


def mean_positions(positions: Sequence[int] | Positions, recipe: Recipe) -> list[int]:
    """Of which samples of a side the mean is taken: all, or some evenly taken."""
    most = MEAN_OF_SLOW if recipe.method.slow else MEAN_OF
    if len(positions) <= most:
        return [int(position) for position in positions]
    return [int(positions[round(i)]) for i in np.linspace(0, len(positions) - 1, most)]


def mean_heatmap(predictions: Predictions, positions: Sequence[int], recipe: Recipe) -> Mean | None:
    """The mean over a side, each heatmap on its own scale; None for an empty side."""
    if not len(positions):
        return None
    positions = mean_positions(positions, recipe)
    paths = [predictions.samples[position].path for position in positions]
    found = heatmaps(predictions, positions, replace(recipe, shared_scale=False))
    seen = read_whole(predictions.project.medium, paths, lambda read: read.seen)
    return Mean(
        np.rint(np.mean(seen, axis=0)).astype(np.uint8),
        np.mean([heatmap.heat for heatmap in found], axis=0, dtype=np.float32),
        len(positions),
    )
