"""Figures of certainty and of errors draw what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from components.figures.scores import (
    error_figure,
    error_histogram,
    reliability_figure,
    scatter_figure,
)
from gradcam.backends.keras.network import KerasNetwork
from services.predictions.predictions import Predictions
from services.tasks.facets import ByValue
from services.tasks.scores import calibration
from services.tasks.shown import Scatter
from tests.services import projects


@pytest.fixture(scope="module")
def read() -> Predictions:
    """Errors: 0.1, -0.3, 0.21 and 0.02; the fourth is not labelled."""
    network = KerasNetwork(projects.redness_scored("linear"), "redness.h5")
    return projects.said(
        network,
        [("<a>", "0.5"), ("b", "0.5"), ("c", "0.2"), ("d", None), ("e", "0.9")],
        outputs=[[0.6], [0.2], [0.41], [0.3], [0.92]],
    )


def by_value(of: Predictions, threshold: float) -> ByValue:
    facet, _ = of.answers.mistakes.facets(threshold)
    return facet


def scatter(of: Predictions, threshold: float) -> Scatter:
    return of.answers.pages.overview(threshold).chart


def test_bars_of_the_calibration_are_shares_and_counts() -> None:
    found = calibration(np.array([0.3, 0.6, 0.9, 0.8]), np.array([0.0, 1.0, 1.0, 0.0]), 2)
    shares, _, scores, counts = reliability_figure(found).data
    np.testing.assert_allclose(shares.x, [0.25, 0.75])
    np.testing.assert_allclose(shares.y, [0.0, 2 / 3])
    np.testing.assert_allclose(scores.x, [0.3, 2.3 / 3])
    assert list(counts.y) == [1, 3]
    assert shares.hovertext[1] == "confidence 50 to 100 %: accuracy 66.7 %, mean confidence 76.7 %"
    assert counts.hovertext[1] == "3 × confidence 50 to 100 %"


def test_the_histogram_parts_at_the_threshold_and_counts_every_error(read: Predictions) -> None:
    within, beyond = error_histogram(by_value(read, 0.15)).data
    assert (within.y.sum(), beyond.y.sum()) == (2, 2)
    assert beyond.x[beyond.y > 0] == pytest.approx([-0.29, 0.21])
    within, beyond = error_histogram(by_value(read, 0.5)).data
    assert (within.y.sum(), beyond.y.sum()) == (4, 0)
    assert abs(within.x).max() == pytest.approx(0.5 - 0.5 / 30)  # wide enough for the threshold


def test_each_drawn_point_is_its_sample(read: Predictions) -> None:
    points = error_figure(by_value(read, 0.15), np.array([2, 0])).data[-1]
    assert list(points.x) == pytest.approx([0.2, 0.5])
    assert list(points.y) == pytest.approx([0.21, 0.1])
    assert list(points.marker.symbol) == ["x", "circle"]
    assert points.hovertext[1] == "&lt;a>: 0.5 predicted as 0.6, error +0.1"


def test_true_against_read_judges_as_every_page_does_and_shows_names_as_text(
    read: Predictions,
) -> None:
    points = scatter_figure(scatter(read, 0.1)).data[-1]
    assert list(points.marker.symbol) == ["circle", "x", "x", "x", "circle"]
    assert points.hovertext[0] == "&lt;a>: 0.5 predicted as 0.6, error +0.1"
    # 100.4 read as 100.3 is off by 0.1, whatever float32 makes of it.
    far = projects.said(read.project.network, [("far", "100.3")], outputs=[[100.4]], threshold=0.1)
    assert list(scatter_figure(scatter(far, 0.1)).data[-1].marker.symbol) == ["circle"]
