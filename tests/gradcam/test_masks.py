import numpy as np

from gradcam.masks import Masks, at_size, seen_through


def test_a_picture_is_seen_in_proportion_and_the_fill_in_the_rest():
    picture = np.array([[[1.0, 10.0], [0.0, 20.0]]], np.float32)
    fill = np.array([[[0.5, 0.0], [0.5, 4.0]]], np.float32)
    masks = np.array([[[1, 1]], [[0, 0]], [[0.5, 0.25]]], np.float32)
    found = seen_through(masks, picture, fill)
    np.testing.assert_array_equal(found[0], picture)
    np.testing.assert_array_equal(found[1], fill)
    np.testing.assert_array_equal(found[2], [[[0.75, 5.0], [0.375, 8.0]]])
    assert found.dtype == np.float32


def test_what_is_seen_or_not_is_exact():
    rng = np.random.default_rng(0)
    picture, fill = (rng.normal(size=(9, 7, 3)).astype(np.float32) for _ in range(2))
    masks = rng.integers(0, 2, (5, 9, 7)).astype(np.float32)
    expected = np.where(masks[..., None] == 1, picture, fill)
    np.testing.assert_array_equal(seen_through(masks, picture, fill), expected)


def test_coarse_masks_are_enlarged_at_half_pixels():
    masks = np.array([[[0, 1]], [[1, 1]]], np.float32)
    np.testing.assert_array_equal(at_size(masks, 2, 4), [[[0, 0.25, 0.75, 1]] * 2, np.ones((2, 4))])
    assert at_size(masks, 1, 2) is masks


def test_masks_are_made_part_by_part():
    all_of_them = np.random.default_rng(0).random((7, 2, 3), np.float32)
    there = Masks.of(all_of_them)
    assert there.count == 7
    np.testing.assert_array_equal(there.made(slice(2, 5)), all_of_them[2:5])
