"""Pictures of more than eight bits: their numbers, and which number is white in a whole set."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, TiffImagePlugin

from gradcam import PictureError
from gradcam.arrays import Floats, Picture

MODES = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I", "F"})  # Pillow's of one deep channel
WHITES = (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0)  # floats of 0..1; 8, 10, 12, 14, 16 bits


def deep_numbers(path: Path, image: Image.Image) -> Floats | None:
    """The numbers of a picture of more than eight bits; None for any other.

    Args:
        path: of the file.
        image: it as Pillow has opened it, not loaded yet.

    Returns:
        (H, W) or (H, W, 3) RGB, float32, as they are stored.
    """
    if image.mode in MODES:
        return np.asarray(image, np.float32)
    if ";16" in str(getattr(image, "tile", "")):  # Pillow keeps the upper eight bits only
        return numbers_of_colours(path)
    return None


def numbers_of_colours(path: Path) -> Floats:
    """The numbers of a picture that Pillow cannot read or would cut to eight bits, by OpenCV.

    Returns:
        (H, W) or (H, W, 3) RGB, float32, as they are stored; transparency is dropped.

    Raises:
        PictureError: OpenCV cannot read it either.
    """
    stored = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if stored is None:
        raise PictureError("damaged: it cannot be decoded")
    values = np.asarray(stored, np.float32)
    return values if values.ndim == 2 else np.ascontiguousarray(values[..., 2::-1])


def tiff_size(path: Path) -> tuple[int, int]:
    """Width and height that the head of a TIFF tells, in pixels.

    Raises:
        Exception: of some kind, where the head is damaged.
    """
    with path.open("rb") as file:
        tags = TiffImagePlugin.ImageFileDirectory_v2(file.read(8))
        file.seek(tags.next)
        tags.load(file)
    return int(tags[TiffImagePlugin.IMAGEWIDTH]), int(tags[TiffImagePlugin.IMAGELENGTH])


def white_of(highest: float, *, whole: bool) -> float:
    """Which number is white where the highest of a set is known.

    Args:
        highest: of all pictures that were looked at.
        whole: whether numbers are whole; then 1 is no white, but nearly black.
    """
    return next((white for white in WHITES[whole:] if highest <= white), highest)


def eight_bits(numbers: Floats, white: float | None) -> Picture:
    """A deep picture as it is shown and fed: uint8 of the same shape.

    Args:
        numbers: as they are stored.
        white: the number that becomes 255; None for the usual one of this picture alone.
    """
    if white is None:
        usual = 65535.0 if numbers.max(initial=0.0) > 255 else 255.0
        return np.clip(numbers / usual * 255.0, 0, 255).astype(np.uint8)  # cut as ever
    levels = np.nan_to_num(numbers) / np.float32(white) * 255.0
    return np.rint(np.clip(levels, 0, 255)).astype(np.uint8)
