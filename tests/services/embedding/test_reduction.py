"""Pictures are scikit-learn's own, with what small sets allow; UMAP is optional."""

import sys
from types import ModuleType

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from services.choices.options import Reduction
from services.embedding import reduction
from services.embedding.reduction import Projection, is_installed, most_reach, reduce


@pytest.fixture(scope="module")
def features():
    return np.random.default_rng(1).normal(size=(40, 6)).astype(np.float32)


def test_pca_is_the_singular_vectors_and_their_shares(features):
    found = reduce(features, Projection(Reduction.PCA, 30, 7))
    centred = features - features.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    np.testing.assert_allclose(
        np.abs(found.coordinates), np.abs(left[:, :2] * sizes[:2]), rtol=1e-4, atol=1e-5
    )
    np.testing.assert_allclose(found.explained, (sizes**2 / (sizes**2).sum())[:2], rtol=1e-5)


def test_t_sne_is_scikit_learn_s_with_the_seed_and_the_perplexity(features, monkeypatch):
    monkeypatch.setattr(reduction, "ITERATIONS", 250)
    found = reduce(features, Projection(Reduction.TSNE, 5, 3))
    start = PCA(2).fit_transform(features.astype(np.float64))
    start *= 1e-4 / start[:, 0].std()
    start += np.random.default_rng(3).normal(scale=1e-5, size=start.shape)
    with threadpool_limits(1):
        tsne = TSNE(perplexity=5, init=start.astype(np.float32), random_state=3, max_iter=250)
        own = tsne.fit_transform(features)
    np.testing.assert_array_equal(found.coordinates, own)
    assert np.isnan(found.explained).all()
    for other in (Projection(Reduction.TSNE, 6, 3), Projection(Reduction.TSNE, 5, 4)):
        assert not np.array_equal(reduce(features, other).coordinates, own)


def test_a_perplexity_is_at_most_a_third_of_the_samples():
    assert Projection(Reduction.TSNE, 30, 0).fitting(10) == Projection(Reduction.TSNE, 3, 0)
    assert Projection(Reduction.TSNE, 30, 0).fitting(1000).reach == 30
    assert Projection(Reduction.UMAP, 15, 0).fitting(10).reach == 9
    assert most_reach(Reduction.TSNE, 3) == 2


def test_what_plays_no_part_in_pca_makes_no_other_picture():
    assert Projection(Reduction.PCA, 30, 1).fitting(50) == Projection(Reduction.PCA, 5, 2).fitting(
        50
    )


def test_a_single_feature_is_drawn_on_a_line():
    line = np.arange(12, dtype=np.float32)[:, None]
    found = reduce(line, Projection(Reduction.PCA, 0, 0))
    np.testing.assert_allclose(found.coordinates[:, 1], 0, atol=1e-6)
    assert found.kept > 0.9


def test_it_is_said_how_many_neighbours_a_picture_keeps(features):
    flat = np.hstack([features[:, :2], np.zeros((40, 4), np.float32)])
    assert reduce(flat, Projection(Reduction.PCA, 0, 0)).kept == 1.0
    found = reduce(features, Projection(Reduction.PCA, 0, 0))
    points = PCA(2).fit_transform(features)

    def ten(of):
        distances = np.linalg.norm(of[:, None] - of[None], axis=2)
        return distances.argsort(axis=1)[:, 1:11]

    shares = [len(set(a) & set(b)) / 10 for a, b in zip(ten(features), ten(points), strict=True)]
    assert found.kept == pytest.approx(np.mean(shares))


def test_umap_gets_what_was_chosen_where_it_is_installed(features, monkeypatch):
    asked = {}

    class Imitation:
        def __init__(self, **given):
            asked.update(given)

        def fit_transform(self, given):
            return given[:, :2] * 2

    module = ModuleType("umap")
    module.UMAP = Imitation
    monkeypatch.setitem(sys.modules, "umap", module)
    found = reduce(features, Projection(Reduction.UMAP, 12, 5))
    assert (asked["n_neighbors"], asked["random_state"]) == (12, 5)
    np.testing.assert_array_equal(found.coordinates, features[:, :2] * 2)


def test_what_is_not_installed_is_known(monkeypatch):
    assert is_installed(Reduction.TSNE)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert not is_installed(Reduction.UMAP)
    assert is_installed(Reduction.PCA)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert is_installed(Reduction.UMAP)
