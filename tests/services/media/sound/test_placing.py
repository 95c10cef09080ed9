"""Where heat of a tensor lies on the picture, worked out by hand."""

import numpy as np
import pytest

from services.media.sound.log_mel import TfMfcc
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.panels import drawing_of, drawn_sound
from services.media.sound.sound import Sound
from services.media.sound.spectrogram import Spectrogram
from services.media.sound.windows import Cutting
from tests.services.media.sound.sounds import tone

RATE = 8000
SECOND = Cutting(RATE, 8000, 8000)
MFE = Mfe(fft_length=256, num_filters=40)  # 99 × 40
MFCC = Mfcc(num_filters=20, num_cepstral=13)  # 50 × 13, twenty bands above
SPECTROGRAM = Spectrogram(fft_length=128)  # 99 × 65


def placed(sound, row, column, shape):
    heat = np.zeros(shape, np.float32)
    heat[row, column] = 1.0
    size = sound.drawing.width, sound.drawing.height
    return sound.place(heat, size, size)


def test_two_dimensions_are_transposed_and_turned():
    sound = Sound((MFE,), SECOND, 99, 40, 1)
    assert (sound.drawing.width, sound.drawing.height) == (400, 160)  # 4 pixels a frame, and a row
    hot = placed(sound, 10, 3, (99, 40))  # frame 10, band 3
    rows, columns = np.nonzero(np.nan_to_num(hot))
    assert (columns.min(), columns.max()) == (40, 43)
    assert (rows.min(), rows.max()) == (160 - 4 * 4, 160 - 4 * 3 - 1)
    assert np.isnan(hot[:, -1]).all() == (sound.drawing.heard < 400)


def test_one_dimension_is_a_strip_over_time_through_all_panels():
    sound = Sound((MFCC,), SECOND, 1, 50, 13)
    assert [part.named for part in sound.drawing.parts] == [False, True]
    hot = placed(sound, 0, 7, (1, 50))
    rows, columns = np.nonzero(hot == 1.0)
    assert set(columns) == set(range(7 * 8, 8 * 8))  # 8 pixels a frame
    assert set(rows) == set(range(sound.drawing.height))


def test_a_map_over_the_coefficients_of_a_sequence_is_of_each_of_them():
    sound = Sound((MFE,), SECOND, 1, 99, 40)  # as a network of sequences takes bands
    whole = placed(sound, 10, 3, (99, 40))
    np.testing.assert_array_equal(whole, placed(Sound((MFE,), SECOND, 99, 40, 1), 10, 3, (99, 40)))
    coarse = placed(sound, 0, 0, (4, 4))  # the first quarter of the time, the lowest bands
    rows, columns = np.nonzero(coarse > 0.9)
    assert rows.min() > 120
    assert columns.max() < 100
    np.testing.assert_array_equal(placed(Sound((MFE,), SECOND, 99, 1, 40), 10, 3, (99, 40)), whole)


def test_bands_have_the_mean_of_what_is_made_of_them_and_coefficients_their_own():
    sound = Sound((MFCC,), SECOND, 50, 13, 1)
    hot = placed(sound, 7, 0, (50, 13))  # the energy of frame 7
    bands, coefficients = sound.drawing.parts
    np.testing.assert_allclose(hot[bands.top : bands.bottom, 60], 1 / 13, rtol=1e-5)
    below = hot[coefficients.top : coefficients.bottom, 60]
    high = len(below) // 13
    np.testing.assert_array_equal(below, [0] * 12 * high + [1] * high)
    assert sound.axes.panels[1].names[-1] == "energy"


def test_channels_beside_one_column_are_a_strip_too():
    sound = Sound((Mfe(fft_length=256),), SECOND, 99, 1, 40)
    hot = placed(sound, 98, 0, (99, 1))
    assert set(np.nonzero(hot == 1.0)[1]) == set(range(98 * 4, sound.drawing.heard))


def test_rows_of_several_blocks_are_no_frames():
    """50·13 + 99·40 + 99·65 = 11045 numbers in rows of 47, of which none is a frame."""
    sound = Sound((MFCC, MFE, SPECTROGRAM), SECOND, 235, 47, 1)
    at = 50 * 13 + 99 * 40 + 20 * 65 + 30  # bin 30 of frame 20 of the third
    heat = np.zeros((235, 47), np.float32)
    heat[at // 47, at % 47] = 1.0
    of_each = sound.by_feature(heat)
    assert [each.shape for each in of_each] == [(50, 13), (99, 40), (99, 65)]
    assert [int((each > 0.5).sum()) for each in of_each] == [0, 0, 1]
    assert of_each[2][20, 30] == 1.0
    hot = sound.place(heat, (0, 0), (sound.drawing.width, sound.drawing.height))
    rows, columns = np.nonzero(hot == 1.0)
    part = sound.drawing.parts[-1]
    assert set(columns) == set(range(80, 84))
    assert set(rows) == {part.bottom - 1 - 30 * 2, part.bottom - 2 - 30 * 2}


def test_what_lies_in_no_frame_is_not_heard():
    long = Sound((Mfe(frame_length=0.3, frame_stride=0.3, fft_length=256),), SECOND, 3, 40, 1)
    assert long.drawing.heard == pytest.approx(long.drawing.width * (0.6 + 256 / 8000), abs=1)
    hot = placed(long, 2, 0, (3, 40))
    assert np.isnan(hot[:, long.drawing.heard :]).all()
    assert not np.isnan(hot[:, : long.drawing.heard]).any()


def test_axes_are_labelled_by_what_bands_hear():
    new, old = (
        Sound((Mfe(version, 0.02, 0.01, 512, low_frequency=300),), Cutting(16000, 16000, 16000),
              99, 40, 1).axes for version in (4, 3)
    )  # fmt: skip
    assert [new.panels[0].hertz[at] for at in (-1, 0)] == pytest.approx([344, 7562], abs=1)
    assert [old.panels[0].hertz[at] for at in (-1, 0)] == pytest.approx([156, 3781], abs=1)
    assert new.seconds == 1.0
    assert new.starts[:3] == (0.0, 0.01, 0.02)
    assert len(new.starts) == 99


def test_a_tone_is_drawn_at_its_time_and_frequency():
    wave = np.zeros(RATE)
    wave[4000:6000] = tone(2000, 0.25)
    picture = drawn_sound((MFE,), RATE, wave, [MFE.features(wave, RATE)])
    light = picture.astype(int).sum(axis=2)
    row, column = np.unravel_index(light.argmax(), light.shape)
    axes = Sound((MFE,), SECOND, 99, 40, 1).axes
    assert axes.panels[0].hertz[row // 4] == pytest.approx(2000, abs=100)
    assert 200 <= column < 300
    assert light[:, :190].max() == 0


def test_lightness_rises_with_loudness():
    levels = []
    for amplitude in (30, 300, 3000, 30000):
        wave = tone(1000)
        wave[:4000] *= amplitude / 8000
        light = drawn_sound((MFE,), RATE, wave, [MFE.features(wave, RATE)]).sum(axis=2)
        levels.append(int(light[:, 100].max()))
    assert levels == sorted(set(levels))


def test_a_picture_is_as_large_as_a_tile_shows():
    for blocks, rate, length in (
        ((TfMfcc(),), 16000, 16000),
        ((Spectrogram(fft_length=2048),), 44100, 441000),
        ((Mfe(frame_stride=0.5, frame_length=0.5, fft_length=8192),), 16000, 16000),
    ):
        drawing = drawing_of(blocks, rate, length)
        assert 100 <= drawing.width <= 1600
        assert 60 <= drawing.height <= 400
