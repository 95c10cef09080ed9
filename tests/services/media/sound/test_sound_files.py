"""Which sounds fit which network, by what a source says and by what can be worked out."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcam.layout import Layout
from services.errors import ProjectError
from services.media.sound.feature_block import Range
from services.media.sound.features import features_in
from services.media.sound.impulse import features_of_impulse
from services.media.sound.log_mel import TfMfcc
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.sound_files import SoundFiles
from services.media.sound.spectrogram import Spectrogram
from services.sources.manifest import Manifest
from tests.services.media.sound.sounds import RATE, tone, written


def network(height, width, channels=1, *, sequence=False):
    layout = Layout((height * width * channels,), height, width, channels, is_sequence=sequence)
    return SimpleNamespace(
        name="n.h5", height=height, width=width, channels=channels, layout=layout
    )


def fitted(net, table=None, files=()):
    features = features_in(table, "project.toml") if table else None
    return SoundFiles().fit(net, Manifest(features=features), list(files), str)


@pytest.fixture
def files(tmp_path):
    return [written(tmp_path / f"{n}.wav", tone(300, 1.0)) for n in range(3)]


def facts_of(made):
    return {fact.what: fact for fact in made.facts}


def test_a_block_with_all_its_numbers_is_settled(files):
    table = {
        "name": "ei-mfe", "version": 3, "scale": "-32768..32767", "low_frequency": 300,
        "fft_length": 512, "frequency": 8000, "window": 1, "step": 0.25,
    }  # fmt: skip
    made = fitted(network(99, 40), table, files)
    assert made.settled
    assert made.medium.blocks == (Mfe(version=3, fft_length=512, low_frequency=300.0),)
    assert (made.medium.rate, made.medium.cutting.length, made.medium.cutting.step) == (
        8000,
        8000,
        2000,
    )
    assert made.medium.variants() == (made.medium,)
    assert not made.medium.options


def test_what_a_block_does_not_tell_is_tried(files):
    made = fitted(network(99, 40), {"name": "ei-mfe", "fft_length": 512}, files)
    assert not made.settled
    tried = {each.blocks[0] for each in made.medium.variants()}
    assert {(each.version, each.low_frequency) for each in tried} == {
        (version, edge) for version in (4, 3, 2) for edge in (0.0, 300.0)
    }  # of version 1 there is a frame too few
    assert {each.scale for each in tried if each.version == 4} == {Range.STORED, Range.UNIT}
    told = fitted(network(99, 40), {"name": "ei-mfe", "version": 4, "low_frequency": 0}, files)
    assert {each.blocks[0].scale for each in told.medium.variants()} == set(Range) - {Range.PEAK}


def test_where_nothing_is_said_known_recipes_of_the_networks_shape_are_tried(tmp_path):
    files = [written(tmp_path / "a.wav", tone(300, 1.0, 16000), 16000)]
    made = fitted(network(49, 10), None, files)
    blocks = [each.blocks[0] for each in made.medium.variants()]
    assert TfMfcc() in blocks
    assert len(blocks) < 60
    assert facts_of(made)["frequency"].value == "16000 Hz"
    sequence = fitted(network(1, 50, 13, sequence=True), None, files)
    assert Mfcc(fft_length=512) in [each.blocks[0] for each in sequence.medium.variants()]
    assert Mfe(fft_length=512) in [
        each.blocks[0] for each in fitted(network(99, 40), None, files).medium.variants()
    ]
    assert Spectrogram() in [
        each.blocks[0] for each in fitted(network(99, 65), None, files).medium.variants()
    ]


def test_a_window_is_as_long_as_most_sounds_or_as_the_frames_take(tmp_path):
    table = {"name": "ei-mfe", "fft_length": 512}
    short = [written(tmp_path / f"{n}.wav", tone(300, 1.0)) for n in range(2)]
    assert fitted(network(99, 40), table, short).medium.cutting.length == 8000
    long = [written(tmp_path / f"{n} long.wav", tone(300, 5.0)) for n in range(2)]
    cutting = fitted(network(99, 40), table, long).medium.cutting
    assert (cutting.length, cutting.step) == (8000, 8000)
    odd = fitted(network(60, 40), table, long).medium.cutting
    assert odd.length == 59 * 80 + 160


def test_features_that_do_not_fit_are_told_with_their_sizes(files):
    with pytest.raises(ProjectError, match=r"50 × 13 = 650 numbers of 1 s, .* takes 637"):
        fitted(network(49, 13), {"name": "ei-mfcc", "window": 1}, files)
    with pytest.raises(ProjectError, match=r"below \[features\] in project\.toml"):
        fitted(network(7, 3), None, files)
    with pytest.raises(ProjectError, match="any size"):
        SoundFiles().accept(network(1, 1)) or SoundFiles().accept(
            SimpleNamespace(name="n", height=None, width=40, channels=1)
        )


def test_other_rates_and_channels_and_what_is_never_heard_are_told(tmp_path):
    both = np.stack([tone(300), tone(300)], axis=1)
    files = [
        written(tmp_path / "a.wav", tone(300)),
        written(tmp_path / "b.wav", tone(300)),
        written(tmp_path / "c.wav", tone(300, 1.0, 48000), 48000),
        written(tmp_path / "d.wav", both),
    ]
    table = {"name": "ei-mfcc", "frame_length": 0.04, "frame_stride": 0.04, "window": 1}
    facts = facts_of(fitted(network(25, 13), table, files))
    assert facts["frequency"].value == f"{RATE} Hz"
    assert facts["resampling"].why.startswith("1 of 4 sounds have 48000 Hz")
    assert facts["channels"].value == "their mean"
    assert facts["ei-mfcc"].value == "hears 80%"
    assert facts["ei-mfcc"].warns


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"name": "mfe"}, "none of ei-mfe"),
        ({"frame_length": 0.02}, "none of ei-mfe"),
        ({"name": "ei-mfe", "num_cepstral": 3}, "nothing that ei-mfe has"),
        ({"name": "ei-mfe", "fft_length": "512"}, "must be a number"),
        ({"name": "ei-mfe", "fft_length": 0}, "between 2 and 65536"),
        ({"name": "ei-mfe", "scale": "loud"}, "none of -32768"),
        ({"name": "ei-mfcc", "num_cepstral": 40}, "as many coefficients as it has bands"),
        ({"name": "ei-mfe", "window": 0}, "above 0"),
        ({"name": "ei-mfe", "pad": "yes"}, "true or false"),
        ({"blocks": 3}, "must be tables"),
        ({"name": "ei-mfe", "blocks": [{"name": "ei-mfe"}]}, "Either"),
    ],
)
def test_a_table_that_means_nothing_is_refused_in_words(table, words):
    with pytest.raises(ProjectError, match=words):
        features_in(table, "project.toml")


IMPULSE = {
    "inputBlocks": [
        {"type": "time-series", "windowSizeMs": 1000, "windowIncreaseMs": 500,
         "frequencyHz": 16000, "padZeros": False}
    ],
    "dspBlocks": [
        {"id": 5, "type": "spectrogram", "implementationVersion": 4,
         "metadata": {"dspConfig": {"options": {"frame_length": 0.02, "show_axes": True}}}},
        {"id": 7, "type": "mfcc", "implementationVersion": 4,
         "metadata": {"dspConfig": {"options": {"num_cepstral": "13", "high_frequency": None}}}},
    ],
    "learnBlocks": [{"id": 9, "type": "keras", "dsp": [7, 5]}],
}  # fmt: skip


def test_an_impulse_tells_blocks_in_the_order_of_its_learning_block():
    told = features_of_impulse(IMPULSE, "metadata")
    assert told.blocks == (Mfcc(), Spectrogram())
    assert (told.rate, told.window, told.step, told.pad) == (16000, 1.0, 0.5, False)
    assert told.told == {"scale", "version", "low edge"}
    one = {**IMPULSE, "learnBlocks": [{"id": 1, "dsp": [5]}, {"id": 9, "dsp": [7]}]}
    assert features_of_impulse(one, "metadata").blocks == (Spectrogram(),)
    assert features_of_impulse(one, "metadata", learn=9).blocks == (Mfcc(),)


def test_the_low_edge_of_old_versions_is_left_to_be_tried():
    old = {**IMPULSE, "dspBlocks": [{**IMPULSE["dspBlocks"][1], "implementationVersion": 3}]}
    told = features_of_impulse({**old, "learnBlocks": []}, "metadata")
    assert told.blocks == (Mfcc(version=3),)
    assert told.told == {"scale", "version"}


def test_an_impulse_of_pictures_tells_nothing_of_sounds():
    picture = {"inputBlocks": [{"type": "image"}], "dspBlocks": [{"id": 1, "type": "image"}]}
    assert features_of_impulse(picture, "metadata") is None
    assert features_of_impulse({}, "metadata") is None


def test_what_cannot_be_made_here_is_refused_in_words():
    custom = {**IMPULSE, "dspBlocks": [{"id": 7, "type": "organization"}]}
    with pytest.raises(ProjectError, match=r"organization .* \.npy files"):
        features_of_impulse(custom, "metadata")
    options = {"normalizeData": "normalize-channel-standard-scaler"}
    block = {"id": 7, "type": "mfe", "metadata": {"dspConfig": {"options": options}}}
    with pytest.raises(ProjectError, match="mean and a deviation that only Studio has"):
        features_of_impulse({**IMPULSE, "dspBlocks": [block]}, "metadata")
