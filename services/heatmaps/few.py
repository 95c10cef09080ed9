"""A few heatmaps beside other things: a page need not wait for them, whatever their method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcam import Fit
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import Heatmap, heatmaps, not_there, targets_of
from services.heatmaps.slow import MethodMaps, Wanted
from services.predictions.predictions import Predictions
from services.work.asked import INTERACTIVE, LONG, Asked, Weight
from services.work.progress import Progress


@dataclass(frozen=True)
class Few(Asked[list[Heatmap]]):
    """Heatmaps of a few samples.

    Attributes:
        predictions: of the project.
        positions: of the samples.
        recipe: how the maps are made.
    """

    predictions: Predictions
    positions: tuple[int, ...]
    recipe: Recipe

    words = "heatmaps"

    @property
    def weight(self) -> Weight:
        """A method of one run takes a moment, any other its time."""
        return LONG if self.recipe.method.slow else INTERACTIVE

    @property
    def fit(self) -> Fit:
        """Whether the network gives what the method asks for."""
        return self.recipe.method.fits(self.predictions.project.network)

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        targets = tuple(targets_of(self.predictions, self.positions, self.recipe))
        return Wanted(self.predictions, (MethodMaps(self.positions, targets, self.recipe),)).digest

    @property
    def missing(self) -> int:
        """For how many of them the network has still to run."""
        targets = targets_of(self.predictions, self.positions, self.recipe)
        return not_there(self.predictions, self.positions, targets, self.recipe)

    @property
    def found(self) -> list[Heatmap] | None:
        """See `Asked.found`."""
        return None if self.missing else self._heatmaps(Progress())

    def make(self, progress: Progress) -> list[Heatmap]:
        """See `Asked.make`."""
        if not self.recipe.method.slow:
            progress.begin("Computing heatmaps", len(self.positions))
            for position in self.positions:  # one by one, so that others may go first
                heatmaps(self.predictions, [position], self.recipe)
                progress.advance()
        return self._heatmaps(progress)

    def _heatmaps(self, progress: Progress) -> list[Heatmap]:
        return heatmaps(self.predictions, self.positions, self.recipe, progress)


def few(predictions: Predictions, positions: Sequence[int], recipe: Recipe) -> Few:
    """The heatmaps of a few samples."""
    return Few(predictions, tuple(positions), recipe)
