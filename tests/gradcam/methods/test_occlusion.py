import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods.occlusion import patches
from tests.gradcam import networks

VALUE = gradcam.Target.for_output(0)
# y = 16 numbers 0..15 times the pixels, and 3
WEIGHTS = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
PICTURE = np.array([[1, 1, 1, 1], [1, 1, 1, 1], [3, 3, 3, 3], [3, 3, 3, 3]], np.float32)[
    None, ..., None
]  # of mean 2


@pytest.fixture(scope="module")
def sums():
    return KerasNetwork(networks.of_pixels(WEIGHTS, 3.0))


def maps_of(network, target=VALUE, **settings):
    return gradcam.explain(network, PICTURE, None, target, "occlusion", **settings).maps[0]


def test_patches_side_by_side_by_hand(sums):
    # Quarters of 2 x 2. Covered with the mean 2, y loses the weights times (x - 2) = -1 or 1:
    # -10 and -18 above (of 0, 1, 4, 5 and of 2, 3, 6, 7), 42 and 50 below.
    expected = np.kron([[-10, -18], [42, 50]], np.ones((2, 2)))
    found = maps_of(sums, fill="mean", size=0.5, step=1.0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_where_patches_overlap_it_is_the_mean_loss_by_hand(sums):
    # Squares of 2 x 2 at each of 3 x 3 places, covered with zero: weights times pixels.
    inside = WEIGHTS[0, ..., 0] * PICTURE[0, ..., 0]
    loss = np.array([[inside[i : i + 2, j : j + 2].sum() for j in range(3)] for i in range(3)])
    found = maps_of(sums, fill="zero", size=0.5, step=0.5)
    # The corner has one patch, its right neighbour two, the one below that four.
    np.testing.assert_allclose(found[0, 0], loss[0, 0], rtol=1e-5)
    np.testing.assert_allclose(found[0, 1], (loss[0, 0] + loss[0, 1]) / 2, rtol=1e-5)
    np.testing.assert_allclose(found[1, 1], loss[:2, :2].mean(), rtol=1e-5)
    np.testing.assert_allclose(found[3, 2], loss[2, 1:].mean(), rtol=1e-5)


def test_a_class_loses_its_score_or_its_logit():
    # One pixel a patch; logits of class 1: 1 + the pixel, of class 0: 0.
    weights = np.stack([0 * WEIGHTS[0], np.ones_like(WEIGHTS[0])])
    network = KerasNetwork(networks.of_pixels(weights / 16, [0, -1], activation="softmax"))
    settings = {"size": 0.25, "step": 1.0, "fill": "zero"}
    # The mean of the picture is 2, so z = 2 - 1; without a pixel x it is 1 - x / 16.
    pixels = PICTURE[0, ..., 0] / 16
    found = maps_of(network, 1, scale="logit", **settings)
    np.testing.assert_allclose(found, pixels, rtol=1e-4)
    expected = 1 / (1 + np.exp(-1.0)) - 1 / (1 + np.exp(pixels - 1.0))
    np.testing.assert_allclose(maps_of(network, 1, scale="score", **settings), expected, rtol=1e-4)
    np.testing.assert_allclose(maps_of(network, 0, scale="score", **settings), -expected, rtol=1e-4)


def test_the_mean_colour_and_the_score_where_nobody_says_otherwise(sums):
    np.testing.assert_array_equal(
        maps_of(sums), maps_of(sums, scale="score", fill="mean", size=0.2, step=0.5)
    )


@pytest.mark.parametrize(
    ("height", "width", "size", "step", "rows", "columns"),
    [
        (4, 4, 0.5, 1.0, [0, 2], [0, 2]),
        (4, 4, 0.5, 0.5, [0, 1, 2], [0, 1, 2]),
        (4, 8, 0.5, 1.0, [0, 2], [0, 2, 4, 6]),  # a share of the shorter side
        (8, 4, 0.5, 1.0, [0, 2, 4, 6], [0, 2]),
        (10, 10, 0.4, 1.0, [0, 4, 8], [0, 4, 8]),  # the last one is cut
        (10, 10, 0.3, 0.67, [0, 2, 4, 6, 8], [0, 2, 4, 6, 8]),
        (3, 3, 0.02, 0.1, [0, 1, 2], [0, 1, 2]),  # never less than a pixel
    ],
)
def test_patches_by_hand(height, width, size, step, rows, columns):
    side = max(1, round(size * min(height, width)))
    expected = [(slice(i, i + side), slice(j, j + side)) for i in rows for j in columns]
    assert patches(height, width, size, step) == expected


@pytest.mark.parametrize("step", [0.1, 0.34, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("size", [0.02, 0.2, 0.45, 0.8])
@pytest.mark.parametrize(("height", "width"), [(7, 11), (16, 16), (23, 9)])
def test_every_pixel_is_covered(height, width, size, step):
    covered = np.zeros((height, width), int)
    for place in patches(height, width, size, step):
        covered[place] += 1
    assert covered.min() >= 1


def test_a_wide_picture_keeps_its_rows_and_columns():
    # y is the pixel in row 1, column 5: only the patches that cover it lose anything.
    weights = np.zeros((1, 4, 8, 1), np.float32)
    weights[0, 1, 5] = 1.0
    picture = np.full((1, 4, 8, 1), 7.0, np.float32)
    network = KerasNetwork(networks.of_pixels(weights))
    settings = {"fill": "zero", "size": 0.5, "step": 1.0}
    found = gradcam.explain(network, picture, None, VALUE, "occlusion", **settings).maps[0]
    expected = np.zeros((4, 8))
    expected[:2, 4:6] = 7.0
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_each_colour_is_covered_with_its_own_mean_in_each_picture():
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(2, 4, 4, 3)).astype(np.float32)
    batch = rng.normal(size=(2, 4, 4, 3)).astype(np.float32) + np.float32([0, 5, -5])
    network = KerasNetwork(networks.of_pixels(weights))
    targets = [gradcam.Target.for_output(0), gradcam.Target.for_output(1)]
    settings = {"fill": "mean", "size": 0.5, "step": 1.0}
    found = gradcam.explain(network, batch, None, targets, "occlusion", **settings).maps
    lost = (weights * (batch - batch.mean(axis=(1, 2), keepdims=True))).sum(axis=-1)
    quarters = lost.reshape(2, 2, 2, 2, 2).sum(axis=(2, 4))
    expected = quarters.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
