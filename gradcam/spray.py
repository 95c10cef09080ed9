"""Which heatmaps are alike, and where their heat lies, on coarse maps and without a network.

Spectral relevance analysis (SpRAy), Lapuschkin et al. 2019 (Nature Communications 10:1096),
section "Methods": heatmaps of one class, made small, are clustered by the eigenvectors of the
graph of nearest neighbours; a cluster is a strategy that the network has.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.box import Box

SIDE = 16  # cells: larger maps are made smaller, so that a shift by a pixel is no difference
NEIGHBOURS = 10
FEWEST = 12  # maps: fewer have no strategies to tell apart
MOST = 8  # strategies
LARGEST = 1000  # maps whose graph is built; the others join the group with the nearest mean
BAND = 1 / 8  # of a side counts as an edge
QUARTER = 1 / 4  # of both sides counts as a corner

Span = tuple[float, float]


class Region(StrEnum):
    """Parts of the picture where an object seldom is; the value is what a sentence calls it."""

    TOP = "the top edge"
    BOTTOM = "the bottom edge"
    LEFT = "the left edge"
    RIGHT = "the right edge"
    TOP_LEFT = "the top left corner"
    TOP_RIGHT = "the top right corner"
    BOTTOM_LEFT = "the bottom left corner"
    BOTTOM_RIGHT = "the bottom right corner"


_WHOLE, _FIRST, _LAST = (0.0, 1.0), (0.0, QUARTER), (1 - QUARTER, 1.0)
_SPANS: dict[Region, tuple[Span, Span]] = {  # rows, columns
    Region.TOP: ((0.0, BAND), _WHOLE),
    Region.BOTTOM: ((1 - BAND, 1.0), _WHOLE),
    Region.LEFT: (_WHOLE, (0.0, BAND)),
    Region.RIGHT: (_WHOLE, (1 - BAND, 1.0)),
    Region.TOP_LEFT: (_FIRST, _FIRST),
    Region.TOP_RIGHT: (_FIRST, _LAST),
    Region.BOTTOM_LEFT: (_LAST, _FIRST),
    Region.BOTTOM_RIGHT: (_LAST, _LAST),
}


@dataclass(frozen=True)
class MapGroups:
    """Maps in groups.

    Attributes:
        labels: (N,) int, the group of each map, from 0.
        tightness: (groups,) float, mean silhouette of each group's maps (Rousseeuw 1987): 1 where
            they are alike and unlike all others, 0 where the next group is as near.
    """

    labels: NDArray[np.int64]
    tightness: NDArray[np.float64]


def heat_shares(maps: Floats) -> Floats:
    """Where each map's heat lies, whatever its size: its positive part as shares of their sum.

    Args:
        maps: (N, h, w) float32, signed.

    Returns:
        (N, at most 16, at most 16) float32; each sums to 1, or is 0 where there is no heat.
    """
    warm = np.where(np.isfinite(maps), np.maximum(maps, 0.0), 0.0).astype(np.float32)
    height, width = (min(side, SIDE) for side in maps.shape[1:])
    small = np.stack([cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA)
                      for one in warm]).reshape(len(maps), height, width)  # fmt: skip
    total = small.sum(axis=(1, 2), keepdims=True)
    return np.divide(small, total, out=np.zeros_like(small), where=total > 0)


def region_masks(height: int, width: int) -> dict[Region, Floats]:
    """How much of each cell of a map lies in each region: (height, width) float32 in 0..1."""
    return {
        region: np.outer(_overlap(rows, height), _overlap(columns, width))
        for region, (rows, columns) in _SPANS.items()
    }


def box_shares(boxes: Sequence[Box], shape: tuple[int, int]) -> Floats:
    """Heat that lies evenly in boxes and nowhere else, as shares: (h, w) float32, sum 1.

    Args:
        boxes: in fractions of the network's input.
        shape: h and w.

    Returns:
        Zeros where no box has an area inside the input.
    """
    inside = np.zeros(shape, np.float32)
    for box in boxes:
        inside = np.maximum(inside, covered(box, shape))
    total = inside.sum()
    return inside / total if total > 0 else inside


def covered(box: Box, shape: tuple[int, int]) -> Floats:
    """How much of each cell of a map lies in a box: (h, w) float32 in 0..1.

    Args:
        box: in fractions of the network's input.
        shape: h and w.
    """
    rows, columns = (box.y, box.bottom), (box.x, box.right)
    return np.outer(_overlap(rows, shape[0]), _overlap(columns, shape[1]))


def _overlap(span: Span, cells: int) -> Floats:
    """How much of each of so many equal cells of 0..1 lies in a span: (cells,) float32."""
    start = np.arange(cells) / cells
    inside = np.minimum(span[1], start + 1 / cells) - np.maximum(span[0], start)
    return (np.maximum(inside, 0.0) * cells).astype(np.float32)


def groups(shares: Floats, seed: int = 0) -> MapGroups | None:
    """Group maps by how alike their heat lies.

    Alike by the Hellinger distance. Of 2 to 8 groups as many as have the largest mean silhouette.

    Args:
        shares: (N, h, w) float32, each of sum 1.
        seed: of k-means.

    Returns:
        None where there are fewer than 12 maps, or all are the same.
    """
    if len(shares) < FEWEST:
        return None
    points = np.sqrt(shares.reshape(len(shares), -1)).astype(np.float64)
    some = points[np.linspace(0, len(points) - 1, min(LARGEST, len(points))).astype(int)]
    grouped = _best(some, seed)
    if grouped is None:
        return None
    if len(some) == len(points):
        return grouped
    means = np.stack([some[grouped.labels == group].mean(axis=0)
                      for group in range(len(grouped.tightness))])  # fmt: skip
    distance = (means**2).sum(axis=1) - 2 * points @ means.T
    return MapGroups(distance.argmin(axis=1), grouped.tightness)


def _best(points: NDArray[np.float64], seed: int) -> MapGroups | None:
    from scipy.linalg import eigh
    from scipy.sparse.csgraph import laplacian
    from sklearn.cluster import KMeans
    from sklearn.metrics import pairwise_distances, silhouette_samples
    from sklearn.neighbors import kneighbors_graph
    from threadpoolctl import threadpool_limits

    distances = pairwise_distances(points)
    if distances.max() < 1e-6:
        return None
    graph = kneighbors_graph(points, min(NEIGHBOURS, len(points) - 1))
    # A trace of everything with everything: a graph in pieces has no eigenvectors to speak of.
    affinity = (graph + graph.T).toarray() / 2 + 1e-3
    most = min(MOST, len(points) // 3)
    smooth, degrees = laplacian(affinity, normed=True, return_diag=True)
    vectors = eigh(smooth, subset_by_index=(0, most - 1))[1] / degrees[:, None]
    best, best_groups = -1.0, None
    # So little work is done sooner by one thread than it is handed to several.
    with threadpool_limits(1, user_api="openmp"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer places than groups: seen below
        for count in range(2, most + 1):
            labels = KMeans(count, n_init=10, random_state=seed).fit_predict(vectors[:, :count])
            if len(np.unique(labels)) < count:
                continue
            silhouette = silhouette_samples(distances, labels, metric="precomputed")
            if silhouette.mean() > best:
                best = float(silhouette.mean())
                tightness = [silhouette[labels == group].mean() for group in range(count)]
                best_groups = MapGroups(labels.astype(np.int64), np.array(tightness))
    return best_groups
