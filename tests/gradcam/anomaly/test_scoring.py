"""From features to a grid of scores, by hand."""

import numpy as np
import pytest

from gradcam import NetworkError
from gradcam.anomaly.mixture import Mixture
from gradcam.anomaly.scoring import Scoring, fitted_scoring, windows_averaged
from gradcam.score_grid import ScoreGrid, middles_of, pooled_middles
from tests.gradcam.anomaly.scored import one_normal, scoring

RNG = np.random.default_rng(5)


def test_windows_are_averaged_where_they_fit():
    cells = np.arange(16.0, dtype=np.float32).reshape(1, 4, 4, 1)
    found = windows_averaged(cells, 2, 2)[0, :, :, 0]
    np.testing.assert_array_equal(found, [[2.5, 4.5], [10.5, 12.5]])
    assert windows_averaged(cells, 3, 1).shape == (1, 2, 2, 1)
    assert windows_averaged(cells, 3, 2).shape == (1, 1, 1, 1)


def test_a_score_is_the_fall_of_the_likelihood_in_deviations():
    """Two deviations off in one feature lower the logarithm by 2; a deviation of it is 2."""
    features = np.full((1, 4, 4, 2), 0.5, np.float32)
    features[..., 0] = 0.7
    own = scoring()
    np.testing.assert_allclose(own.scored(features, (8, 8)).scores, [[[1.0]]], rtol=1e-5)
    np.testing.assert_allclose(own.outputs(features), [[1.0]], rtol=1e-5)


def test_what_is_too_ordinary_has_a_score_below_zero_and_an_output_above():
    own = scoring()
    usual = Scoring(own.mixture, own.mean - 4.0, 2.0)  # what was learned is less likely than this
    features = np.full((1, 4, 4, 2), 0.5, np.float32)
    np.testing.assert_allclose(usual.scored(features, (8, 8)).scores, [[[-2.0]]])
    np.testing.assert_allclose(usual.outputs(features), [[2.0]])


def test_it_is_made_of_what_is_learned():
    features = RNG.normal(size=(9, 12, 12, 2)).astype(np.float32)
    own = fitted_scoring(one_normal(0.4), features)
    scores = own.scored(features, (96, 96)).scores
    assert scores.shape == (9, 5, 5)
    assert scores.mean() == pytest.approx(0, abs=1e-5)
    assert scores.std() == pytest.approx(1, abs=1e-5)


def test_a_projection_and_a_mean_change_places():
    """Projecting every cell and averaging then is what Edge Impulse does."""
    features = RNG.normal(size=(2, 6, 6, 4)).astype(np.float32)
    matrix = RNG.normal(size=(4, 2))
    mixture = one_normal(1.0)
    own = Scoring(mixture, 0.0, 1.0, matrix, window=3, stride=1)
    cells = windows_averaged((features @ matrix).astype(np.float32), 3, 1)
    np.testing.assert_allclose(
        own.scored(features, (48, 48)).scores, -mixture.log_likelihood(cells), rtol=1e-5
    )
    assert own.channels == 4


@pytest.mark.parametrize(("window", "stride"), [(4, 2), (2, 1), (3, 3), (1, 1), (5, 2)])
@pytest.mark.parametrize("projected", [False, True])
def test_the_rise_with_the_features_is_that_of_finite_differences(window, stride, projected):
    features = RNG.normal(0.5, 0.3, size=(2, 7, 8, 2)).astype(np.float32)
    matrix = RNG.normal(size=(2, 2)) if projected else None
    own = Scoring(one_normal(0.3), -1.0, 1.5, matrix, window, stride)
    outputs = own.outputs(features)
    weights = RNG.normal(size=outputs.shape).astype(np.float32)
    rise = own.rise(features, weights)
    assert rise.shape == features.shape
    towards, step = RNG.normal(size=features.shape), 1e-3
    moved = [(own.outputs(features + s * step * towards) * weights).sum() for s in (1, -1)]
    assert (rise * towards).sum() == pytest.approx((moved[0] - moved[1]) / (2 * step), rel=2e-3)


def test_the_feature_that_leads_is_told_with_its_share():
    features = np.full((1, 4, 4, 2), 0.5, np.float32)
    features[..., 0], features[..., 1] = 0.8, 0.4  # three deviations and one: 9 of 10
    ((feature, share),) = scoring().scored(features, (8, 8)).leading
    assert (feature, share) == (0, pytest.approx(0.9, rel=1e-5))


def test_other_numbers_have_another_digest():
    same, plain = scoring(), scoring()
    others = [
        scoring(window=3), scoring(stride=1),
        Scoring(one_normal(0.2), same.mean, same.deviation),
        Scoring(same.mixture, 0.0, same.deviation), Scoring(same.mixture, same.mean, 3.0),
        Scoring(same.mixture, same.mean, same.deviation, np.eye(2)),
    ]  # fmt: skip
    assert plain.digest == same.digest
    assert len({each.digest for each in (same, *others)}) == len(others) + 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deviation": 0.0}, "the deviation above 0"),
        ({"mean": float("nan")}, "must be numbers"),
        ({"window": 0}, "at least 1 cell"),
        ({"projection": np.ones((4, 3))}, "the mixture has 2 features"),
    ],
)
def test_numbers_that_do_not_fit_are_refused_in_a_sentence(change, words):
    given = {"mixture": one_normal(), "mean": 0.0, "deviation": 1.0, **change}
    with pytest.raises(NetworkError, match=words):
        Scoring(**given)


def test_a_map_smaller_than_a_window_is_refused():
    with pytest.raises(NetworkError, match=r"averages 4 × 4 cells, and the map has 3 × 12"):
        scoring().grid(3, 12)
    assert scoring().grid(12, 20) == (5, 9)


# ---------------------------------------------------------------------------------- where they lie


def test_a_score_lies_in_the_middle_of_its_window():
    """Windows of 32 pixels every 16: 96 pixels hold five, whose middles are at 16·(i+1)."""
    np.testing.assert_allclose(pooled_middles(12, 4, 2) * 96, [16, 32, 48, 64, 80])
    np.testing.assert_allclose(pooled_middles(12, 2, 1) * 96, np.arange(8, 89, 8))


@pytest.mark.parametrize("cells", [8, 12, 20, 28, 40])
def test_where_only_the_number_is_known_it_is_the_same(cells):
    count = len(pooled_middles(cells, 4, 2))
    np.testing.assert_allclose(middles_of(count, cells), pooled_middles(cells, 4, 2))


def test_a_grid_without_a_larger_map_shares_the_side():
    np.testing.assert_allclose(middles_of(4, 4), [0.125, 0.375, 0.625, 0.875])
    np.testing.assert_allclose(middles_of(4, 1), middles_of(4, 4))


def test_it_is_drawn_linearly_between_the_middles_and_flat_beyond():
    grid = ScoreGrid(
        np.array([[[0.0, 4.0]]], np.float32), np.array([0.5]), np.array([0.25, 0.75]), (2, 8)
    )
    # The middles lie on the edges of the pixels 1 and 2, and 5 and 6; between these are thirds.
    expected = [0, 0, 0, 4 / 3, 8 / 3, 4, 4, 4]
    np.testing.assert_allclose(grid.drawn(), [[expected, expected]], atol=1e-6)


@pytest.mark.parametrize("pixels", [5, 24, 96, 97])
def test_the_highest_score_is_shown_whatever_the_pixels(pixels):
    scores = np.zeros((1, 5, 5), np.float32)
    scores[0, 3, 1] = 7.0
    middles = pooled_middles(12, 4, 2)
    drawn = ScoreGrid(scores, middles, middles, (pixels, pixels)).drawn()
    assert drawn.max() == pytest.approx(7.0)


def test_one_of_several_is_a_copy():
    scores = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    grid = ScoreGrid(scores, np.array([0.25, 0.75]), np.array([0.25, 0.75]), (4, 4), leading=scores)
    own = grid.one(1)
    np.testing.assert_array_equal(own.scores, scores[1:])
    assert not np.shares_memory(own.scores, scores)


def test_a_mixture_of_features_in_other_units_gives_the_same_scores():
    features = RNG.normal(size=(4, 6, 6, 2)).astype(np.float32)
    plain = fitted_scoring(Mixture([1.0], [[0.0, 0.0]], [np.eye(2)]), features, window=2, stride=1)
    larger = fitted_scoring(
        Mixture([1.0], [[0.0, 0.0]], [np.eye(2) * 100]), 10 * features, window=2, stride=1
    )
    np.testing.assert_allclose(
        plain.outputs(features), larger.outputs(10 * features), rtol=1e-4, atol=1e-5
    )
