r"""Pictures seen through masks: \(X \odot M + B \odot (1 - M)\), whatever draws the masks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from gradcam.arrays import Floats


@dataclass(frozen=True)
class Masks:
    """Masks of one picture, made part by part: all of them together may not fit into memory.

    Attributes:
        count: how many.
        made: some of them, (m, h, w) float32 in 0..1, 1 where the picture is seen; of the
            plane's size (see `Layout`), or coarser ones that are enlarged half-pixel bilinear.
            Several threads call it.
    """

    count: int
    made: Callable[[slice], Floats]

    @classmethod
    def of(cls, masks: Floats) -> Self:
        """Masks (M, h, w) that are there already."""
        return cls(len(masks), masks.__getitem__)


def at_size(masks: Floats, height: int, width: int) -> Floats:
    """Masks (M, h, w) at a picture's size, half-pixel bilinear: (M, height, width)."""
    import cv2

    if masks.shape[1:] == (height, width):
        return masks
    size, how = (width, height), cv2.INTER_LINEAR
    return np.stack([cv2.resize(mask, size, interpolation=how) for mask in masks])


def seen_through(masks: Floats, picture: Floats, fill: Floats) -> Floats:
    r"""What is seen of a picture through each of M masks: \(X \odot M + B \odot (1 - M)\).

    Args:
        masks: (M, h, w) float32 in 0..1, enlarged where they are coarser than the picture.
        picture: X, (height, width, channels) float32.
        fill: B, of the same shape: what stands where nothing is seen.

    Returns:
        (M, height, width, channels) float32; exactly X where M is 1, and B where it is 0.
    """
    shown = at_size(masks, *picture.shape[:2])[..., None]
    return picture * shown + fill * (1 - shown)
