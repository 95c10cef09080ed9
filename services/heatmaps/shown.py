"""A sample as it is drawn: its picture, and where heat, sight and boxes lie on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcam.arrays import Floats
from gradcam.box import Box
from services.heatmaps.heatmaps import Heatmap, placed
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import Thumbnail, thumbnail
from services.sample import LabelledBox


@dataclass(frozen=True)
class ShownSample:
    """A sample as it is drawn.

    Attributes:
        small: its picture.
        heat: on the picture, (H, W) float32 in 0..1, NaN where not seen; None without a heatmap.
        seen: what the network saw of the picture, in fractions of it; None for all of it.
        boxes: what was drawn on it, in fractions of the picture.
    """

    small: Thumbnail
    heat: Floats | None
    seen: Box | None
    boxes: tuple[LabelledBox, ...]


def shown_samples(
    predictions: Predictions, positions: Sequence[int], side: int, maps: Sequence[Heatmap | None]
) -> list[ShownSample]:
    """Samples as they are drawn.

    Args:
        predictions: of the project.
        positions: which samples.
        side: pixels of the longer side, at most.
        maps: the heatmap of each, if it has one.

    Raises:
        PictureError: a file has gone or changed since it was predicted.
    """
    return [
        _shown(predictions, position, side, heatmap)
        for position, heatmap in zip(positions, maps, strict=True)
    ]


def _shown(
    predictions: Predictions, position: int, side: int, heatmap: Heatmap | None
) -> ShownSample:
    small = thumbnail(predictions, position, side)
    heat = None if heatmap is None else placed(predictions, position, heatmap.heat, small.picture)
    return ShownSample(small, heat, _seen(predictions, position), _boxes(predictions, position))


def _seen(predictions: Predictions, position: int) -> Box | None:
    width, height = (int(side) for side in predictions.sizes[position])
    window = predictions.project.medium.placement((width, height)).window
    if (window.width, window.height) == (width, height):
        return None
    return window.share_of(width, height)


def _boxes(predictions: Predictions, position: int) -> tuple[LabelledBox, ...]:
    width, height = (float(side) for side in predictions.sizes[position])
    return tuple(
        LabelledBox(each.label, *each.box.share_of(width, height))
        for each in predictions.samples[position].boxes
    )
