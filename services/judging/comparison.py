"""Review: which samples of the two sides are set beside each other, with all their heatmaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.choices.choices import Choices
from services.heatmaps.heatmaps import Heatmap, heatmaps
from services.judging.review import SideMean, mean_heatmap, mean_of, nearest_correct
from services.predictions.predictions import Predictions
from services.tasks.pages import Sides
from services.tasks.parts import Address

SHOWN_A_SIDE = 11  # samples a side; with the mean, which takes four places, fifteen
PAIRS = 6


@dataclass(frozen=True)
class ShownSides:
    """Which samples are drawn: the two sides, the errors and the correct sample nearest to each."""

    correct: tuple[Address, ...]
    incorrect: tuple[Address, ...]
    errors: tuple[Address, ...]
    near: tuple[Address | None, ...]

    @property
    def all(self) -> list[Address]:
        """Every sample of these."""
        nearest = [address for address in self.near if address is not None]
        return [*self.correct, *self.incorrect, *self.errors, *nearest]


@dataclass(frozen=True)
class Comparison:
    """Right beside wrong.

    Attributes:
        sides: all samples of both.
        shown: those that are drawn.
        heatmaps: of these, by address.
        means: of the correct and of the incorrect side; None for an empty one.
    """

    sides: Sides
    shown: ShownSides
    heatmaps: Mapping[Address, Heatmap]
    means: tuple[SideMean | None, SideMean | None]

    @property
    def scale(self) -> float:
        """The largest number that a map was divided by; 0 where none is drawn."""
        return max((heatmap.scale for heatmap in self.heatmaps.values()), default=0.0)


def shown_of(predictions: Predictions, sides: Sides, choices: Choices) -> ShownSides:
    """Which samples Review draws."""
    errors = sides.incorrect[:PAIRS]
    return ShownSides(
        sides.correct[:SHOWN_A_SIDE],
        sides.incorrect[:SHOWN_A_SIDE],
        errors,
        tuple(nearest_correct(predictions, one, choices.filter.threshold) for one in errors),
    )


def needed(predictions: Predictions, sides: Sides, choices: Choices) -> list[Address]:
    """Every sample whose heatmap Review needs, those of the means included."""
    means = [mean_of(side, choices.recipe) for side in (sides.correct, sides.incorrect)]
    drawn = shown_of(predictions, sides, choices).all
    return list(dict.fromkeys([*drawn, *means[0], *means[1]]))


def compare(predictions: Predictions, sides: Sides, choices: Choices) -> Comparison:
    """Right beside wrong. All heatmaps are made at once, so that a shared scale is one for all.

    Raises:
        GradcamError: a picture is gone, or the layer does not lead to the output.
    """
    shown, recipe = shown_of(predictions, sides, choices), choices.recipe
    maps = dict(zip(shown.all, heatmaps(predictions, shown.all, recipe), strict=True))
    scale = max((heatmap.scale for heatmap in maps.values()), default=0.0)
    correct, incorrect = (
        mean_heatmap(predictions, side, recipe, scale) for side in (sides.correct, sides.incorrect)
    )
    return Comparison(sides, shown, maps, (correct, incorrect))
