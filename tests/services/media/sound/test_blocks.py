"""Feature blocks beside what the public ones answer, and beside formulas by another way."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.fft import dct

from services.media.sound.bands import centres, htk_bands, studio_bands
from services.media.sound.feature_block import Range
from services.media.sound.framing import Framing, studio_framing
from services.media.sound.log_mel import LogMel, TfMfcc
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.spectrogram import Spectrogram

HERE = Path(__file__).parent
REAL = Path(__file__).parents[5] / "shared" / "real" / "dsp_vectors"
KINDS = {"mfe": Mfe, "mfcc": Mfcc, "spectrogram": Spectrogram}
CLICK = np.zeros(16000)
CLICK[5000] = 20000.0


def block_of(key, parameters):
    kind, version = key.split("/")[:2]
    told = {name: value or 0 for name, value in parameters.items() if name != "show_axes"}
    return KINDS[kind](version=int(version[1]), **told)


def off(made, expected, key, parameters):
    """The largest difference as a share of the range, and what may be."""
    width = expected.max() - expected.min()
    normalised = key.startswith("mfcc") and parameters["win_size"]
    return np.abs(made - expected).max() / (width or 1.0), 1e-4 if normalised else 1e-6


def small_vectors():
    with np.load(HERE / "vectors.npz") as file:
        return dict(file), json.loads(str(file["told"]))


def test_every_version_of_every_block_gives_the_public_numbers():
    arrays, told = small_vectors()
    signals = {"noise_16k": arrays["signal/noise_16k"].astype(np.float64), "click_16k": CLICK}
    wrong = {}
    for key, info in told.items():
        made = block_of(key, info["parameters"]).features(signals[key.split("/")[3]], 16000)
        assert len(made) == info["frames"]
        far, most = off(made[::9], arrays[key], key, info["parameters"])
        if far > most:
            wrong[key] = far
    assert wrong == {}
    assert len(told) == 36


@pytest.mark.skipif(not REAL.is_dir(), reason="there is no ../shared/real beside this clone")
def test_all_192_public_vectors():
    told = json.loads((REAL / "parameters.json").read_text())["features"]
    wrong = {}
    with np.load(REAL / "vectors.npz") as vectors:
        signals = {name: vectors[name] for name in vectors if name.startswith("signal/")}
        for key, info in told.items():
            wave = signals[f"signal/{key.split('/')[3]}"].astype(np.float64)
            block = block_of(key, info["parameters"])
            made = block.features(wave, info["frequency"])
            assert made.shape == (info["frames"], info["coefficients"])
            far, most = off(made.ravel(), vectors[key], key, info["parameters"])
            if far > most:
                wrong[key] = far
    assert wrong == {}
    assert len(told) == 192


def test_the_loudest_cells_of_an_mfe_become_black():
    """+12 dB is level 256 of 255, which 8 bits hold as 0: the public block's own fault."""
    loud = 30000.0 * np.sin(2 * np.pi * 3000 * np.arange(16000) / 16000)
    block = Mfe(fft_length=512)
    row = block.energies(loud, 16000)[50].argmax()
    made = block.features(loud, 16000)[50]
    assert made[row] == 0.0
    assert made[row - 3] > 0.5


@pytest.mark.parametrize(("version", "length", "count"), [(1, 400, 97), (2, 401, 98), (4, 401, 98)])
def test_frames_are_rounded_and_counted_as_the_version_does(version, length, count):
    framing = studio_framing(version, 16000, 0.02503, 0.01, 256)
    assert (framing.length, framing.hop) == (length, 160)
    assert framing.count(16000) == count


def test_a_frame_longer_than_its_transform_is_heard_in_part():
    framing = Framing(320, 320, 256)
    wave = np.arange(960.0)
    np.testing.assert_array_equal(framing.frames(wave)[1], np.arange(320.0, 576.0))
    assert framing.skipped == pytest.approx(0.2)
    changed = wave.copy()
    changed[256:320] = -1e4  # nobody hears it
    np.testing.assert_array_equal(framing.power(changed), framing.power(wave))
    # A cosine of bin 16: half its amplitude squared, by Parseval, at one bin.
    tone = np.cos(2 * np.pi * 16 * np.arange(320) / 256)
    np.testing.assert_allclose(Framing(320, 320, 256).power(tone)[0, 16], 256 / 4)


def test_rows_of_old_versions_hear_half_the_frequency_that_their_edges_say():
    new = centres(studio_bands(4, 16000, 512, 40, 300, 0), 16000)
    old = centres(studio_bands(3, 16000, 512, 40, 300, 0), 16000)
    assert new[[0, -1]] == pytest.approx([344, 7562], abs=1)
    assert old[[0, -1]] == pytest.approx([156, 3781], abs=1)


def test_an_empty_row_hears_nothing_and_is_told_as_such():
    bank = studio_bands(3, 16000, 256, 32, 0, 0)
    assert (bank.sum(axis=1) == 0).any()
    assert np.isnan(centres(bank, 16000)).sum() == (bank.sum(axis=1) == 0).sum()


def test_log_mel_and_its_cepstra_are_tensorflows():
    import tensorflow as tf

    rng = np.random.default_rng(3)
    wave = rng.normal(0, 3000, 16000)
    block = TfMfcc(scale=Range.UNIT)
    small = tf.constant(wave[None] / 32768, tf.float32)
    spectra = tf.abs(tf.signal.stft(small, 480, 320, 512))
    matrix = tf.signal.linear_to_mel_weight_matrix(40, 257, 16000, 20.0, 4000.0)
    np.testing.assert_allclose(htk_bands(16000, 512, 40, 20, 4000).T, matrix, atol=2e-5)
    logs = tf.math.log(tf.tensordot(spectra, matrix, 1) + 1e-6)
    expected = tf.signal.mfccs_from_log_mel_spectrograms(logs)[0, :, :10].numpy()
    made = block.features(wave, 16000)
    assert made.shape == expected.shape == (49, 10)
    np.testing.assert_allclose(made, expected, atol=2e-3)
    bands = LogMel(0.03, 0.02, 512, 40, 20.0, 4000.0, 1e-6, scale=Range.UNIT)
    np.testing.assert_allclose(bands.features(wave, 16000), logs[0], atol=2e-3)
    np.testing.assert_allclose(
        dct(bands.features(wave, 16000), 2)[:, :10] / np.sqrt(80), made, atol=1e-12
    )


BLOCKS = (Mfe(noise_floor_db=-160.0), Mfcc(win_size=0), Spectrogram(), LogMel(), TfMfcc())


@pytest.mark.parametrize("block", BLOCKS)
def test_each_variant_gives_other_numbers(block):
    wave = np.random.default_rng(1).normal(0, 3000, 16000)
    variants = block.variants()
    assert block in variants
    assert len({tuple(each.chosen.items()) for each in variants}) == len(variants)
    made = {each.features(wave, 16000).tobytes() for each in variants}
    assert len(made) == len(variants)


def test_silence_makes_finite_features():
    for kind in (Mfe, Mfcc, Spectrogram):
        for version in (1, 2, 3, 4):
            assert np.isfinite(kind(version=version).features(np.zeros(16000), 16000)).all()
    for block in (LogMel(), TfMfcc()):
        assert np.isfinite(block.features(np.zeros(16000), 16000)).all()
