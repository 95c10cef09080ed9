import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcam.methods.eigen_cam import eigen_cam, first_component
from tests.gradcam.methods.planes import captured

PATTERN = np.array([[3.0, -1.0], [-1.0, -1.0]])  # of mean zero


def of_one_pattern(pattern, loads, means=0.0):
    """Channels that are all the same pattern, more or less of it: (1, 2, 2, C) float32."""
    return (pattern[..., None] * np.array(loads) + means)[None].astype(np.float32)


@pytest.mark.parametrize(
    ("loads", "factor"),
    [
        ([1, 2, 2], 3.0),  # the length of the loads: sqrt(1 + 4 + 4), fewer channels than cells
        ([1, 2, 2, 4, 0], 5.0),  # sqrt(1 + 4 + 4 + 16), more channels than cells
        ([2, 4, 4, 8], 10.0),  # as many
        ([1, -2, 2], 3.0),  # they add up to 1: the sum over the channels goes with the pattern
        ([1, -2, -2], -3.0),  # they add up to -3: it goes against the pattern
        ([-1, -2, -2, -4, 0], -5.0),
    ],
)
def test_channels_of_one_pattern_give_that_pattern(loads, factor):
    maps = first_component(of_one_pattern(PATTERN, loads))
    np.testing.assert_allclose(maps, [factor * PATTERN], rtol=1e-6)
    assert maps.dtype == np.float32


def test_what_a_channel_has_everywhere_is_taken_off():
    features = of_one_pattern(PATTERN, [1, 2, 2], means=np.array([50.0, -7.0, 2.0]))
    np.testing.assert_allclose(first_component(features), [3 * PATTERN], rtol=1e-5)


@pytest.mark.parametrize("more", [0, 3], ids=["fewer_channels_than_cells", "more"])
def test_of_two_patterns_the_stronger_is_shown(more):
    upright, level = np.array([[1, -1], [1, -1]]), np.array([[1, 1], [-1, -1]])
    features = np.stack([level, -3 * upright, *[0 * level] * more], axis=-1)[None]
    # -3 upright + level is the sum over the channels, and -3 upright goes with it.
    np.testing.assert_allclose(
        first_component(features.astype(np.float32)), [-3 * upright], atol=1e-6
    )


@given(st.integers(0, 10_000), st.sampled_from([2, 7, 12, 20]))
def test_it_is_the_first_component_of_numpy_s_svd(seed, channels):
    features = np.random.default_rng(seed).normal(size=(2, 3, 4, channels)).astype(np.float32)
    for ours, own in zip(first_component(features), features, strict=True):
        cells = own.reshape(12, channels) - own.reshape(12, channels).mean(axis=0)
        left, strengths, _ = np.linalg.svd(cells.astype(np.float64), full_matrices=False)
        if strengths[0] - strengths[1] < 1e-3:
            continue
        expected = (left[:, 0] * strengths[0]).reshape(3, 4)
        expected *= np.sign((expected.ravel() * cells.sum(axis=1)).sum())
        np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_a_broken_picture_is_broken_alone():
    features = np.concatenate([of_one_pattern(PATTERN, [1, 2, 2])] * 3)
    features[1, 0, 0, 0] = np.nan
    features[2, 0, 0, 0] = np.inf
    maps = first_component(features)
    np.testing.assert_allclose(maps[0], 3 * PATTERN, rtol=1e-6)
    assert np.isnan(maps[1:]).all()


@pytest.mark.parametrize("channels", [2, 6])
def test_cells_that_are_all_alike_give_zero(channels):
    np.testing.assert_array_equal(first_component(np.full((1, 2, 2, channels), 3.0, "f4")), 0.0)


def test_the_gradients_do_not_enter():
    activations = of_one_pattern(PATTERN, [1, 2, 2])
    for gradients in (np.zeros_like(activations), np.full_like(activations, -7.0)):
        maps = eigen_cam(captured(activations, gradients))
        np.testing.assert_allclose(maps, [3 * PATTERN], rtol=1e-6)
