"""Where a heatmap's heat lies, in figures that need no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from gradcam.box import Box

MARGIN = 0.1  # of each side counts as the border: 36 % of the area


@dataclass(frozen=True)
class Focus:
    """Where the heat lies. All but the peak are NaN where there is no heat at all.

    Attributes:
        x, y: column and row of the hottest point; -1 where there is none.
        area: share of the seen picture that has at least half of the greatest heat, 0..1.
        border: share of the heat in the outer tenth of each side; 0.36 for even heat.
        boxes: share of the heat inside the boxes, 0..1; NaN without boxes.
    """

    x: int
    y: int
    area: float
    border: float
    boxes: float


def focus(heat: Floats, boxes: Sequence[Box] = ()) -> Focus:
    """Measure a heatmap on its picture.

    Args:
        heat: (H, W) float32 in 0..1, NaN where the network saw nothing.
        boxes: in pixels of the same picture.
    """
    seen = ~np.isnan(heat)
    warm = np.where(seen, heat, 0.0)
    total, highest = float(warm.sum(dtype=np.float64)), float(warm.max(initial=0.0))
    if total <= 0.0:
        return Focus(-1, -1, float("nan"), float("nan"), float("nan"))
    row, column = divmod(int(warm.argmax()), heat.shape[1])
    height, width = heat.shape
    down, across = round(height * MARGIN), round(width * MARGIN)
    inner = float(warm[down : height - down, across : width - across].sum(dtype=np.float64))
    inside = np.zeros(heat.shape, bool)
    for box in _boxes(boxes):
        inside[box.slices] = True
    return Focus(
        x=column,
        y=row,
        area=float((warm >= highest / 2).sum() / seen.sum()),
        border=1.0 - inner / total,
        boxes=float(warm[inside].sum(dtype=np.float64)) / total if boxes else float("nan"),
    )


def pointing(heat: Floats, boxes: Sequence[Box], tolerance: float = 0.0) -> float:
    """The pointing game: whether the hottest point lies in a box.

    Zhang et al. 2018 (arXiv:1608.00507), section 4.2, where 15 pixels beside still count. Of
    several points that are equally hot, the share that does: so chance is what even heat scores.

    Args:
        heat: (H, W) float32, NaN where the network saw nothing.
        boxes: in pixels of the same picture.
        tolerance: how many pixels beside a box still count.

    Returns:
        0..1; NaN without boxes, or where nothing was seen.
    """
    seen = ~np.isnan(heat)
    if not boxes or not seen.any():
        return float("nan")
    rows, columns = np.nonzero(heat == heat[seen].max())
    hit = np.zeros(len(rows), bool)
    for box in _boxes(boxes):
        left, top, right, bottom = (round(edge) for edge in (box.x, box.y, box.right, box.bottom))
        if bottom > top and right > left:
            down = np.maximum(np.maximum(top - rows, rows - bottom + 1), 0)
            across = np.maximum(np.maximum(left - columns, columns - right + 1), 0)
            hit |= np.hypot(down, across) <= tolerance
    return float(hit.mean())


def _boxes(boxes: Sequence[Box]) -> Iterator[Box]:
    """Boxes, of plain tuples as well; what is no box is passed over."""
    yield from (Box(*box) for box in boxes if np.isfinite(box).all())
