"""Slow methods in the background: a person sees how far they are, and can leave."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from gradcam import Target
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import Heatmap, heatmaps_of, layer_name, missing, targets_of
from services.heatmaps.prices import passes_each, runs_price
from services.keeping.digests import context_of
from services.predictions.predictions import Predictions
from services.tasks.parts import Address, sample_of
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress


@dataclass(frozen=True)
class MethodMaps:
    """Maps of one method.

    Attributes:
        positions: of which samples.
        targets: what is explained of each.
        recipe: which method, with which settings, of which layer.
    """

    positions: tuple[int, ...]
    targets: tuple[Target, ...]
    recipe: Recipe


@dataclass(frozen=True)
class Wanted(Asked[tuple[list[Heatmap], ...]]):
    """Maps that a page wants to show, as far as their methods are slow.

    Attributes:
        predictions: of the project.
        parts: a method each.
    """

    predictions: Predictions
    parts: tuple[MethodMaps, ...]

    words = "heatmaps"
    weight = LONG

    @property
    def missing(self) -> int:
        """How many maps have still to be made."""
        return sum(map(self._missing, self.parts))

    def _missing(self, part: MethodMaps) -> int:
        return missing(self.predictions, part.positions, part.targets, part.recipe)

    @property
    def methods(self) -> str:
        """The methods by their titles."""
        return ", ".join(part.recipe.method.title for part in self.parts)

    @property
    def price(self) -> Price | None:
        """See `Asked.price`."""
        counts = {part.recipe: self._missing(part) for part in self.parts}
        todo = {recipe: count for recipe, count in counts.items() if count}
        if not todo:
            return None
        runs = sum(n * passes_each(self.predictions, recipe) for recipe, n in todo.items())
        return runs_price(self.predictions, [recipe.method for recipe in todo], runs)

    @property
    def digest(self) -> str:
        """Tells whether two people want the same."""
        project = self.predictions.project
        told = hashlib.sha256(context_of(project.network, project.medium).encode())
        for part in self.parts:
            digests = [self.predictions.digests[position] for position in part.positions]
            layer = layer_name(self.predictions, part.recipe)
            settings = part.recipe.settings
            told.update(
                f"{digests} {part.targets} {layer} {part.recipe.method} {settings}".encode()
            )
        return told.hexdigest()

    @property
    def found(self) -> tuple[list[Heatmap], ...] | None:
        """The maps of each part, once all are there."""
        return None if self.missing else self._maps(Progress())

    def make(self, progress: Progress) -> tuple[list[Heatmap], ...]:
        """See `Asked.make`; makes what is missing."""
        return self._maps(progress)

    def _maps(self, progress: Progress) -> tuple[list[Heatmap], ...]:
        return tuple(
            heatmaps_of(self.predictions, part.positions, part.targets, part.recipe, progress)
            for part in self.parts
        )


def wanted(predictions: Predictions, addresses: Sequence[Address], recipe: Recipe) -> Wanted:
    """The maps of some samples, or of parts of them, as they are chosen."""
    if not recipe.method.slow:
        return Wanted(predictions, ())
    targets = targets_of(predictions, addresses, recipe)
    positions = tuple(sample_of(address) for address in addresses)
    return Wanted(predictions, (MethodMaps(positions, tuple(targets), recipe),))
