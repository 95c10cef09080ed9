"""A medium that no file of the product names goes from a folder to a finished export."""

import json
import zipfile

import numpy as np
import pytest

import gradcam
from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.export.job import export
from services.export.plan import ExportPlan
from services.heatmaps.heatmaps import heatmaps, placed
from services.inside.latency import Timing
from services.judging.reasons import Looking
from services.media import kinds
from services.media.kinds import is_sample, kind_of
from services.opening.opening import open_source
from services.people.person import NOBODY_ELSE
from services.predictions.thumbnails import thumbnail
from services.scan.looking import look
from services.sources.reference import SourceKind, SourceReference
from services.sources.upload import keep_upload
from services.work.progress import Progress
from tests.services.media.series import HIGH, LENGTH, WIDE, SeriesFiles, rising_or_falling, written
from tests.services.projects import RED, blue_or_red, solid

STEADY = np.full(20, 0.5)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr(kinds, "KINDS", (*kinds.KINDS, SeriesFiles()))


def stepped(at, by):
    """Twenty numbers with a step where the network listens: before its number `at`."""
    numbers = STEADY.copy()
    numbers[20 - LENGTH + at :] += by
    return numbers


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "steps"
    folder.mkdir()
    rising_or_falling().save(folder / "model.keras")
    for at in (1, 4, 6):
        written(folder / "data" / "rises" / f"{at}.series", stepped(at, 0.4))
        written(folder / "data" / "falls" / f"{at}.series", stepped(at, -0.4))
    written(folder / "data" / "rises" / "short.series", [0.1, 0.2])
    return folder


@pytest.fixture
def opened(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def position_of(opened, name):
    return opened.predictions.positions[name]


def test_its_files_are_the_samples_of_a_folder(opened):
    project, predictions = opened.project, opened.predictions
    assert (str(project.medium), project.task.names) == ("Series()", ("falls", "rises"))
    assert len(project.samples) == 7
    assert [(file.name, file.reason) for file in predictions.left_out] == [
        ("rises/short.series", "it holds 2 numbers; 9 are needed")
    ]
    assert opened.check is None  # it has nothing to be tried


def test_they_are_predicted_and_have_a_size(opened):
    assert opened.predictions.correct().tolist() == [1] * 6
    assert opened.predictions.answers.scores.max(axis=1).min() > 0.6
    assert opened.predictions.sizes.tolist() == [[20 * WIDE, HIGH]] * 6


def test_they_have_thumbnails(opened):
    small = thumbnail(opened.predictions, position_of(opened, "rises/4.series"), 40)
    assert small.picture.shape == (12, 40, 3)
    assert small.encoded[8:12] == b"WEBP"
    assert small.picture[5, -1, 0] > small.picture[5, 0, 0]  # it rises


@pytest.mark.parametrize("at", [1, 4, 6])
def test_the_heat_lies_on_the_number_where_it_steps(opened, at):
    position = position_of(opened, f"rises/{at}.series")
    (found,) = heatmaps(opened.predictions, [position], Recipe())
    assert found.raw.shape == (1, LENGTH)
    for picture in (np.zeros((HIGH, 20 * WIDE, 3)), np.zeros((HIGH, 20 * 2 * WIDE, 3))):
        heat = placed(opened.predictions, position, found.heat, picture)
        scale = heat.shape[1] // 20
        hot = np.unique(np.nonzero(heat == 1.0)[1] // scale)
        assert hot.tolist() == [20 - LENGTH + at]
        assert np.isnan(heat[:, : (20 - LENGTH) * scale]).all()


def test_slow_methods_and_checks_run_on_it(opened):
    recipe = Recipe().using(gradcam.METHODS["integrated-gradients"])
    position = position_of(opened, "falls/4.series")
    (found,) = heatmaps(opened.predictions, [position], recipe)
    assert found.raw.shape == (2, LENGTH)
    assert np.isfinite(found.raw).all()


def test_it_is_scanned_judged_and_timed(opened):
    layer = opened.project.network.default_layer.name
    looked = look(opened.predictions, layer, Progress())
    assert looked.shares.shape == (6, 1, LENGTH)
    means = [0.5 + sign * 0.4 * (LENGTH - at) / 20 for sign in (-1, 1) for at in (1, 4, 6)]
    assert looked.properties[:, 0] == pytest.approx(means)
    timing = Timing.of(opened.project)
    assert (timing.height, timing.width) == (2, LENGTH)
    assert Looking(opened.predictions).missing


def test_it_is_exported_whole(opened, tmp_path):
    project = opened.project
    done = export(project, ExportPlan.of(project, Choices()), project.samples, tmp_path / "out", "")
    assert (done.counts["explained"], done.counts["left_out"]) == (6, 1)
    manifest = json.loads((done.output / "manifest.json").read_text())
    assert manifest["input"] == {"length": LENGTH}
    report = (done.output / "report.html").read_text()
    assert "8 × 2, the last 8 numbers" in report
    with zipfile.ZipFile(done.zip) as packed:
        overlays = [name for name in packed.namelist() if name.endswith(".jpg")]
    assert len(overlays) == 6


def test_it_can_be_uploaded(folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as packed:
        for path in sorted((folder / "data").rglob("*.series")):
            packed.write(path, path.relative_to(folder / "data"))
    with (folder / "model.keras").open("rb") as model, (tmp_path / "data.zip").open("rb") as data:
        opened = open_source(keep_upload(NOBODY_ELSE, "model.keras", model, data))
    assert len(opened.predictions) == 6


def test_a_network_of_another_length_is_refused_in_its_own_words(folder):
    blue_or_red().save(folder / "model.keras")
    with pytest.raises(ProjectError, match="takes colours, not rows of numbers"):
        open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def test_the_kind_that_most_files_are_of_decides(folder, tmp_path):
    series = list((folder / "data").rglob("*.series"))
    picture = solid(tmp_path / "a.png", RED)
    assert isinstance(kind_of([picture, *series]), SeriesFiles)
    assert not isinstance(kind_of([picture]), SeriesFiles)
    assert not isinstance(kind_of([]), SeriesFiles)  # pictures, as ever
    assert all(is_sample(path) for path in [picture, *series])
    assert not is_sample(folder / "model.keras")
