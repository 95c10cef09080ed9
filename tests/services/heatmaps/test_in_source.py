"""A heatmap held against the sound itself: what is hot is kept or taken out where it is heard."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gradcam
from gradcam.truth import Outcome
from services.choices.recipe import Recipe
from services.heatmaps.checks import check
from services.heatmaps.heatmaps import heatmaps
from services.heatmaps.in_source import check_in_source, heard_parts, read_sample
from services.media.sound.masking import Filling
from services.opening.opening import open_source
from services.sources.reference import SourceKind, SourceReference
from tests.services.media.sound.sounds import beeps_project

REAL = Path(__file__).parents[4] / "shared" / "real" / "ei_keywords_mfe"
HIRES = replace(Recipe(), method=gradcam.METHODS["hires-cam"], target="true")


def opened_at(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder))).predictions


@pytest.fixture(scope="module")
def beeps(tmp_path_factory):
    return opened_at(beeps_project(tmp_path_factory.mktemp("beeps")))


def of(predictions, name, recipe=HIRES):
    position = predictions.positions[name]
    (heatmap,) = heatmaps(predictions, [position], recipe)
    return position, heatmap


def power(values, hertz, rate=8000):
    spectrum = np.abs(np.fft.rfft(values)) ** 2
    at = round(hertz * len(values) / rate)
    return float(spectrum[at - 30 : at + 30].sum())


def test_the_hottest_part_is_heard_alone_and_the_rest_without_it(beeps):
    position, heatmap = of(beeps, "high/1.wav")
    parts = heard_parts(read_sample(beeps, position), heatmap.raw, 0.1)
    assert parts.rate == 8000
    assert len(parts.hot) == len(parts.rest) == len(parts.part) == len(parts.whole) == 8000
    # what spoke for `high` is the high beep, in the second half
    assert power(parts.hot, 3000) > 0.5 * power(parts.part, 3000)
    assert power(parts.rest, 3000) < 0.1 * power(parts.part, 3000)
    assert power(parts.hot, 500) < 0.1 * power(parts.part, 500)
    assert power(parts.rest, 500) > 0.8 * power(parts.part, 500)


def test_what_is_taken_out_can_be_silent(beeps):
    position, heatmap = of(beeps, "high/1.wav")
    reading = read_sample(beeps, position)
    hot, silent = (
        heard_parts(reading, heatmap.raw, 0.05, filling).hot[:2000] for filling in Filling
    )
    assert np.abs(silent).max() < 0.2 * np.abs(hot).max()


def test_the_check_hides_and_keeps_quarters_of_the_sound(beeps):
    position, heatmap = of(beeps, "high/1.wav")
    checked = check(beeps, position, heatmap, HIRES)
    assert checked.part == "quarter"
    assert checked.whole == pytest.approx(beeps.answers.scores[position, 1], abs=1e-5)
    assert checked.outcome is Outcome.SUPPORTED
    assert checked.hidden < min(checked.random)
    assert checked.kept.own > checked.kept.random[0]
    assert (len(checked.random), len(checked.kept.random), checked.passes) == (8, 8, 19)
    said = checked.sentence("high")
    assert "hiding the hottest quarter takes high from" in said
    assert "; with the hottest quarter alone it is" in said


def test_the_opposite_map_is_worse_than_chance(beeps):
    position, heatmap = of(beeps, "high/1.wav")
    wrong = replace(heatmap, raw=heatmap.raw.max() - heatmap.raw)
    reading = read_sample(beeps, position)
    checked = check_in_source(beeps, reading, wrong, reading.source_parts)
    assert checked.hidden > np.mean(checked.random)
    assert checked.outcome is not Outcome.SUPPORTED


def test_a_map_that_shows_nothing_has_only_chance_beside_it(beeps):
    position, heatmap = of(beeps, "low/0.wav")
    blank = replace(heatmap, raw=np.zeros_like(heatmap.raw))
    reading = read_sample(beeps, position)
    checked = check_in_source(beeps, reading, blank, reading.source_parts)
    assert checked.outcome is Outcome.NOTHING_TO_SAY
    assert np.isnan(checked.hidden)
    assert (len(checked.random), checked.kept) == (8, None)


def test_on_real_keywords_the_hottest_quarter_is_the_word():
    """Over the words: with it alone twice what a random one leaves, without it a quarter."""
    if not REAL.is_dir():
        pytest.skip("../shared/real is not there")
    predictions = opened_at(REAL)
    words = [at for at, sample in enumerate(predictions.samples) if sample.label != "noise"]
    assert len(words) == 39
    made = heatmaps(predictions, words, HIRES)
    checks = [check(predictions, *both, HIRES) for both in zip(words, made, strict=True)]
    alone, alone_by_chance, without, without_by_chance = np.mean(
        [(c.kept.own, np.mean(c.kept.random), c.hidden, c.by_chance) for c in checks], axis=0
    )
    assert alone >= 2 * alone_by_chance
    assert without <= without_by_chance / 4
