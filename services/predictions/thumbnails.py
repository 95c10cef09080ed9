"""Encoded pictures for the browser, in a bounded store in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from gradcam.arrays import Floats, Picture
from services.keeping.store import BoundedStore
from services.media.shown import encoded, shrunk
from services.predictions.predictions import Predictions

THUMBNAIL = 192  # pixels, the longer side


@dataclass(frozen=True)
class Thumbnail:
    """A picture ready for the browser.

    Attributes:
        picture: (H, W, 3) uint8 RGB, as it is shown.
        encoded: the same as WebP bytes.
    """

    picture: Picture
    encoded: bytes


_thumbnails: BoundedStore[tuple[str, str, int], Thumbnail] = BoundedStore(
    128_000_000, lambda thumbnail: thumbnail.picture.nbytes + len(thumbnail.encoded)
)


def thumbnail(predictions: Predictions, position: int, side: int = THUMBNAIL) -> Thumbnail:
    """A sample's picture with its longer side at most `side` pixels.

    Raises:
        PictureError: the file has gone or changed since it was predicted.
    """
    key = (predictions.digests[position], str(predictions.project.medium), side)
    made = _thumbnails.get(key)
    if made is None:
        sample = predictions.samples[position]
        reading = predictions.project.medium.read(sample.path, sample.window)
        picture = shrunk(reading.picture, side)
        made = Thumbnail(picture, encoded(picture))
        _thumbnails.put(key, made)
    return made


def encoded_heat(heat: Floats) -> bytes:
    """A placed heatmap as a grey PNG, transparent where the network saw nothing.

    Args:
        heat: (H, W) float32 in 0..1, NaN where not seen.
    """
    unseen = np.isnan(heat)
    gray = np.rint(np.where(unseen, 0.0, heat) * 255.0).astype(np.uint8)
    if unseen.any():
        gray = cv2.merge([gray, np.where(unseen, np.uint8(0), np.uint8(255))])
    buffer = io.BytesIO()
    # OpenCV knows no gray with transparency: four channels take five times as long.
    Image.fromarray(gray).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
