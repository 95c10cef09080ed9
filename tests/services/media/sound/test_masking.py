"""Parts of a sound are kept or taken out where they are, and nothing else changes."""

import numpy as np
import pytest

from services.media.sound.masking import (
    Filling,
    SpectrumGrid,
    as_loud,
    heat_on_grid,
    hottest_part,
    masked,
    masked_each,
    spectrum_grid,
)

RATE, LENGTH = 16_000, 16_000
SECONDS = np.arange(LENGTH) / RATE


def tone(hertz, start, stop):
    return np.where((start <= SECONDS) & (stop > SECONDS), np.sin(2 * np.pi * hertz * SECONDS), 0)


def loudness(values):
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


@pytest.fixture
def two_words():
    """A low tone in the first half, a high one in the second, in a quiet room."""
    room = np.random.default_rng(1).standard_normal(LENGTH) * 1e-3
    return (tone(500, 0.1, 0.4) + tone(3000, 0.6, 0.9) + room).astype(np.float32)


@pytest.fixture
def grid():
    return spectrum_grid(LENGTH, RATE)


def cells(grid, hertz=None, seconds=None):
    """Ones within a band and a time, zeros elsewhere."""
    low, high = hertz or (0, RATE)
    start, stop = seconds or (-1, 2)
    rows = (grid.hertz >= low) & (grid.hertz <= high)
    columns = (grid.seconds >= start) & (grid.seconds < stop)
    return (rows[:, None] & columns).astype(np.float32)


def test_what_is_kept_whole_is_the_sound(two_words, grid):
    assert np.abs(masked(two_words, RATE, cells(grid)) - two_words).max() < 1e-6


def test_a_part_over_time_is_kept_and_the_rest_is_quiet(two_words, grid):
    left = masked(two_words, RATE, cells(grid, seconds=(-1, 0.5)))
    assert np.abs(left[:7000] - two_words[:7000]).max() < 1e-5
    assert loudness(left[10_000:14_000]) < 5e-3  # the high tone had 0.7


def test_a_band_is_taken_out_while_another_sounds_on(two_words, grid):
    both = (two_words + tone(3000, 0.1, 0.4)).astype(np.float32)
    left = masked(both, RATE, 1 - cells(grid, hertz=(2500, 3500)))
    assert np.abs(left[3000:5500] - tone(500, 0.1, 0.4)[3000:5500]).max() < 0.02


def test_noise_is_as_loud_as_the_quietest_tenth_and_silence_is_silent(grid):
    loud = np.random.default_rng(2).standard_normal(LENGTH)
    values = (loud * np.where(SECONDS < 0.15, 0.01, 0.5)).astype(np.float32)
    nothing = np.zeros_like(cells(grid))
    noise = masked(values, RATE, nothing)
    assert loudness(noise) == pytest.approx(0.01, rel=0.15)
    assert np.array_equal(noise, masked(values, RATE, nothing))  # seeded
    assert not np.array_equal(noise, masked(values, RATE, nothing, seed=1))
    assert not masked(values, RATE, nothing, Filling.SILENCE).any()


def test_the_noise_has_the_colour_of_the_quiet_part(grid):
    hum = 0.01 * np.sin(2 * np.pi * 125 * SECONDS)
    values = (hum + tone(3000, 0.3, 1.0)).astype(np.float32)
    noise = masked(values, RATE, np.zeros_like(cells(grid)))
    power = np.abs(np.fft.rfft(noise)) ** 2
    assert power[:300].sum() > 0.99 * power.sum()


def test_several_masks_are_as_one_by_one(two_words, grid):
    several = np.stack([cells(grid, hertz=(0, 1000)), cells(grid, seconds=(0.5, 2))])
    together = masked_each(two_words, RATE, several)
    for one, left in zip(several, together, strict=True):
        assert np.array_equal(left, masked(two_words, RATE, one))


@pytest.mark.parametrize("length", [1, 100, 511])
def test_a_sound_shorter_than_a_frame_stays_as_long_as_it_is(length):
    values = np.linspace(-1, 1, length, dtype=np.float32)
    grid = spectrum_grid(length, RATE)
    left = masked(values, RATE, np.ones((len(grid.hertz), len(grid.seconds)), np.float32))
    assert np.abs(left - values).max() < 1e-6


def test_heat_lies_between_the_middles_of_rows_and_columns():
    heat = np.array([[4.0, 8.0], [0.0, 2.0]], np.float32)  # the high row on top
    grid = SpectrumGrid(np.array([0.0, 0.1, 0.2, 0.3]), np.array([0.0, 100.0, 200.0, 400.0]))
    laid = heat_on_grid(heat, np.array([0.1, 0.3]), np.array([300.0, 100.0]), grid)
    by_hand = [[0, 0, 1, 2], [0, 0, 1, 2], [2, 2, 3.5, 5], [4, 4, 6, 8]]
    assert np.allclose(laid, by_hand)


def test_rows_without_a_frequency_count_for_all_of_them():
    heat = np.array([[4.0, 8.0], [0.0, np.nan]], np.float32)  # nothing was heard there
    grid = SpectrumGrid(np.array([0.1, 0.3]), np.array([0.0, 100.0, 200.0]))
    laid = heat_on_grid(heat, np.array([0.1, 0.3]), None, grid)
    assert np.allclose(laid, [[2, 4]] * 3)


def test_the_hottest_share_is_a_share_of_all_cells_and_ties_share_alike(grid):
    heat = np.arange(20, dtype=np.float32).reshape(4, 5)
    assert np.argwhere(hottest_part(heat, 0.25)).tolist() == [[3, n] for n in range(5)]
    over_time = np.repeat(np.arange(5, dtype=np.float32)[None], 4, axis=0)
    part = hottest_part(over_time, 0.25)  # of a strip: each frame whole, the next one in part
    assert np.allclose(part, [[0, 0, 0, 0.25, 1]] * 4)
    assert hottest_part(np.ones((4, 5), np.float32), 0.25) == pytest.approx(0.25)


def test_players_share_one_scale():
    loud, quiet, silent = as_loud(
        np.array([0.5, -0.25], np.float32), np.array([0.05], np.float32), np.zeros(3, np.float32)
    )
    assert (loud.tolist(), quiet.tolist()) == ([1.0, -0.5], pytest.approx([0.1]))
    assert not silent.any()
    assert not as_loud(np.zeros(2, np.float32))[0].any()
