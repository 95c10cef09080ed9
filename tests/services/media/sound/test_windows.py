"""Windows by the rule of Edge Impulse, and samples cut by it."""

import numpy as np
import pytest

from gradcam import PictureError
from services.media.sound.mfe import Mfe
from services.media.sound.sound import Sound
from services.media.sound.windows import Cutting
from services.sample import Sample, Window
from tests.services.media.sound.sounds import RATE, tone, written

SOUND = Sound((Mfe(fft_length=256),), Cutting(RATE, 8000, 4000), 99, 40, 1)


@pytest.mark.parametrize(
    ("values", "starts"),
    [
        (40000, [0, 8000, 16000, 24000]),
        (15999, [0]),
        (16000, [0]),
        (23999, [0]),
        (24000, [0, 8000]),
    ],
)
def test_windows_begin_every_step_as_long_as_a_whole_one_is_left(values, starts):
    windows = Cutting(8000, 16000, 8000).windows(values, 8000)
    assert [each.start for each in windows] == starts
    assert {each.stop - each.start for each in windows} == {16000}
    assert [each.number for each in windows] == list(range(len(starts)))
    assert {each.count for each in windows} == {len(starts)}


def test_a_short_sound_is_filled_up_or_has_no_window():
    assert Cutting(8000, 16000, 8000, pad=False).windows(15999, 8000) == ()
    assert Cutting(8000, 16000, 8000).windows(0, 8000) == ()
    assert Cutting(8000, 16000, 8000).windows(5, 8000) == (Window(0, 16000, 0, 1),)


def test_a_step_that_is_far_too_small_does_not_make_millions_of_samples():
    assert len(Cutting(8000, 8000, 1).windows(16_000_000, 8000)) == 10_000


def test_windows_of_another_rate_are_counted_in_the_files_own_values():
    windows = Cutting(16000, 16000, 8000).windows(96000, 48000)
    assert [(each.start, each.stop) for each in windows] == [
        (0, 48000),
        (24000, 72000),
        (48000, 96000),
    ]


def test_each_window_is_a_sample_of_its_own(tmp_path):
    wave = np.concatenate([tone(hertz, 0.5, seed=hertz) for hertz in (300, 900, 2000, 3000)])
    long = written(tmp_path / "long.wav", wave)
    short = written(tmp_path / "short.wav", wave[:3000])
    whole = Sample("a/long.wav", long, "on"), Sample("short.wav", short, "off")
    gone = Sample("gone.wav", tmp_path / "gone.wav", "off")
    samples = SOUND.parted((*whole, gone))
    assert [(each.id, each.label) for each in samples] == [
        ("a/long.wav@0.000s", "on"),
        ("a/long.wav@0.500s", "on"),
        ("a/long.wav@1.000s", "on"),
        ("short.wav", "off"),
        ("gone.wav", "off"),
    ]
    assert {each.path for each in samples[:3]} == {long}
    assert samples == SOUND.parted(samples)
    for number, sample in enumerate(samples[:3]):
        reading = SOUND.read(sample.path, sample.window)
        np.testing.assert_array_equal(reading.cut, np.rint(wave)[4000 * number :][:8000])
        heard = reading.heard
        assert (heard.start, heard.stop, heard.rate) == (4000 * number, 4000 * number + 8000, RATE)
        np.testing.assert_allclose(heard.part * 32768, reading.cut, atol=0.01)
        np.testing.assert_allclose(heard.whole * 32768, np.rint(wave), atol=0.01)
    filled = SOUND.read(short)
    np.testing.assert_array_equal(filled.cut[3000:], 0)
    assert len(filled.heard.part) == 3000
    np.testing.assert_array_equal(SOUND.read(long).cut, SOUND.read(long, samples[0].window).cut)


def test_what_is_too_short_is_told(tmp_path):
    strict = Sound(SOUND.blocks, Cutting(RATE, 8000, 4000, pad=False), 99, 40, 1)
    path = written(tmp_path / "short.wav", tone(300, 0.25))
    assert strict.parted((Sample("s", path, None),)) == (Sample("s", path, None),)
    with pytest.raises(PictureError, match=r"lasts 0\.25 s, less than the 1 s"):
        strict.read(path)


def test_a_file_of_another_rate_is_heard_at_the_networks(tmp_path):
    wave = tone(440, 1.0, 24000)
    reading = SOUND.read(written(tmp_path / "a.wav", wave, 24000))
    spectrum = np.abs(np.fft.rfft(reading.cut))
    assert spectrum.argmax() == 440  # of one second
    assert reading.ended == 8000
