"""The anomaly scores on the picture: each where its window lies, one side or both."""

import numpy as np
import pytest

import gradcam
from gradcam.score_grid import ScoreGrid
from tests.gradcam.anomaly import scored

SCORES = np.array([[[3.0, -1.0], [0.5, -4.0]]], np.float32)
HALVES = np.array([0.25, 0.75])


def captured(scores=SCORES, leading=None):
    """Two scores a side on a picture of 4 × 4."""
    nothing = np.zeros((len(scores), 2, 2, 1), np.float32)
    grid = ScoreGrid(scores, HALVES, HALVES, (4, 4), leading=leading)
    return gradcam.Capture(nothing, nothing, np.zeros((len(scores), 4), np.float32), None, (grid,))


def test_the_scores_stand_at_the_middles_of_their_windows():
    """Of four pixels a side the middles lie between the first two and between the last two."""
    found = gradcam.compute_maps(captured(), "anomaly-score")[0]
    np.testing.assert_allclose(found, np.kron(SCORES[0], np.ones((2, 2))))


def test_the_other_side_is_the_same_with_the_other_sign_and_both_have_none():
    plain, ordinary, both = (
        gradcam.compute_maps(captured(), "anomaly-score", side=side)
        for side in ("unusual", "too ordinary", "both")
    )
    np.testing.assert_allclose(ordinary, -plain)
    np.testing.assert_allclose(both, np.abs(plain))


def test_who_decides_by_being_too_ordinary_is_told():
    found = gradcam.apply_method(captured(), "anomaly-score")
    assert found.notes[0].startswith("The highest score, 4, is of a place that is more ordinary")
    leading = np.array([[2, 0.75]])
    found = gradcam.apply_method(captured(np.abs(SCORES), leading), "anomaly-score")
    assert found.notes[0] == "The highest score is 4; feature 2 holds 75% of its distance."


def test_it_needs_a_network_that_gives_scores(flat_network, batch):
    with pytest.raises(gradcam.NetworkError, match="Anomaly score needs a grid of anomaly scores"):
        gradcam.explain(flat_network, batch, method="anomaly-score")
    assert not gradcam.METHODS["anomaly-score"].meant_for(flat_network)


def test_the_peak_is_drawn_where_the_defect_is():
    batch = scored.with_square(14, 4, 8)
    result = gradcam.explain(scored.network(), batch, method="anomaly-score")
    assert result.maps.shape == (1, 24, 24)
    row, column = np.unravel_index(result.maps[0].argmax(), (24, 24))
    assert 14 <= row < 22
    assert 4 <= column < 12
