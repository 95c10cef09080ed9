"""What becomes of samples with the network that is set beside the one that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from gradcam import Arithmetic, NoLayerError
from gradcam.arrays import Mask
from services.choices.filter import Filter, Flipped
from services.choices.recipe import Recipe
from services.predictions.beside import (
    GIVEN,
    Becomes,
    Judging,
    answers_beside,
    becomes_beside,
    chosen_beside,
    others_of,
)
from services.predictions.moved_heat import FAR, Heats, heats, heats_digest
from services.predictions.predictions import Predictions
from services.tasks.flips import Flip

_FLIPS: Mapping[Flipped, frozenset[Flip]] = MappingProxyType(
    {
        Flipped.FLIPPED: frozenset({Flip.BROKEN, Flip.MENDED}),
        Flipped.BROKEN: frozenset({Flip.BROKEN}),
        Flipped.MENDED: frozenset({Flip.MENDED}),
        Flipped.OTHERWISE: frozenset({Flip.OTHERWISE}),
    }
)


class UnknownFlips(StrEnum):
    """Why nobody can say what becomes of samples."""

    NO_OTHER = (
        "This project has no other network to set beside this one, so no verdict can flip; clear "
        "the filter."
    )
    NOT_COMPARED = (
        "What the network beside this one answers is not computed here yet, so nobody knows which "
        "verdicts flip; set it beside on the Compare page, or clear the filter."
    )
    NO_HEAT = (
        "Which samples are right for another reason takes the heatmaps of both networks, which are "
        "not compared for this layer and method yet; compare them on the Compare page, or clear "
        "the filter."
    )


def judging_of(only: Filter) -> Judging:
    """How a filter judges answers."""
    return Judging(only.threshold, only.uncertain, only.rule)


def becomes_of(predictions: Predictions, only: Filter) -> Becomes | None:
    """What becomes of each sample; None as long as nobody had it computed.

    Args:
        predictions: of the project, judged as the filter does.
        only: names the network beside.
    """
    return becomes_beside(predictions, only.beside, judging_of(only))


def unknown_flips(predictions: Predictions, only: Filter) -> UnknownFlips | None:
    """Why a filter by flips cannot be obeyed; None where it can, or asks for none."""
    if only.flipped is Flipped.ALL:
        return None
    if answers_beside(predictions, chosen_beside(predictions.project, only.beside)) is None:
        return (
            UnknownFlips.NOT_COMPARED if others_of(predictions.project) else UnknownFlips.NO_OTHER
        )
    if only.flipped is Flipped.REASON and heats_of(predictions, only) is None:
        return UnknownFlips.NO_HEAT
    return None


def flipped_mask(predictions: Predictions, only: Filter, of: Flipped) -> Mask | None:
    """(N,) which samples become so; None where nobody can say, or asks.

    Args:
        predictions: of the project, judged as the filter does.
        only: names the network beside, and how heatmaps are made.
        of: what they become.
    """
    becomes = None if of is Flipped.ALL else becomes_of(predictions, only)
    if becomes is None:
        return None
    if of is not Flipped.REASON:
        return _any_of(becomes.flips, of, len(predictions))
    moved = heats_of(predictions, only)
    if moved is None:
        return None
    far = np.zeros(len(predictions), bool)
    far[becomes.rows] = moved.moved > FAR
    return far & becomes.both_right


def flipped_parts(predictions: Predictions, only: Filter) -> Mask | None:
    """(P,) which parts become what the filter asks for; None where only samples do."""
    becomes = becomes_of(predictions, only) if only.flipped in _FLIPS else None
    if becomes is None or becomes.parts is None:
        return None
    return _any_of(becomes.parts, only.flipped, len(next(iter(becomes.parts.values()))))


def heats_of(predictions: Predictions, only: Filter) -> Heats | None:
    """How far the heat of both moved; None as long as nobody had it computed."""
    there = answers_beside(predictions, chosen_beside(predictions.project, only.beside))
    if there is None:
        return None
    there = judging_of(only).of(there)
    return heats.get(heats_digest(predictions, there, made_by(predictions, only.heat)))


def made_by(predictions: Predictions, recipe: Recipe) -> str:
    """How heatmaps are made by a recipe, in words that tell one way from another.

    What the recipe leaves open is what the project has, and no page's scale plays a part.
    """
    return repr(compared_by(predictions, recipe))


def compared_by(predictions: Predictions, recipe: Recipe) -> Recipe:
    """A recipe as it is where the heat of two networks is compared."""
    project = predictions.project
    try:
        usual = project.usual.method
    except NoLayerError:
        return recipe
    method = recipe.settled(usual).method
    own = recipe.settled(usual).using(method if method.fits(project.network) else usual)
    target, against = project.task.targets(project.network).fitting(own.target, own.against)
    layers = {layer.name for layer in project.network.layers}
    return replace(
        own, target=target, against=against, layer=own.layer if own.layer in layers else "",
        shared_scale=False, network="", arithmetic=Arithmetic.PHONE,
    )  # fmt: skip


def beside_said(predictions: Predictions, only: Filter) -> str:
    """What the network beside is called."""
    word = chosen_beside(predictions.project, only.beside)
    named = word.removeprefix(f"{GIVEN}:") or "another network"
    return others_of(predictions.project).get(word, named)


def _any_of(masks: Mapping[Flip, Mask], of: Flipped, count: int) -> Mask:
    some = np.zeros(count, bool)
    for flip in _FLIPS[of]:
        some |= masks[flip]
    return some
