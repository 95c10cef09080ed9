"""What is said of a sound, on sounds of which it is known."""

import numpy as np
import pytest

from services.media.sound.properties import SOUND_PROPERTIES, hum_of, sound_properties

RATE = 16000
TIME = np.arange(RATE) / RATE
NAMES = [each.name.partition(",")[0] for each in SOUND_PROPERTIES]


def of(wave, rate=RATE):
    return dict(zip(NAMES, sound_properties(np.asarray(wave, float), rate), strict=True))


def noise(level=0.01, count=RATE):
    return np.random.default_rng(0).normal(0, level, count)


@pytest.mark.parametrize("mains", [50, 60])
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_lines_of_the_mains_are_a_hum(mains, rate):
    at = np.arange(rate) / rate
    lines = sum(np.sin(2 * np.pi * mains * k * at + k) / k for k in (2, 3, 4))
    quiet = noise(0.01, rate)
    assert hum_of(quiet + 0.05 * lines, rate) > 25
    assert hum_of(quiet, rate) < 8


def test_a_voice_that_passes_over_a_line_is_no_hum():
    glide = 0.5 * np.sin(2 * np.pi * np.cumsum(np.linspace(180, 120, RATE)) / RATE)
    assert hum_of(glide + noise(), RATE) < 10
    tone = 0.5 * np.sin(2 * np.pi * 130 * TIME)  # of no mains, as steady as it is
    assert hum_of(tone + noise(), RATE) < 10


def test_what_is_too_short_to_tell_a_hum_has_none():
    assert hum_of(np.sin(2 * np.pi * 100 * TIME)[: RATE // 3], RATE) == 0.0


def test_loudness_background_and_silence_are_those_of_the_pieces():
    wave = np.r_[noise(0.1, RATE // 2), noise(0.001, RATE // 2)]
    found = of(wave)
    assert found["loudness"] == pytest.approx(10 * np.log10((0.1**2 + 0.001**2) / 2), abs=0.1)
    assert found["background"] == pytest.approx(-60, abs=1)
    assert found["silence"] == pytest.approx(0.5, abs=0.03)
    assert of(noise())["silence"] == 0.0


def test_clicks_are_counted_and_the_beginning_of_a_tone_is_none():
    wave = noise(0.001)
    for at in (3000, 7000, 12000):
        wave[at] += 0.8
    assert of(wave)["clicks a second"] == pytest.approx(3.0)
    tone = noise(0.001)
    tone[8000:] += 0.5 * np.sin(2 * np.pi * 440 * TIME[8000:])
    assert of(tone)["clicks a second"] == 0.0


def test_the_centroid_is_the_frequency_of_a_tone():
    assert of(np.sin(2 * np.pi * 1000 * TIME))["spectral centroid"] == pytest.approx(1000, abs=1)


def test_length_offset_and_clipping():
    wave = np.clip(2 * np.sin(2 * np.pi * 100 * TIME[: RATE // 2]), -1, 1)
    found = of(wave)
    assert found["length"] == 0.5
    assert found["clipped"] == pytest.approx(2 / 3, abs=0.01)  # where |sin| is above a half
    assert of(noise() + 0.25)["offset (DC)"] == pytest.approx(0.25, abs=0.001)
    assert of(noise() + 0.25)["loudness"] == pytest.approx(-40, abs=0.2)  # the offset is not heard


@pytest.mark.parametrize("wave", [np.zeros(RATE), np.zeros(0), np.zeros(1), np.ones(7)])
def test_silence_and_scraps_have_finite_numbers(wave):
    assert np.isfinite(sound_properties(wave, RATE)).all()
