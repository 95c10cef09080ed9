"""Folders of sounds as projects, from the files to the verdicts."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from services.errors import ProjectError
from services.opening.opening import open_source
from services.predictions.predictions import predict
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress
from tests.services.media.sound.sounds import low_or_high, tone, written

REAL = Path(__file__).parents[4] / "shared" / "real"
FEATURES = """
[features]
name = "ei-mfe"
version = 4
scale = "-32768..32767"
low_frequency = 0
fft_length = 256
num_filters = 20
frequency = 8000
window = 0.5
step = 0.25
"""  # 49 frames of 20 bands


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("sounds") / "model.h5"
    low_or_high(49, 20).save(path)
    return path


def project(folder, model, manifest=FEATURES):
    (folder / "model.h5").write_bytes(model.read_bytes())
    (folder / "project.toml").write_text('classes = ["low", "high"]\n' + manifest)
    return folder


def opened(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def facts_of(made):
    return {fact.what: fact for fact in made.project.facts}


def test_class_folders_of_sounds_are_a_project(tmp_path, model):
    for label, hertz in (("low", 300), ("high", 3000)):
        for number in range(3):
            wave = tone(hertz + 40 * number, 0.5, seed=number)
            written(tmp_path / "testing" / label / f"{number}.flac", wave, format="FLAC")
    soundfile.write(tmp_path / "testing" / "low" / "48k.wav", tone(300, 0.5, 48000) / 32768, 48000)
    made = opened(project(tmp_path, model))
    assert len(made.predictions) == 7
    assert made.predictions.correct().tolist() == [1.0] * 7
    assert made.project.task.name == "classification"
    assert made.check is None
    assert "ei-mfe" in made.project.medium.briefly
    assert facts_of(made)["resampling"].value == "to 8000 Hz"


def test_long_sounds_are_several_samples_and_are_kept_by_window(tmp_path, model):
    wave = np.concatenate([tone(300, 0.5), tone(3000, 0.5)])
    written(tmp_path / "testing" / "low" / "long.wav", wave)
    written(tmp_path / "testing" / "high" / "short.wav", tone(3000, 0.2))
    made = opened(project(tmp_path, model))
    ids = [sample.id for sample in made.predictions.samples]
    assert ids == ["high/short.wav", *(f"low/long.wav@{at}s" for at in ("0.000", "0.250", "0.500"))]
    assert made.predictions.correct().tolist() == [1.0, 1.0, made.predictions.correct()[2], 0.0]
    assert len(set(made.predictions.digests)) == 4
    assert predict(made.project, Progress()).computed == 0


def test_a_label_for_each_window_of_an_export(tmp_path, model):
    wave = np.concatenate([tone(300, 1.0), tone(3000, 1.0)])
    written(tmp_path / "testing" / "a.wav", wave)
    spans = [
        {"label": "low", "startIndex": 0, "endIndex": 7999},
        {"label": "high", "startIndex": 8000, "endIndex": 15999},
    ]
    label = {"type": "multi-label", "labels": spans}
    entry = {"path": "testing/a.wav", "name": "a", "category": "testing", "label": label}
    (tmp_path / "info.labels").write_text(json.dumps({"version": 1, "files": [entry]}))
    made = opened(project(tmp_path, model))
    assert made.project.task.name == "classification"
    labels = [sample.label for sample in made.predictions.samples]
    assert labels == ["low"] * 4 + ["high"] * 3  # both halves of the fourth: the first one's
    correct = made.predictions.correct()
    assert correct[[0, 1, 2, 4, 5, 6]].tolist() == [1.0] * 6


def test_metadata_beside_an_export_tells_features_and_classes(tmp_path, model):
    for label, hertz in (("low", 300), ("high", 3000)):
        written(tmp_path / "testing" / label / "a.wav", tone(hertz, 0.5))
    (project(tmp_path, model) / "project.toml").unlink()
    options = {
        "frame_length": 0.02, "frame_stride": 0.01, "num_filters": 20, "fft_length": 256,
        "low_frequency": 0, "high_frequency": 0, "noise_floor_db": -52,
    }  # fmt: skip
    metadata = {
        "project": {"id": 3, "apiKey": "ei_secret"},
        "classes": ["low", "high"],
        "impulse": {
            "inputBlocks": [{"type": "time-series", "windowSizeMs": 500, "windowIncreaseMs": 250,
                             "frequencyHz": 8000, "padZeros": True}],
            "dspBlocks": [{"id": 2, "type": "mfe", "implementationVersion": 4,
                           "metadata": {"dspConfig": {"options": options}}}],
            "learnBlocks": [{"id": 3, "type": "keras", "dsp": [2]}],
        },
    }  # fmt: skip
    (tmp_path / "deployment-metadata.json").write_text(json.dumps(metadata))
    made = opened(tmp_path)
    assert made.project.task.names == ("low", "high")
    assert made.predictions.correct().tolist() == [1.0, 1.0]
    assert facts_of(made)["features"].why == "as deployment-metadata.json says"
    assert "ei_secret" not in repr(made)
    (tmp_path / "deployment-metadata.json").write_text("[1")
    with pytest.raises(ProjectError, match="no deployment metadata of Edge Impulse"):
        opened(tmp_path)


def test_where_nothing_tells_versions_and_ranges_are_tried_and_labels_decide(tmp_path, model):
    for label, hertz in (("low", 250), ("high", 3300)):
        for number in range(8):
            wave = tone(hertz + 30 * number, 0.5, seed=number, amplitude=3000 + 900 * number)
            written(tmp_path / "testing" / label / f"{number}.wav", wave)
    made = opened(project(tmp_path, model, ""))
    assert made.check is not None
    assert len(made.check.trials) > 5
    assert made.predictions.correct().tolist() == [1.0] * 16
    assert made.project.medium.blocks[0].name in {"ei-mfe", "log-mel", "ei-mfcc", "tf-mfcc"}


def test_what_somebody_tells_meanwhile_is_not_tried_again(tmp_path, model):
    for label, hertz in (("low", 300), ("high", 3000)):
        for number in range(3):
            written(tmp_path / "testing" / label / f"{number}.wav", tone(hertz, 0.5, seed=number))
    open_table = '[features]\nname = "ei-mfe"\nfft_length = 256\nnum_filters = 20\n'
    tried = opened(project(tmp_path, model, open_table)).check
    assert {each.medium.blocks[0].version for each in tried.trials} >= {4, 3}
    told = opened(project(tmp_path, model, open_table + "version = 4\n"))
    assert {each.medium.blocks[0].version for each in told.check.trials} == {4}
    assert told.project.medium.blocks[0].version == 4


@pytest.mark.skipif(not REAL.is_dir(), reason="there is no ../shared/real beside this clone")
@pytest.mark.parametrize(
    ("name", "model", "right"),
    [
        ("ei_keywords_mfcc", "model.h5", 36),
        ("ei_keywords_mfe", "model.h5", 35),
        ("kws_mlperf", "model.h5", 43),
        ("kws_mlperf", "float32.tflite", 44),
        ("kws_mlperf", "int8.tflite", 42),
    ],
)
def test_real_projects(tmp_path, name, model, right):
    folder, features = REAL / name, np.load(REAL / name / "expected.npz")
    reference = SourceReference(SourceKind.FOLDER, str(folder))
    if model != "model.h5":  # told, since the coarser files are not tried
        reference = SourceReference(SourceKind.FOLDER, str(tmp_path))
        (tmp_path / "project.toml").write_text('[features]\nname = "tf-mfcc"\nscale = "peak"\n')
        (tmp_path / model).write_bytes((folder / model).read_bytes())
        (tmp_path / "labels.txt").write_bytes((folder / "labels.txt").read_bytes())
        for path in (folder / "sounds").rglob("*.wav"):
            own = tmp_path / "sounds" / path.parent.name / path.name
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_bytes(path.read_bytes())
    made = open_source(reference)
    assert np.nansum(made.predictions.correct()) == right
    assert not made.predictions.left_out
    medium = made.project.medium
    for path, expected in zip(features["paths"], features["features"], strict=False):
        tensor = medium.read(folder / str(path)).tensor
        width = expected.max() - expected.min()
        assert np.abs(tensor.ravel() - expected.ravel()).max() <= 1e-5 * width
