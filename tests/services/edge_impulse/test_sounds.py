"""A project of sounds opened to the end: windows, features, labels, Studio's own beside ours."""

from dataclasses import replace

import numpy as np
import pytest

from services.edge_impulse.agreement import agreement
from services.edge_impulse.model import MadeWindow
from services.edge_impulse.place import Way
from services.edge_impulse.studios_own import fetch_own
from services.media.sound.features import Features
from services.media.sound.mfe import Mfe
from services.opening.opening import open_studio
from tests.services.edge_impulse.visits import (
    access_to,
    connected,
    kept_files,
    refused,
    sentence_of,
    shelf_at,
)
from tests.studio import Action, BoundingBox, Fault, Role, Windows, running_studio, sound_project

KEY = "ei_sounds"
SOUNDS = "/raw-data/*/wav"
SLICES = "/dsp/*/raw-data/*/slice/run/readonly"
SETTINGS = "/dsp/*"


@pytest.fixture
def project():
    return sound_project(with_results=True)


@pytest.fixture
def studio(project):
    with running_studio(project) as running:
        yield running


def opened_from(studio, **how):
    return open_studio(access_to(studio, KEY), **how)


def facts_of(opened):
    return {fact.what: fact for fact in opened.project.facts}


@pytest.mark.parametrize("way", Way)
def test_sounds_are_opened_window_by_window_as_in_studio(studio, way):
    opened = opened_from(studio, way=way)
    samples, answers = opened.project.samples, opened.predictions.answers
    assert [sample.id for sample in samples[:3]] == [
        "high.tone0@0.000s",
        "high.tone0@0.250s",
        "low.tone1@0.000s",
    ]
    assert [sample.label for sample in samples[-3:]] == ["low", "high", "high"]
    assert (samples[1].window.start, samples[1].window.stop) == (2000, 6000)
    assert answers.correct().tolist() == [1] * 13
    medium = opened.project.medium
    assert (medium.rate, medium.cutting.length, medium.cutting.step) == (8000, 4000, 2000)
    assert medium.axes.seconds == pytest.approx(0.5)
    float32, int8 = opened.studio.results
    compared = agreement(opened.predictions, float32)
    assert (compared.compared, compared.share) == (13, 1.0)
    assert compared.difference < 1e-3
    assert agreement(opened.predictions, int8).share == 1.0


def test_one_window_is_held_beside_studios_own(studio):
    said = facts_of(opened_from(studio))
    assert said["Studio's features"].value == "ours are the same"
    assert said["Studio's features"].why == "one window of high.tone0 was compared"
    assert said["windows"].value == "500 ms every 250 ms, 8,000 values a second"
    assert said["test set"].value == "6 samples sound by sound"
    assert studio.count(SLICES) == 1
    assert studio.count(SOUNDS) == 6


def test_features_that_are_not_studios_are_told(studio, project, monkeypatch):
    from tests.studio import hearing

    own = hearing.features
    monkeypatch.setattr(hearing, "features", lambda *given: [each / 2 for each in own(*given)])
    fact = facts_of(opened_from(studio))["Studio's features"]
    assert fact.warns
    assert fact.value.startswith("ours are off by ")


@pytest.mark.parametrize(
    "fault", [Fault(Action.REFUSE, SLICES, times=None, text="Nothing"), Fault(Action.HTML, SLICES)]
)
def test_where_studio_makes_no_features_the_project_opens_all_the_same(studio, fault):
    studio.faults.add(fault)
    opened = opened_from(studio)
    assert "Studio's features" not in facts_of(opened)
    assert opened.predictions.answers.correct().all()


def test_a_second_visit_fetches_no_sound(studio):
    connected(studio, KEY)
    before = kept_files(shelf_at(studio, 21).sounds)
    assert len(before) == 6
    studio.forget()
    _, told = connected(studio, KEY)
    assert (studio.count(SOUNDS), told.fetched) == (0, (0, 0))
    assert kept_files(shelf_at(studio, 21).sounds) == before


def test_settings_are_those_of_the_features_that_the_network_learned(studio, project):
    """A key that only reads may be refused what the block is set to now."""
    studio.faults.add(Fault(Action.REFUSE, SETTINGS, times=None, text="insufficient permissions"))
    opened = opened_from(studio)
    (block,) = opened.project.medium.blocks
    assert (block.version, block.num_filters, block.noise_floor_db) == (4, 20, -52)


def test_features_that_are_normalised_after_the_block_are_told(studio, project):
    project.dsp(3).normalize = "normalize-channel-standard-scaler"
    sentence = sentence_of(studio, KEY)
    assert "scales its features by a mean and a deviation that only Studio has" in sentence


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"axes": ("accX",)}, "it takes sensor data over time"),
        ({"type": "custom", "name": "My DSP"}, "through the processing block “My DSP”"),
        ({"input": 9}, "no input block leads to it"),
    ],
)
def test_what_is_no_sound_or_goes_another_way_is_told(studio, project, change, why):
    for name, value in change.items():
        setattr(project.dsp(3), name, value)
    assert why in sentence_of(studio, KEY)


def test_rows_of_features_are_told(studio, project):
    project.impulses[0].inputs[0].type = "features"
    assert "it takes rows of features" in sentence_of(studio, KEY)


def test_a_picture_among_sounds_takes_no_part(studio, project):
    picture = replace(
        project.samples[1001], media_type="image/png", boxes=(BoundingBox("a", 1, 1, 1, 1),)
    )
    project.add_sample(picture)
    project.tests.clear()
    content, _ = connected(studio, KEY)
    assert {each.name: each.reason for each in content.labelled.left_out} == {
        "high.tone0": "it is no sound"
    }


# --------------------------------------------------------------------- labels of windows


def labels_of(studio):
    content, _ = connected(studio, KEY)
    return [sample.label for sample in content.labelled.samples if sample.studio_id == 1006]


def windows(**given):
    return Windows(500, 250, 8000, **given)


@pytest.mark.parametrize(
    ("labeling", "labels", "expected"),
    [
        (None, (), ["low", "high", "high"]),
        ("end-of-window", (), ["low", "high", "high"]),
        ("anywhere-in-window", ("low",), ["low", "low", "high"]),
        ("anywhere-in-window", ("high",), ["low", "high", "high"]),
        ("anywhere-in-window", ("other",), ["low", "high", "high"]),
    ],
)
def test_a_window_has_the_label_that_the_impulse_gives_it(
    studio, project, labeling, labels, expected
):
    project.impulses[0].inputs[0].windows = windows(labeling=labeling, labels=labels)
    assert labels_of(studio) == expected
    assert studio.count(SLICES) == 1  # for the comparison alone


def test_by_another_rule_studio_is_asked(studio, project):
    project.impulses[0].inputs[0].windows = windows(labeling="majority")
    assert labels_of(studio) == ["low", "high", "high"]
    assert studio.count(SLICES) == 4


def test_shorter_sounds_are_padded_or_take_no_part(studio, project):
    project.tests.clear()
    project.impulses[0].inputs[0].windows = Windows(2000, 1000, 8000)
    content, _ = connected(studio, KEY)
    assert content.manifest.features.pad is True
    project.impulses[0].inputs[0].windows = Windows(2000, 1000, 8000, pad_zeros=False)
    content, _ = connected(studio, KEY)
    assert content.manifest.features.pad is False


# ------------------------------------------------------------------ Studio's own, on demand


def test_studios_features_of_a_window_are_shown_beside_ours(studio):
    opened = opened_from(studio)
    sample = opened.project.samples[1]  # the second window
    path = fetch_own(access_to(studio, KEY), opened.studio.place, opened.studio.feed, sample)
    beside = opened.studio.feed.beside(path, opened.project.medium, sample)
    assert beside.fits
    np.testing.assert_array_equal(beside.theirs, beside.ours)
    assert beside.ours.shape == (20, 49, 3)
    assert beside.ours.mean(axis=(1, 2)).argmax() < 10  # a high tone lies above the middle
    assert "differ by 0.00 % of their range on average" in beside.said
    other = opened.studio.feed.beside(path, opened.project.medium, opened.project.samples[2])
    assert "0.00 %" not in other.said


def test_features_of_another_count_are_told(studio, project):
    opened = opened_from(studio)
    project.dsp(3).options = {**project.dsp(3).options, "num_filters": 10}
    sample = opened.project.samples[0]
    path = fetch_own(access_to(studio, KEY), opened.studio.place, opened.studio.feed, sample)
    beside = opened.studio.feed.beside(path, opened.project.medium, sample)
    assert not beside.fits
    assert beside.said == "Studio makes 490 features, and here are 980."


def test_a_key_that_only_reads_is_enough(studio, project):
    project.keys[KEY] = Role.READONLY
    assert opened_from(studio).studio.role == "readonly"
    assert studio.count(method="POST") == 0


def test_what_comes_in_place_of_a_sound_is_told(studio):
    studio.faults.add(Fault(Action.HTML, SOUNDS, times=None))
    assert "a web page where a WAV file should be" in refused(lambda: connected(studio, KEY))


class StudioOfOld:
    """Makes features as blocks of version 3 did before May 2023: nothing below 300 Hz."""

    made = Mfe(version=3, low_frequency=300.0, num_filters=20)

    def window(self, project, dsp, number, start, stop):
        wave = np.frombuffer(sound_project().samples[number].values, np.int16)[start:stop]
        features = self.made.features(wave.astype(np.float64), 8000).ravel()
        return MadeWindow(tuple(features.tolist()), "")


@pytest.mark.parametrize("low", [0.0, 300.0])
def test_the_low_edge_of_old_blocks_is_the_one_that_gives_studios_features(studio, low):
    content, told = connected(studio, KEY)
    block = Mfe(version=3, low_frequency=low, num_filters=20)
    features = Features((block,), 8000, 0.5, 0.25, True, frozenset({"version", "scale"}))
    manifest = replace(content.manifest, features=features)
    settled, (fact,) = told.feed.checked(StudioOfOld(), 21, manifest, content.labelled.samples)
    (chosen,) = settled.features.blocks
    assert chosen.low_frequency == 300.0
    assert settled.features.told == {"version", "scale", "low edge"}
    assert fact.value == "ours are the same"
