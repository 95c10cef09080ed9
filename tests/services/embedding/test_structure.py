"""Figures of features against scikit-learn, and against a calculation on paper."""

import numpy as np
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from services.embedding.reduction import nearest
from services.embedding.structure import NEIGHBOURS, describe, find_clusters, separation


def blobs(*sizes, apart=20.0):
    """Round groups on a line, the first at the origin."""
    rng = np.random.default_rng(3)
    parts = [
        rng.normal(size=(size, 4)) + apart * number * np.eye(4)[0]
        for number, size in enumerate(sizes)
    ]
    return np.concatenate(parts).astype(np.float32)


def test_separation_on_paper():
    # 0 and 2 against 10 and 14: a = 2, 2, 4, 4; b = 12, 10, 9, 13.
    features = np.array([[0], [2], [10], [14]], np.float32)
    found = separation(features, np.array([0, 0, 1, 1]))
    assert found.silhouette == pytest.approx((10 / 12 + 8 / 10 + 5 / 9 + 9 / 13) / 4)
    # Mean distances to the middles 1 and 12 are 1 and 2; the middles are 11 apart.
    assert found.davies_bouldin == pytest.approx(3 / 11)


def test_separation_is_scikit_learn_s_of_those_with_a_group():
    features, groups = blobs(20, 20, apart=2.0), np.repeat([0, 1], 20)
    found = separation(
        np.concatenate([features, 50 + blobs(3)]), np.concatenate([groups, [-1] * 3])
    )
    assert found.silhouette == pytest.approx(silhouette_score(features, groups), abs=1e-6)
    assert found.davies_bouldin == pytest.approx(davies_bouldin_score(features, groups), abs=1e-6)


@pytest.mark.parametrize("groups", [[0, 0, 0, 0], [0, 1, 2, 3], [-1, -1, -1, -1], [0, 1, -1, -1]])
def test_without_groups_to_compare_there_is_no_figure(groups):
    found = separation(blobs(4), np.array(groups))
    assert np.isnan([found.silhouette, found.davies_bouldin]).all()


def test_clusters_are_the_groups_that_are_there_the_largest_first():
    found = find_clusters(blobs(8, 30, 15))
    assert list(np.bincount(found)) == [30, 15, 8]
    assert len(set(found[:8])) == len(set(found[8:38])) == len(set(found[38:])) == 1


@pytest.mark.parametrize("features", [np.zeros((12, 3)), np.repeat([[0.0], [1.0]], 6, axis=0)])
def test_samples_that_are_all_alike_are_one_cluster(features):
    found = find_clusters(features.astype(np.float32))
    assert set(found) == {0}


def test_neighbours_are_the_nearest_others_by_brute_force():
    features = blobs(25, 15, apart=3.0)
    distances = np.linalg.norm(features[:, None] - features[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    found = describe(features, np.repeat([0, 1], [25, 15])).neighbours
    np.testing.assert_array_equal(found, distances.argsort(axis=1)[:, :NEIGHBOURS])
    np.testing.assert_array_equal(nearest(features, 4), found[:, :4])


def test_few_samples_have_all_others_for_neighbours():
    found = describe(blobs(5), np.zeros(5, np.int64))
    assert found.neighbours.shape == (5, 4)
