"""Parts of samples cut out of their pictures, in a bounded store in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam import resize_heat
from gradcam.arrays import Floats, Picture
from gradcam.box import Box
from services.keeping.store import BoundedStore
from services.media.shown import encoded, shrunk
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import Thumbnail
from services.tasks.parts import Place


@dataclass(frozen=True)
class PartCrop:
    """A part as it is drawn.

    Attributes:
        shown: its picture.
        region: what was cut out, in fractions of the sample's picture.
    """

    shown: Thumbnail
    region: Box


_crops: BoundedStore[tuple[str, Box, int], PartCrop] = BoundedStore(
    64_000_000, lambda crop: crop.shown.picture.nbytes + len(crop.shown.encoded)
)


def part_crop(predictions: Predictions, place: Place, side: int) -> PartCrop:
    """A part cut out of its sample's picture, its longer side at most `side` pixels.

    Raises:
        PictureError: the file has gone or changed since it was predicted.
    """
    region = predictions.answers.pages.region(place) or Box(0, 0, 1, 1)
    key = (predictions.digests[place.sample], region, side)
    made = _crops.get(key)
    if made is None:
        sample = predictions.samples[place.sample]
        whole = predictions.project.medium.read(sample.path, sample.window).picture
        inside = _within(region, whole)
        cut = shrunk(np.ascontiguousarray(whole[inside.slices]), side)
        height, width = whole.shape[:2]
        made = PartCrop(Thumbnail(cut, encoded(cut)), inside.share_of(width, height))
        _crops.put(key, made)
    return made


def cropped_heat(heat: Floats, crop: PartCrop) -> Floats:
    """The heat on a part's picture.

    Args:
        heat: (H, W) float32 as it lies on the sample's whole picture, NaN where not seen.
        crop: of the part.
    """
    cut = heat[_within(crop.region, heat).slices]
    rows, columns = crop.shown.picture.shape[:2]
    unseen = np.isnan(cut)
    own = resize_heat(np.nan_to_num(cut), columns, rows)
    if unseen.any():
        own[resize_heat(unseen.astype(np.float32), columns, rows) > 0.5] = np.nan
    return own


def _within(region: Box, picture: Picture | Floats) -> Box:
    """A region in whole pixels of a picture, one at least."""
    height, width = picture.shape[:2]
    box = region.scaled(width, height)
    left, top = (
        min(max(round(edge), 0), most - 1) for edge, most in ((box.x, width), (box.y, height))
    )
    right = min(max(round(box.right), left + 1), width)
    bottom = min(max(round(box.bottom), top + 1), height)
    return Box(left, top, right - left, bottom - top)
