"""A mistake with its heatmaps, those of what it is set beside, and what it may come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import Heatmap, heatmaps, heatmaps_of, targets_of
from services.heatmaps.slow import MethodMaps, Wanted
from services.judging.mistakes import Mistake
from services.judging.reasons import Ordinary, Reason, reasons
from services.predictions.predictions import Predictions
from services.tasks.parts import sample_of


@dataclass(frozen=True)
class Sights:
    """What is seen of a mistake.

    Attributes:
        own: a heatmap for each of its sights.
        beside: a heatmap for each sample that it is set beside.
        reasons: what it may come from.
    """

    own: tuple[Heatmap, ...]
    beside: tuple[Heatmap, ...]
    reasons: tuple[Reason, ...]


def sights_of(
    predictions: Predictions,
    one: Mistake,
    recipe: Recipe,
    ordinary: Ordinary,
    *,
    own_scale: bool = False,
) -> Sights:
    """Look at a mistake.

    Args:
        predictions: of the project.
        one: the mistake.
        recipe: of its heatmaps; what is explained is the mistake's own.
        ordinary: what the test set's pictures are like.
        own_scale: whether each of its heatmaps has a scale of its own, rather than one for all.

    Raises:
        GradcamError: a picture is gone, or the layer does not lead to the output.
    """
    targets = [sight.target for sight in one.sights]
    alone = replace(recipe, shared_scale=not own_scale)
    own = heatmaps_of(predictions, [one.position] * len(targets), targets, alone)
    others = [near.address for near in one.beside]
    beside = heatmaps(predictions, others, _as_answered(recipe)) if others else []
    why = reasons(predictions, one.position, own[0], ordinary)
    return Sights(tuple(own), tuple(beside), tuple(why))


def wanted_sights(predictions: Predictions, mistakes: Sequence[Mistake], recipe: Recipe) -> Wanted:
    """The maps of some mistakes, as far as their method is slow."""
    if not recipe.method.slow:
        return Wanted(predictions, ())
    own = [(one.position, sight.target) for one in mistakes for sight in one.sights]
    beside = [near.address for one in mistakes for near in one.beside]
    others = zip(
        map(sample_of, beside),
        targets_of(predictions, beside, _as_answered(recipe)),
        strict=True,
    )
    positions, targets = zip(*own, *others, strict=True)
    return Wanted(predictions, (MethodMaps(positions, targets, recipe),))


def _as_answered(recipe: Recipe) -> Recipe:
    """Neighbours are explained for what the network says of them, each on its own scale."""
    return replace(recipe, target="predicted", against="", shared_scale=False)
