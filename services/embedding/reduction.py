"""Features brought down to two numbers a sample, so that they can be drawn.

Nothing heavy is imported at the top: pages read the names here, only the worker does the work.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from services.choices.options import Reduction

LEAST_SAMPLES = 10  # samples; fewer make no picture
ITERATIONS = 1000  # of t-SNE, scikit-learn's own number
UMAP_INSTALL = "pip install umap-learn"
JUDGED_BY = 10  # nearest neighbours that a picture should keep


@dataclass(frozen=True)
class Projection:
    """How a picture is made.

    Attributes:
        reduction: the way.
        reach: how many neighbours a sample is drawn by: the perplexity of t-SNE, `n_neighbors` of
            UMAP; no part of PCA.
        seed: of what is drawn by chance.
    """

    reduction: Reduction
    reach: int
    seed: int

    def fitting(self, count: int) -> Projection:
        """This one with a reach that so many samples allow, and without what plays no part."""
        if self.reduction is Reduction.PCA:
            return replace(self, reach=0, seed=0)
        return replace(self, reach=min(self.reach, most_reach(self.reduction, count)))


@dataclass(frozen=True)
class Projected:
    """Two numbers a sample.

    Attributes:
        coordinates: (N, 2) float32.
        kept: share of each sample's ten nearest neighbours among the features that are among its
            ten nearest in the picture, 0..1: how far the picture can be trusted.
        explained: shares of the variance along both axes, of PCA only; else NaN.
    """

    coordinates: Floats
    kept: float
    explained: tuple[float, float]


def most_reach(reduction: Reduction, count: int) -> int:
    """The largest sensible reach: three times the perplexity have to be neighbours."""
    return max(2, (count - 1) // 3 if reduction is Reduction.TSNE else count - 1)


def is_installed(reduction: Reduction) -> bool:
    """Whether what a reduction needs is there; UMAP is optional."""
    return reduction is not Reduction.UMAP or importlib.util.find_spec("umap") is not None


def usable(reduction: Reduction) -> Reduction:
    """The reduction, or t-SNE where this server cannot make it."""
    return reduction if is_installed(reduction) else Reduction.TSNE


def reduce(features: Floats, projection: Projection) -> Projected:
    """Draw features as points. Says on the standard output how far it is, as its libraries do.

    Args:
        features: (N, F) float32, finite, N at least `LEAST_SAMPLES`.
        projection: how.
    """
    projection = projection.fitting(len(features))
    if features.shape[1] < 2:  # a picture has two axes; the second one is empty then
        features = np.hstack([features, np.zeros((len(features), 1), np.float32)])
    explained = (np.nan, np.nan)
    match projection.reduction:
        case Reduction.PCA:
            coordinates, explained = _pca(features)
        case Reduction.TSNE:
            coordinates = _tsne(features, projection)
        case Reduction.UMAP:
            coordinates = _umap(features, projection)
    points = np.asarray(coordinates, np.float32)
    return Projected(points, _kept(features, points), explained)


def _pca(features: Floats) -> tuple[Floats, tuple[float, float]]:
    from sklearn.decomposition import PCA

    pca = PCA(2, svd_solver="full")
    coordinates = pca.fit_transform(features.astype(np.float64))
    first, second = np.nan_to_num(pca.explained_variance_ratio_)
    return coordinates, (float(first), float(second))


def _tsne(features: Floats, projection: Projection) -> Floats:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    tsne = TSNE(
        perplexity=projection.reach,
        init=_start(features, projection.seed),
        random_state=projection.seed,
        max_iter=ITERATIONS,
        verbose=2,
    )
    with threadpool_limits(1):  # two threads add in another order each time, and t-SNE is chaotic
        return tsne.fit_transform(features)


def _start(features: Floats, seed: int) -> Floats:
    """(N, 2) where t-SNE starts: as PCA has it (Kobak and Berens 2019), and a hair of noise.

    PCA keeps the whole in shape. Without the noise every seed would give the same picture, and
    nobody could see which of its details are chance.
    """
    start = np.asarray(_pca(features)[0])
    start = 1e-4 * start / max(float(start[:, 0].std()), 1e-12)
    noise = np.random.default_rng(seed).normal(scale=1e-5, size=start.shape)
    return (start + noise).astype(np.float32)


def _umap(features: Floats, projection: Projection) -> Floats:
    import umap

    reducer = umap.UMAP(
        n_neighbors=projection.reach, random_state=projection.seed, n_jobs=1, verbose=True
    )
    return reducer.fit_transform(features)


def nearest(features: Floats, count: int) -> NDArray[np.int64]:
    """(N, count) positions of each sample's nearest others, by Euclidean distance.

    Args:
        features: (N, F) float32, N more than the count.
        count: how many.
    """
    from sklearn.neighbors import NearestNeighbors

    neighbours = NearestNeighbors(n_neighbors=count).fit(features).kneighbors(return_distance=False)
    return np.asarray(neighbours, np.int64)


def _kept(features: Floats, points: Floats) -> float:
    count = min(JUDGED_BY, len(features) - 1)
    pairs = zip(nearest(features, count), nearest(points, count), strict=True)
    return float(np.mean([len(np.intersect1d(a, b)) / count for a, b in pairs]))
