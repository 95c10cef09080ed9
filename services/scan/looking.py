"""One pass over the test set: where the heat of each picture lies, and what the picture is like."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradcam import GRAD_CAM, PictureError, capture, compute_maps
from gradcam.arrays import Floats
from gradcam.side_by_side import in_order
from gradcam.spray import heat_shares
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import targets_of
from services.media.medium import Reading
from services.media.properties import Properties, properties_of
from services.media.reading import BATCH_SIZE, in_parts, readable, reading_ahead
from services.predictions.predictions import Predictions
from services.tasks.shown import Positions
from services.work.progress import Progress

SeenPicture = tuple[Floats, Properties]


@dataclass(frozen=True)
class Looked:
    """What was seen of the M pictures that are still there.

    Attributes:
        positions: (M,) int, of the samples.
        shares: (M, h, w) float32, where the heat lies, see `heat_shares`.
        properties: of each picture.
    """

    positions: Positions
    shares: Floats
    properties: tuple[Properties, ...]


def look(predictions: Predictions, layer: str, progress: Progress) -> Looked:
    """Read, explain and look at every sample once.

    What is explained is what the network chose, by Grad-CAM.

    Args:
        predictions: of the project.
        layer: which layer is explained.
        progress: is told how far it is.

    Raises:
        GradcamError: the layer does not lead to the output, or every picture is gone.
        Cancelled: the person left.
    """
    progress.begin("Measuring every picture", len(predictions))
    looked: list[Looked] = []
    parts = in_parts(range(len(predictions)), BATCH_SIZE)
    files = ([predictions.samples[position].path for position in part] for part in parts)
    with reading_ahead(predictions.project.medium, files, _seen) as coming:
        good = (readable(part, read) for part, read in zip(parts, coming, strict=True))
        calls = (partial(_looked_at, predictions, layer, each) for each in good)
        at_once = progress.at_once(predictions.project.network.side_by_side)
        with closing(in_order(calls, at_once)) as coming_on:
            for part, one in zip(parts, coming_on, strict=True):
                looked += [] if one is None else [one]
                progress.advance(len(part))
    if not looked:
        raise PictureError("None of the pictures is there any more.")
    return Looked(
        np.concatenate([one.positions for one in looked]),
        np.concatenate([one.shares for one in looked]),
        tuple(each for one in looked for each in one.properties),
    )


def _looked_at(
    predictions: Predictions, layer: str, good: Sequence[tuple[int, SeenPicture]]
) -> Looked | None:
    """One batch; None where nothing of it can be read."""
    if not good:
        return None
    there = [position for position, _ in good]
    captured = capture(
        predictions.project.network,
        np.stack([tensor for _, (tensor, _) in good]),
        layer,
        targets_of(predictions, there, Recipe()),
    )
    shares = heat_shares(compute_maps(captured, GRAD_CAM))
    return Looked(np.array(there), shares, tuple(seen for _, (_, seen) in good))


def _seen(reading: Reading) -> SeenPicture:
    return reading.tensor, properties_of(reading.picture)
