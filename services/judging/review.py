"""Right beside wrong: the nearest right sample, the mean heatmap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from gradcam import normalize
from gradcam.arrays import Floats, Picture
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import heatmaps
from services.keeping.derived import Derived
from services.media.reading import read_whole
from services.predictions.predictions import Predictions
from services.tasks.parts import Address, Place, sample_of

MEAN_OF = 64  # samples a side at most, taken evenly
MEAN_OF_SLOW = 12  # the same where each map takes its time

# Of the samples on a page, each asked for by what stands beside it and by what its label is.
_near: Derived[int, Floats] = Derived(16)
# Of the sides of Review: the files of a side need not be read again for another layer or method.
_pictures: Derived[tuple[int, ...], Picture] = Derived(16)


@dataclass(frozen=True)
class SideMean:
    """What a side looks at on average.

    Attributes:
        picture: the mean picture as the network sees it, or as it is shown where it has axes, (H,
            W, 3) uint8 RGB.
        heat: the mean heatmap over it, (h, w) float32 in 0..1 of the colour bar beside it; NaN
            where not seen.
        count: how many samples it is the mean of.
    """

    picture: Picture
    heat: Floats
    count: int


def nearest_correct(
    predictions: Predictions, address: Address, threshold: float | None = None
) -> Address | None:
    """The correct sample that the network itself finds most alike, of which the same is true.

    Alike by the cosine between features of whole samples, also where a part is asked for.

    Returns:
        It, or its part that a part is set beside; None where no such sample is correct.
    """
    candidates = predictions.answers.likeness.candidates(address, threshold)
    if not len(candidates):
        return None
    near = int(candidates[nearness(predictions, sample_of(address))[candidates].argmax()])
    if not isinstance(address, Place):
        return near
    part = predictions.answers.likeness.nearest_part(address, near)
    return near if part is None else part


def nearness(predictions: Predictions, position: int) -> Floats:
    """(N,) float32: the cosine between a sample's features and those of each; -inf for itself."""
    return _near.of(predictions, position, lambda: _nearness(predictions, position))


def _nearness(predictions: Predictions, position: int) -> Floats:
    alike = predictions.features @ predictions.features[position]
    alike /= np.maximum(predictions.norms * predictions.norms[position], 1e-12)
    alike[position] = -np.inf
    alike.flags.writeable = False
    return alike


def mean_of(side: Sequence[Address], recipe: Recipe) -> list[Address]:
    """Of which samples of a side the mean is taken: all, or some evenly taken."""
    most = MEAN_OF_SLOW if recipe.method.slow else MEAN_OF
    if len(side) <= most:
        return list(side)
    return [side[round(i)] for i in np.linspace(0, len(side) - 1, most)]


def mean_heatmap(
    predictions: Predictions, side: Sequence[Address], recipe: Recipe, scale: float = 0.0
) -> SideMean | None:
    """The mean over a side; None for an empty one.

    Args:
        predictions: of the project.
        side: which samples.
        recipe: layer, target, method and what follows.
        scale: what all maps are divided by where the recipe shares one.
    """
    if not side:
        return None
    some = mean_of(side, recipe)
    maps = heatmaps(predictions, some, replace(recipe, shared_scale=False))
    shared = recipe.shared_scale
    heats = [normalize(one.raw, scale=scale) if shared else one.heat for one in maps]
    medium = predictions.project.medium
    heat = np.asarray(np.mean(heats, axis=0, dtype=np.float32))
    positions = tuple(sample_of(address) for address in some)
    picture = _pictures.of(predictions, positions, partial(_mean_picture, predictions, positions))
    if medium.axes is not None:
        size = picture.shape[1], picture.shape[0]
        heat = medium.place(heat, size, size)
    return SideMean(picture, heat, len(some))


def _mean_picture(predictions: Predictions, positions: Sequence[int]) -> Picture:
    samples = [predictions.samples[position] for position in positions]
    medium = predictions.project.medium
    if medium.axes is None:
        seen = read_whole(medium, samples, lambda read: read.seen)
    else:  # what has axes is shown at one size, along them
        seen = read_whole(medium, samples, lambda read: read.picture)
    return np.rint(np.mean(seen, axis=0)).astype(np.uint8)
