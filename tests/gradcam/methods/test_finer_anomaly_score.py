"""The mixture asked of smaller windows."""

import numpy as np
import pytest

import gradcam
from gradcam.score_grid import pooled_middles
from tests.gradcam.anomaly import scored


@pytest.fixture(scope="module")
def network():
    return scored.network()


@pytest.mark.parametrize("window", [1, 2, 3, 4])
def test_it_is_the_mixture_s_score_of_each_window(network, window):
    batch = scored.with_square(6, 10, 3, 0.8)
    features = batch.reshape(1, 12, 2, 12, 2, 3).mean(axis=(2, 4))[..., :2].astype(np.float32)
    expected = scored.scoring().scored(features, (24, 24), window, 1)
    assert expected.scores.shape == (1, 13 - window, 13 - window)
    found = gradcam.explain(network, batch, method="finer-anomaly-score", window=window).maps
    np.testing.assert_allclose(found, expected.drawn(), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(expected.rows, pooled_middles(12, window, 1))


def test_a_window_wider_than_the_mixture_s_own_is_its_own(network):
    batch = scored.with_square(6, 10)
    own, wider = (
        gradcam.explain(network, batch, method="finer-anomaly-score", window=size).maps
        for size in (4, 8)
    )
    np.testing.assert_array_equal(own, wider)


def test_sides_are_told_apart(network):
    batch = scored.with_square(6, 10, 3, 0.8)
    plain, ordinary = (
        gradcam.explain(network, batch, method="finer-anomaly-score", side=side).maps
        for side in ("unusual", "too ordinary")
    )
    np.testing.assert_allclose(ordinary, -plain)


def test_smaller_windows_point_more_sharply(network):
    """A square of 2 cells off the own grid's middles: the finer peak is nearer."""
    batch = scored.with_square(10, 6, 4)
    distance = {}
    for method in ("anomaly-score", "finer-anomaly-score"):
        found = gradcam.explain(network, batch, method=method).maps[0]
        row, column = np.unravel_index(found.argmax(), found.shape)
        distance[method] = np.hypot(row + 0.5 - 12, column + 0.5 - 8)
    assert distance["finer-anomaly-score"] < 1.5
    assert distance["finer-anomaly-score"] <= distance["anomaly-score"]


@pytest.mark.parametrize(
    ("method", "settings", "grid"),
    [
        ("anomaly-score", {}, (5, 5)),
        ("finer-anomaly-score", {}, (11, 11)),
        ("finer-anomaly-score", {"window": 3}, (10, 10)),
        ("finer-anomaly-score", {"window": 8}, (9, 9)),
        ("eigen-cam", {}, None),
    ],
)
def test_a_map_that_is_drawn_larger_says_of_how_many_scores(network, method, settings, grid):
    captured = gradcam.capture(network, scored.with_square(6, 10))
    assert gradcam.METHODS[method].grid(captured, settings) == grid
