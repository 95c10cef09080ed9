"""Whether two networks look at the same place: their heatmaps of the same samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from services.choices.flipped import compared_by, made_by
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import Heatmap, heatmaps, placed
from services.media.reading import BATCH_SIZE, in_parts
from services.predictions.comparison import NetworkComparison
from services.predictions.moved_heat import FAR, Heats, heats, heats_digest
from services.predictions.predictions import Predictions
from services.tasks.flips import Flip
from services.tasks.shown import Positions
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress

SIDE = 64  # heat is laid on a picture of so many columns and rows


def share_moved(one: Floats, other: Floats) -> float:
    """The share of the heat that lies elsewhere: half the sum of differences of both, as shares.

    Total variation of the two: 0 where both are the same, 1 where nothing lies on the same place.

    Args:
        one: (h, w) float32, at least 0; NaN where nothing was seen.
        other: of the same shape.
    """
    first, second = np.nan_to_num(one), np.nan_to_num(other)
    if not first.any() or not second.any():
        return float("nan")
    return float(np.abs(first / first.sum() - second / second.sum()).sum() / 2)


def correlation_of(one: Floats, other: Floats) -> float:
    """Pearson's r of two heatmaps where both saw something; NaN where one is of one value.

    Args:
        one: (h, w) float32, NaN where nothing was seen.
        other: of the same shape.
    """
    known = np.isfinite(one) & np.isfinite(other)
    first, second = one[known].astype(np.float64), other[known].astype(np.float64)
    if not len(first) or first.std() == 0 or second.std() == 0:
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


@dataclass(frozen=True)
class HeatsMoved(Asked[Heats]):
    """How far the heat moved, of all samples that both networks know.

    Attributes:
        comparison: of the two.
        recipe: how heatmaps are made, of each network in its own layer where it has no such.
    """

    words = "heatmaps of two networks"
    weight = LONG

    comparison: NetworkComparison
    recipe: Recipe

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        here, there = self.comparison.here, self.comparison.there
        return heats_digest(here, there, made_by(here, self.recipe))

    @property
    def found(self) -> Heats | None:
        """See `Asked.found`."""
        return heats.get(self.digest)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        here = self.comparison.here.project
        return Price(2 * len(self.comparison), "heatmap", here.work("captures"))

    def make(self, progress: Progress) -> Heats:
        """See `Asked.make`."""
        both, recipe = self.comparison, compared_by(self.comparison.here, self.recipe)
        progress.begin("Comparing heatmaps", len(both))
        moved, correlations = [], []
        for rows in in_parts(range(len(both)), BATCH_SIZE):
            some = np.array(rows)
            here = on_pictures(both.here, both.positions[some], recipe)
            there = on_pictures(both.there, both.others[some], recipe)
            moved += [share_moved(*pair) for pair in zip(here, there, strict=True)]
            correlations += [correlation_of(*pair) for pair in zip(here, there, strict=True)]
            progress.advance(len(rows))
        made = Heats(np.array(moved, np.float32), np.array(correlations, np.float32))
        heats.put(self.digest, made)
        return made


def on_pictures(predictions: Predictions, positions: Positions, recipe: Recipe) -> list[Floats]:
    """Heatmaps of some samples on their pictures, all of one size: (SIDE, SIDE) float32 each."""
    made: list[Heatmap] = heatmaps(predictions, positions.tolist(), recipe)
    canvas = np.zeros((SIDE, SIDE, 3), np.uint8)
    both = zip(positions.tolist(), made, strict=True)
    return [placed(predictions, position, one.heat, canvas) for position, one in both]


def right_for_another_reason(comparison: NetworkComparison, heats: Heats) -> Positions:
    """Positions of the samples that both have right, whose heat moved: the farthest first."""
    here, there = comparison.correct
    kept = np.array([flip is Flip.KEPT for flip in comparison.flips], bool)
    some = np.flatnonzero(kept & (here == 1) & (there == 1) & (heats.moved > FAR))
    return comparison.positions[some[np.argsort(-heats.moved[some], kind="stable")]]
