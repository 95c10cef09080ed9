"""How features lie: neighbours, groups that are there, and how well groups stand apart.

All figures are of the features themselves. A picture of two axes tears some groups apart and
pushes others together, so figures of it would be of the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from services.embedding.reduction import nearest

NEIGHBOURS = 30  # at most so many are kept for each sample
MOST_CLUSTERS = 10
TRIED_ON = 1000  # samples that the number of clusters is chosen by
Groups = NDArray[np.int64]


@dataclass(frozen=True)
class Separation:
    """How well groups stand apart; NaN where there are not two groups, or each is one sample.

    Attributes:
        silhouette: mean over the samples, -1..1, higher is better (Rousseeuw 1987).
        davies_bouldin: 0 or more, lower is better (Davies and Bouldin 1979).
    """

    silhouette: float
    davies_bouldin: float


@dataclass(frozen=True)
class Structure:
    """How N samples lie among their features.

    Attributes:
        neighbours: (N, K) positions among the N of the nearest others, nearest first.
        clusters: (N,) groups that k-means found, 0 for the largest; all 0 where there is one only.
        of_labels: how well the samples' own labels stand apart.
        of_clusters: how well the found groups stand apart.
    """

    neighbours: NDArray[np.int64]
    clusters: Groups
    of_labels: Separation
    of_clusters: Separation


def describe(features: Floats, labels: Groups) -> Structure:
    """Look at features.

    Args:
        features: (N, F) float32, finite, N at least 2.
        labels: (N,) the group of each sample, -1 where it has none.
    """
    clusters = find_clusters(features)
    return Structure(
        nearest(features, min(NEIGHBOURS, len(features) - 1)),
        clusters,
        separation(features, labels),
        separation(features, clusters),
    )


def separation(features: Floats, groups: Groups) -> Separation:
    """How well groups stand apart, by the samples that have one.

    Args:
        features: (N, F) float32.
        groups: (N,), -1 where a sample has none.
    """
    from sklearn.metrics import davies_bouldin_score, silhouette_score

    known = groups >= 0
    if not 2 <= len(np.unique(groups[known])) < known.sum():
        return Separation(float("nan"), float("nan"))
    of = features[known].astype(np.float64), groups[known]
    return Separation(float(silhouette_score(*of)), float(davies_bouldin_score(*of)))


def find_clusters(features: Floats) -> Groups:
    """(N,) groups by k-means, the largest first; their number is that of the best silhouette."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    some = features[np.random.default_rng(0).permutation(len(features))[:TRIED_ON]]
    distinct = len(np.unique(some, axis=0))
    counts = range(2, min(MOST_CLUSTERS, distinct - 1) + 1)

    def clustered(of: Floats, count: int) -> Groups:
        labels = KMeans(count, n_init=4, random_state=0).fit_predict(of)
        return np.asarray(labels, np.int64)

    scores = {count: silhouette_score(some, clustered(some, count)) for count in counts}
    if not scores:
        return np.zeros(len(features), np.int64)
    clusters = clustered(features, max(scores, key=lambda count: scores[count]))
    order = np.argsort(-np.bincount(clusters), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return rank[clusters]
