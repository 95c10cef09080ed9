"""Where a heatmap's heat lies, in figures that need no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcam.network import Floats

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


def focus(heat: Floats, boxes: Sequence[tuple[float, float, float, float]] = ()) -> Focus:
    """Measure a heatmap on its picture.

    Args:
        heat: (H, W) float32 in 0..1, NaN where the network saw nothing.
        boxes: left, top, width, height in pixels of the same picture.
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
    for left, top, wide, high in boxes:
        if not np.isfinite((left, top, wide, high)).all():
            continue
        rows = slice(max(0, round(top)), max(0, round(top + high)))
        inside[rows, max(0, round(left)) : max(0, round(left + wide))] = True
    return Focus(
        x=column,
        y=row,
        area=float((warm >= highest / 2).sum() / seen.sum()),
        border=1.0 - inner / total,
        boxes=float(warm[inside].sum(dtype=np.float64)) / total if boxes else float("nan"),
    )
