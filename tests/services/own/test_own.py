"""A picture of one's own, explained with the open network beside its samples."""

import io

import numpy as np
import pytest
from PIL import Image

from gradcam import METHODS, PictureError
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import heatmaps
from services.heatmaps.in_source import heard_parts, read_sample
from services.heatmaps.shown import shown_samples
from services.keeping.drawers import CONTEXTS
from services.media.tensors import Tensors
from services.opening.opening import open_source
from services.own import pictures as module
from services.own.explaining import nearest_samples, with_own
from services.own.pictures import MOST, OwnPicture, brought, kept_with, read_own
from services.predictions.windows import windows_of
from services.sources.reference import SourceKind, SourceReference
from tests.services import projects
from tests.services.media.sound.sounds import beeps_project, tone, written

GIVEN = '[input]\nscaling = "0..1"\n'


def png(color, size=(8, 8)):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "built.keras"
    projects.blue_or_red().save(path)
    return path


@pytest.fixture
def opened(tmp_path, model, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    pictures = {"red/a.png": (250, 0, 0), "red/b.png": (200, 40, 0), "blue/c.png": (0, 0, 250)}
    folder = projects.folder_project(tmp_path / "shop", model, pictures, GIVEN)
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def test_it_is_predicted_as_a_sample_of_the_same_bytes_is(opened):
    picture = OwnPicture("mine.png", png((200, 40, 0)))
    own = with_own(opened, picture).predictions
    same = opened.predictions.positions["red/b.png"]
    np.testing.assert_array_equal(own.outputs[0], opened.predictions.outputs[same])
    np.testing.assert_array_equal(own.features[0], opened.predictions.features[same])
    assert own.answers.said(0).startswith("? → red")
    assert np.isnan(own.correct()[0])


@pytest.mark.parametrize("method", ["grad-cam", "eigen-cam", "occlusion"])
def test_every_kind_of_method_explains_it_as_it_explains_a_sample(opened, method):
    own = with_own(opened, OwnPicture("mine.png", png((200, 40, 0)))).predictions
    same = opened.predictions.positions["red/b.png"]
    recipe = Recipe(method=METHODS[method])
    (ours,), (theirs,) = (
        heatmaps(predictions, [position], recipe)
        for predictions, position in ((own, 0), (opened.predictions, same))
    )
    np.testing.assert_array_equal(ours.raw, theirs.raw)


def test_a_large_one_is_drawn_in_its_own_shape(opened):
    own = with_own(opened, OwnPicture("wide.png", png((200, 40, 0), (40, 20)))).predictions
    (heatmap,) = heatmaps(own, [0], Recipe())
    (shown,) = shown_samples(own, [0], 640, [heatmap])
    assert Image.open(io.BytesIO(shown.heat)).size == (40, 20)
    assert shown.small.picture.shape[:2] == (20, 40)


def test_the_project_never_sees_it_and_nothing_is_kept_on_disk(opened, tmp_path):
    before = len(opened.predictions), opened.predictions.correct().tolist()
    files = sorted(CONTEXTS.folder.parent.rglob("*"))
    own = with_own(opened, OwnPicture("mine.png", png((9, 9, 9))))
    heatmaps(own.predictions, [0], Recipe())
    assert (len(opened.predictions), opened.predictions.correct().tolist()) == before
    assert sorted(CONTEXTS.folder.parent.rglob("*")) == files


def test_the_nearest_samples_are_those_of_its_colour(opened):
    own = with_own(opened, OwnPicture("mine.png", png((0, 0, 200))))
    (nearest,) = nearest_samples(opened.predictions, own.predictions, 1)
    assert opened.predictions.samples[nearest].id == "blue/c.png"
    assert len(nearest_samples(opened.predictions, own.predictions, 9)) == 3


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the file is empty"),
        (b"no picture", "no picture format that is known here"),
        (png((1, 2, 3))[:45], "damaged: it cannot be decoded"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_that_says_what_can(opened, content, why):
    with pytest.raises(PictureError) as caught:
        brought("C:\\photos\\mine.png", content, opened.project.medium)
    assert str(caught.value) == (
        f"mine.png cannot be explained: {why}; this network takes "
        "a picture (JPEG, PNG, WebP, TIFF, BMP, GIF or HEIC)."
    )


def test_what_is_too_large_is_not_even_read(opened, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 1_000_000)
    monkeypatch.setattr(module, "read_own", None)
    with pytest.raises(PictureError, match=r"^big.png is larger than 1 MB; save it smaller"):
        brought("big.png", bytes(1_000_001), opened.project.medium)


def test_another_medium_says_what_it_takes(tmp_path):
    with pytest.raises(PictureError, match=r"takes a ready tensor of 2 × 3 × 1 \(\.npy or \.npz\)"):
        brought("mine.png", png((1, 2, 3)), Tensors(3, 2, 1))
    file = io.BytesIO()
    np.save(file, np.ones((2, 3, 1), np.float32))
    picture = brought("mine.npy", file.getvalue(), Tensors(3, 2, 1))
    ((_, reading),) = read_own(picture, Tensors(3, 2, 1))
    assert reading.tensor.tolist() == np.ones((2, 3, 1)).tolist()


def test_a_session_keeps_the_last_few_and_the_same_one_once():
    several = [OwnPicture(f"{i}.png", bytes([i])) for i in range(MOST + 2)]
    kept = ()
    for each in [*several, several[-1]]:
        kept = kept_with(kept, each)
    assert [each.name for each in kept] == [f"{i}.png" for i in range(2, MOST + 2)]
    assert kept[0].id == f"own:{kept[0].digest[:8]}/2.png"


def test_a_sound_of_ones_own_is_as_many_samples_as_it_has_windows(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    folder = beeps_project(tmp_path / "beeps")
    opened = open_source(SourceReference(SourceKind.FOLDER, str(folder)))
    longer = written(tmp_path / "mine.wav", tone(3000, 2.0))
    mine = brought("mine.wav", longer.read_bytes(), opened.project.medium)
    own = with_own(opened, mine).predictions
    assert [sample.id for sample in own.samples] == [
        f"{mine.id}@{start}s" for start in ("0.000", "0.500", "1.000")
    ]
    assert len(set(own.digests)) == 3
    assert [own.answers.said(position) for position in range(3)] == [own.answers.said(0)] * 3
    together = windows_of(own, 1)
    assert (together.positions, together.agree.tolist()) == ((0, 1, 2), [True] * 3)
    (heatmap,) = heatmaps(own, [2], Recipe())
    heard = heard_parts(read_sample(own, 2), heatmap.raw)
    assert (len(heard.whole), len(heard.part)) == (16_000, 8_000)
