"""Spans: for each cell along one axis, the stretch of the input that it depends on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Spans = NDArray[np.int64]  # (cells, 2): each cell's first place in the input, and the one after


def enlarged(spans: Spans, cells: int, *, smooth: bool) -> Spans:
    """The spans of an enlarged map: of so many cells, nearest or `smooth` between two."""
    places = (np.arange(cells) + 0.5) * len(spans) / cells
    if not smooth:
        return spans[np.floor(places).astype(int)]
    ends = np.stack([np.floor(places - 0.5), np.ceil(places - 0.5)], axis=1)
    return gathered(spans, ends.clip(0, len(spans) - 1).astype(int))


def gathered(spans: Spans, cells: NDArray[np.int64]) -> Spans:
    """Joins the spans of the cells in each row; cells that do not exist are padding."""
    there = (cells >= 0) & (cells < len(spans))
    chosen = spans[cells.clip(0, len(spans) - 1)]
    none = nothing(1)[0]
    low = np.where(there, chosen[..., 0], none[0]).min(axis=1)
    high = np.where(there, chosen[..., 1], none[1]).max(axis=1)
    return np.stack([low, high], axis=1)


def joined_spans(all_spans: list[Spans]) -> Spans | None:
    """The spans of cells that are put together one by one; None where their numbers differ."""
    cells = max(len(spans) for spans in all_spans)
    if any(len(spans) not in {1, cells} for spans in all_spans):
        return None
    spread = [np.broadcast_to(spans, (cells, 2)) for spans in all_spans]
    low = np.min([spans[:, 0] for spans in spread], axis=0)
    high = np.max([spans[:, 1] for spans in spread], axis=0)
    return np.stack([low, high], axis=1)


def places(count: int) -> Spans:
    """So many cells that depend on themselves."""
    return np.stack([np.arange(count), np.arange(count) + 1], axis=1)


def union(spans: Spans) -> Spans:
    """One cell that depends on all that these depend on: (1, 2)."""
    return np.array([[spans[:, 0].min(), spans[:, 1].max()]])


def nothing(count: int) -> Spans:
    """So many cells that depend on nothing."""
    # The first place after the last and the last before the first: joining leaves the others.
    return np.tile(np.array([[np.iinfo(np.int64).max // 2, -1]]), (count, 1))


def longest(spans: Spans) -> int:
    """The length of the longest span."""
    return max(int((spans[:, 1] - spans[:, 0]).max()), 0)
