"""A sample as it is drawn: its picture, and where heat, sight and boxes lie on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from gradcam.arrays import Floats
from gradcam.box import Box
from services.heatmaps.heatmaps import Heatmap, placed
from services.keeping.store import BoundedStore
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import Thumbnail, encoded_heat, thumbnail
from services.sample import LabelledBox

_heats: BoundedStore[tuple[object, ...], bytes] = BoundedStore(16_000_000, len)


@dataclass(frozen=True)
class ShownSample:
    """A sample as it is drawn.

    Attributes:
        small: its picture.
        heat: on the picture and as large, see `encoded_heat`; None without a heatmap.
        seen: what the network saw of the picture, in fractions of it; None for all of it.
        boxes: what was drawn on it, in fractions of the picture.
    """

    small: Thumbnail
    heat: bytes | None
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
    heat = None if heatmap is None else _heat(predictions, position, heatmap.heat, small)
    return ShownSample(small, heat, _seen(predictions, position), _boxes(predictions, position))


def _heat(predictions: Predictions, position: int, heat: Floats, small: Thumbnail) -> bytes:
    """A heatmap on a sample's picture; kept, since it takes longer than making the map."""
    shown, size = small.picture.shape[:2], tuple(predictions.sizes[position].tolist())
    told = blake2b(heat.tobytes()).digest()
    key = (str(predictions.project.medium), size, shown, heat.shape, told)
    made = _heats.get(key)
    if made is None:
        made = encoded_heat(placed(predictions, position, heat, small.picture))
        _heats.put(key, made)
    return made


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
