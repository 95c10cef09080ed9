"""Coarse maps: where their heat lies by hand, and groups that were planted."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, pairwise_distances, silhouette_samples

from gradcam import spray
from gradcam.box import Box
from gradcam.spray import Region, box_shares, groups, heat_shares, region_masks

PLACES = ((2, 2), (9, 3), (5, 9))


def maps_at(places, count=12, side=12, noise=0.02):
    """So many noisy maps with a hot spot at each place, the places in turns."""
    rng = np.random.default_rng(0)
    rows, columns = np.indices((side, side))
    planted = np.arange(count * len(places)) % len(places)
    maps = [
        np.exp(-((rows - places[i][0]) ** 2 + (columns - places[i][1]) ** 2) / 4) for i in planted
    ]
    noisy = np.array(maps) + noise * rng.random((len(maps), side, side))
    return heat_shares(noisy.astype(np.float32)), planted


def test_only_positive_heat_counts_and_it_sums_to_one():
    maps = np.array([[[1, -1], [3, 0]], [[-1, -2], [0, 0]], [[np.nan, 1], [1, np.inf]]], np.float32)
    expected = [[[0.25, 0], [0.75, 0]], [[0, 0], [0, 0]], [[0, 0.5], [0.5, 0]]]
    np.testing.assert_allclose(heat_shares(maps), expected)


def test_large_maps_are_made_coarse_by_area_and_long_ones_keep_their_short_side():
    big = np.zeros((1, 32, 6), np.float32)
    big[0, 2:4, 5], big[0, 30, 0] = 2.0, 4.0
    shares = heat_shares(big)
    assert shares.shape == (1, 16, 6)
    assert shares[0, 1, 5] == pytest.approx(0.5)
    assert shares[0, 15, 0] == pytest.approx(0.5)


def test_regions_take_part_of_a_cell_where_they_end_inside_it():
    masks = region_masks(4, 8)
    np.testing.assert_allclose(masks[Region.TOP][:, 0], [0.5, 0, 0, 0])
    np.testing.assert_allclose(masks[Region.BOTTOM][:, 7], [0, 0, 0, 0.5])
    np.testing.assert_allclose(masks[Region.LEFT][2], [1, 0, 0, 0, 0, 0, 0, 0])
    np.testing.assert_allclose(masks[Region.RIGHT][2], [0, 0, 0, 0, 0, 0, 0, 1])
    corner = np.zeros((4, 8))
    corner[3, :2] = 1
    np.testing.assert_allclose(masks[Region.BOTTOM_LEFT], corner)
    np.testing.assert_allclose(masks[Region.TOP_RIGHT], corner[::-1, ::-1])
    np.testing.assert_allclose(masks[Region.TOP_LEFT], corner[::-1])
    np.testing.assert_allclose(masks[Region.BOTTOM_RIGHT], corner[:, ::-1])


def test_boxes_share_the_heat_by_area_and_what_they_have_in_common_counts_once():
    shares = box_shares([Box(0, 0, 0.5, 0.75), Box(0, 0, 0.5, 0.5)], (2, 2))
    np.testing.assert_allclose(shares, [[2 / 3, 0], [1 / 3, 0]])
    assert not box_shares([Box(1.2, 0, 0.2, 1)], (2, 2)).any()
    assert not box_shares([], (2, 2)).any()


def test_planted_groups_are_found_with_scikit_learn_s_silhouette():
    shares, planted = maps_at(PLACES)
    found = groups(shares)
    assert adjusted_rand_score(planted, found.labels) == 1.0
    points = np.sqrt(shares.reshape(len(shares), -1))
    each = silhouette_samples(pairwise_distances(points), planted, metric="precomputed")
    for label in range(3):
        expected = each[planted == planted[found.labels == label][0]].mean()
        assert found.tightness[label] == pytest.approx(expected, abs=1e-6)


def test_beyond_the_largest_graph_maps_join_the_nearest_group(monkeypatch):
    monkeypatch.setattr(spray, "LARGEST", 20)
    shares, planted = maps_at(PLACES, count=30)
    found = groups(shares)
    assert len(found.labels) == 90
    assert adjusted_rand_score(planted, found.labels) == 1.0


def test_few_maps_or_maps_that_are_all_the_same_have_no_groups():
    shares, _ = maps_at(PLACES, count=4)
    assert groups(shares[:11]) is None
    assert groups(shares) is not None
    assert groups(np.repeat(shares[:1], 20, axis=0)) is None


def test_groups_are_seeded():
    noise = heat_shares(np.random.default_rng(1).random((60, 6, 6)).astype(np.float32))
    labels = [groups(noise, seed).labels.tolist() for seed in (0, 0, 5)]
    assert labels[0] == labels[1]
    assert labels[0] != labels[2]
