import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.drawn import DrawnArrays
from gradcam.methods.rise import RandomMasks, ShownMean
from tests.gradcam import networks

VALUE = gradcam.Target.for_output(0)
WHOLE = slice(None)

# ---------------------------------------------------------------------------- the masks


def test_cells_of_one_pixel_are_hidden_or_shown_as_they_were_drawn():
    masks = RandomMasks(6, 6, 500, 6, 0.3, seed=0).enlarged(WHOLE)
    assert masks.shape == (500, 6, 6)
    assert masks.dtype == np.float32
    assert set(np.unique(masks)) == {0.0, 1.0}
    np.testing.assert_allclose(masks.mean(axis=0), 0.3, atol=0.09)  # four deviations


def test_larger_cells_fade_into_each_other_half_pixel_bilinear():
    # Cells of 4 pixels: from the middle of one to that of the next in steps of a quarter.
    masks = RandomMasks(12, 12, 40, 3, 0.5, seed=1).enlarged(WHOLE)
    assert masks.min() == 0.0
    assert masks.max() == 1.0
    assert np.abs(np.diff(masks, axis=1)).max() == 0.25
    assert np.abs(np.diff(masks, axis=2)).max() == 0.25
    assert set(np.unique((masks[:, :, :] * 64) % 1)) == {0.0}


def test_each_mask_is_shifted_by_its_own_part_of_a_cell_down_and_across():
    # Along a column, a mask's slope changes every 4 pixels, at a place that the shift decides.
    masks = RandomMasks(12, 20, 400, 3, 0.5, seed=2).enlarged(WHOLE)  # cells of 4 x 7 pixels
    for axis, cell in ((1, 4), (2, 7)):
        kinks = np.abs(np.diff(masks, n=2, axis=axis)).max(axis=3 - axis) > 1e-3
        places = [np.flatnonzero(each)[0] % cell for each in kinks if each.any()]
        assert set(places) == set(range(cell))


def test_no_shift_is_more_frequent_than_another():
    masks = RandomMasks(12, 20, 400, 3, 0.5, seed=2)
    _, tops, lefts = masks.grids
    for shifts, cell in ((tops, 4), (lefts, 7)):
        counts = np.bincount(shifts)
        assert len(counts) == cell
        assert counts.min() > 0.7 * 400 / cell
        assert counts.max() < 1.3 * 400 / cell


def test_the_part_shown_is_the_share_asked_for():
    for shown in (0.1, 0.7):
        masks = RandomMasks(20, 30, 400, 5, shown, seed=3).enlarged(WHOLE)
        assert abs(masks.mean() - shown) < 0.02
        assert np.abs(masks.mean(axis=0) - shown).max() < 0.12


def test_parts_of_the_masks_are_the_same_as_all_of_them():
    masks = RandomMasks(10, 8, 7, 3, 0.5, seed=4)
    parts = [masks.enlarged(slice(start, start + 3)) for start in (0, 3, 6)]
    np.testing.assert_array_equal(np.concatenate(parts), masks.enlarged(WHOLE))


def counted_draws(monkeypatch):
    """How many masks are enlarged from now on."""
    drawn, original = [], RandomMasks.enlarged

    def counting(self, part):
        masks = original(self, part)
        drawn.append(len(masks))
        return masks

    monkeypatch.setattr(RandomMasks, "enlarged", counting)
    return drawn


def test_masks_are_drawn_once_for_all_pictures_of_a_network(monkeypatch):
    network, drawn = KerasNetwork(networks.of_pixels(WEIGHTS, 2.0)), counted_draws(monkeypatch)
    batch = np.concatenate([PICTURE, 2 * PICTURE])
    asked = {"target": VALUE, "method": "rise", "masks": 60}
    together = gradcam.explain(network, batch, **asked).maps
    again = [gradcam.explain(network, picture[None], **asked).maps[0] for picture in batch]
    np.testing.assert_array_equal(together, again)
    assert drawn == [60]
    gradcam.explain(network, batch, **asked, seed=1)  # others
    assert drawn == [60, 60]


def test_masks_that_would_fill_the_memory_are_drawn_part_by_part(monkeypatch):
    network, drawn = KerasNetwork(networks.of_pixels(WEIGHTS, 2.0)), counted_draws(monkeypatch)
    asked = {"target": VALUE, "method": "rise", "masks": 60}
    kept = gradcam.explain(network, PICTURE, **asked).maps
    network.drawn = DrawnArrays(limit=4 * 60 * 6 * 8 - 1)
    np.testing.assert_array_equal(gradcam.explain(network, PICTURE, **asked).maps, kept)
    assert drawn == [60, 32, 28]


# ------------------------------------------------------------------------------ the mean


def test_the_mean_of_what_was_shown_by_hand():
    # Values 4 and 1 under [[1, .5, 0]] and [[0, .5, 0]]: 4/1; (2 + .5)/1; never shown. Mean 2.5.
    mean = ShownMean(1, 3)
    mean.add(np.array([4.0, 1.0], np.float32), np.array([[[1, 0.5, 0]], [[0, 0.5, 0]]], "f4"))
    np.testing.assert_allclose(mean.map(), [[1.5, 0.0, 0.0]])
    assert mean.map().dtype == np.float32
    # 7 under [[.5, .5, 1]]: (4 + 3.5)/1.5, (2.5 + 3.5)/1.5, 7/1; mean 4
    mean.add(np.array([7.0], np.float32), np.array([[[0.5, 0.5, 1]]], np.float32))
    np.testing.assert_allclose(mean.map(), [[1.0, 0.0, 3.0]], atol=1e-6)


def test_a_number_that_never_changes_leaves_nothing_at_all():
    mean, masks = ShownMean(6, 6), RandomMasks(6, 6, 50, 3, 0.5, seed=0)
    for start in range(0, 50, 10):
        mean.add(np.full(10, 0.1, np.float32), masks.enlarged(slice(start, start + 10)))
    assert not mean.map().any()


# --------------------------------------------------------------------------- the network

PICTURE = np.random.default_rng(5).normal(size=(1, 6, 8, 3)).astype(np.float32)
WEIGHTS = np.random.default_rng(6).normal(size=(1, 6, 8, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("fill", "empty"), [("zero", 0.0), ("mean", PICTURE.mean(axis=(1, 2), keepdims=True))]
)
def test_on_a_sum_of_pixels_it_is_the_formula_written_out(fill, empty):
    network = KerasNetwork(networks.of_pixels(WEIGHTS, 2.0))
    settings = {"fill": fill, "masks": 60, "cells": 3, "shown": 0.4, "seed": 9}
    found = gradcam.explain(network, PICTURE, None, VALUE, "rise", **settings).maps[0]
    masks = RandomMasks(6, 8, 60, 3, 0.4, seed=9).enlarged(WHOLE).astype(np.float64)
    values = [
        2.0 + (WEIGHTS[0] * (PICTURE[0] * m[..., None] + empty * (1 - m[..., None]))).sum()
        for m in masks
    ]
    expected = np.tensordot(values, masks, axes=1) / masks.sum(axis=0) - np.mean(values)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_the_only_pixel_that_counts_is_the_hottest_and_gains_what_it_is_worth():
    # y = 3 times one pixel of value 2, shown in half of the masks: 6 where shown, 3 on average.
    weights = np.zeros((1, 6, 6, 1), np.float32)
    weights[0, 2, 4] = 3.0
    network = KerasNetwork(networks.of_pixels(weights))
    picture = np.full((1, 6, 6, 1), 2.0, np.float32)
    settings = {"fill": "zero", "masks": 2000, "cells": 6}
    found = gradcam.explain(network, picture, None, VALUE, "rise", **settings).maps[0]
    assert np.unravel_index(found.argmax(), found.shape) == (2, 4)
    assert abs(found[2, 4] - 3.0) < 0.2
    others = np.delete(found.ravel(), 2 * 6 + 4)
    assert np.abs(others).max() < 0.3


def test_scores_or_logits_are_averaged():
    # One class's logit is the mean pixel times 40, far from 0: its score is 1 or 0.
    weights = np.stack([np.full((4, 4, 1), 40 / 16), np.zeros((4, 4, 1))])
    network = KerasNetwork(networks.of_pixels(weights, [-20, 0], activation="softmax"))
    picture = np.ones((1, 4, 4, 1), np.float32)
    masks = RandomMasks(4, 4, 200, 4, 0.5, seed=0).enlarged(WHOLE)
    logits = 40 * masks.mean(axis=(1, 2)) - 20
    for scale, values in (("logit", logits), ("score", 1 / (1 + np.exp(-logits)))):
        settings = {"scale": scale, "fill": "zero", "masks": 200, "cells": 4}
        found = gradcam.explain(network, picture, None, 0, "rise", **settings).maps[0]
        expected = np.tensordot(values, masks, axes=1) / masks.sum(axis=0) - values.mean()
        np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(values).max())


def test_the_mean_and_a_thousand_masks_where_nobody_says_otherwise():
    network = KerasNetwork(networks.of_pixels(WEIGHTS, 2.0))
    plain = gradcam.explain(network, PICTURE, None, VALUE, "rise").maps
    said = {"scale": "score", "fill": "mean", "masks": 1000, "cells": 7, "shown": 0.5, "seed": 0}
    again = gradcam.explain(network, PICTURE, None, VALUE, "rise", **said).maps
    np.testing.assert_array_equal(plain, again)
