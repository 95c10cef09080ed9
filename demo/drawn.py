"""What the drawing modules hand over: a picture with everything that is true about it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

INPUT_SIZE = 96
JPEG_QUALITY = 88


@dataclass(frozen=True)
class Box:
    """Where a thing lies in a picture, in whole pixels of the original."""

    label: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Drawn:
    """One picture as the camera stores it, with its true label, boxes and facts.

    `jpeg` holds the file's bytes; `tensor` is what the network sees of that file:
    (96, 96, 3) float32, 0..1.
    """

    jpeg: bytes
    tensor: NDArray[np.float32]
    size: tuple[int, int]
    label: str
    boxes: tuple[Box, ...]
    facts: Mapping[str, str]
    ending = "jpg"

    @property
    def file(self) -> bytes:
        """The picture's file."""
        return self.jpeg


def clipped_box(label: str, edges: tuple[float, float, float, float], size: tuple[int, int]) -> Box:
    """The box around left, top, right, bottom, cut to the picture (width, height)."""
    left, top = max(round(edges[0]), 0), max(round(edges[1]), 0)
    right, bottom = min(round(edges[2]), size[0]), min(round(edges[3]), size[1])
    return Box(label, left, top, max(right - left, 1), max(bottom - top, 1))


def store(
    picture: NDArray[np.uint8], label: str, boxes: tuple[Box, ...], facts: Mapping[str, str]
) -> Drawn:
    """Encode a picture (height, width, 3) uint8, and read back what the network will see."""
    buffer = io.BytesIO()
    # 4:4:4: at this size, halved colour resolution would wash out lettering and needles.
    Image.fromarray(picture).save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    jpeg = buffer.getvalue()
    height, width = picture.shape[:2]
    return Drawn(jpeg, to_tensor(jpeg), (width, height), label, boxes, facts)


def to_tensor(jpeg: bytes) -> NDArray[np.float32]:
    """A file as the network's input: squashed with Lanczos, (96, 96, 3) float32, 0..1."""
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    image = image.resize((INPUT_SIZE, INPUT_SIZE), Image.Resampling.LANCZOS)
    return np.asarray(image, np.float32) / 255.0
