"""Two classes that one unit tells apart: the second one above a score that can be moved."""

import numpy as np
import pytest

from gradcam import Target
from gradcam.backends.keras.network import KerasNetwork
from gradcam.predicted import predicted_targets
from services.choices.browse import count_verdicts, passing_samples
from services.choices.choices import Choices
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.export.job import export
from services.export.plan import ExportPlan
from services.heatmaps.heatmaps import targets_of
from services.opening.opening import open_source
from services.sample import Sample
from services.sources.manifest import read_manifest
from services.sources.reference import SourceKind, SourceReference
from services.tasks.classification.task import Classification
from tests.services.export.exports import manifest_of, rows_of
from tests.services.projects import blue_or_red, folder_project, redness_scored, solid

LEVELS = {"low": 0.3, "middle": 0.6, "high": 1.0}  # of red; read as -0.8, 0.4 and 2


def project_folder(folder, activation, manifest=""):
    """Reddish pictures that are none, and red ones; the network says so by one unit."""
    model = folder.parent / f"{activation}.keras"
    redness_scored(activation).save(model)
    project = folder_project(folder, model, {}, manifest)
    for name, level in LEVELS.items():
        label = "yes" if name == "high" else "no"
        solid(project / label / f"{name}.png", (round(255 * level), 0, 0))
    return project


def opened(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


@pytest.fixture(params=["sigmoid", "linear"])
def activation(request):
    return request.param


@pytest.fixture
def folder(tmp_path, activation):
    return project_folder(tmp_path / "unit", activation, '[input]\nscaling = "0..1"\n')


@pytest.fixture
def predictions(folder):
    return opened(folder).predictions


def correct(predictions, threshold=None):
    names = [sample.id.split("/")[1][:-4] for sample in predictions.samples]
    return dict(zip(names, predictions.correct(threshold).tolist(), strict=True))


def test_judged_by_names_it_is_a_class_from_half_the_score_on(predictions):
    assert predictions.project.task == Classification(("no", "yes"), 0.5)
    assert correct(predictions) == {"low": 1, "middle": 0, "high": 1}


def test_the_live_threshold_moves_verdicts(predictions):
    assert correct(predictions, 0.7) == {"low": 1, "middle": 1, "high": 1}
    assert correct(predictions, 0.95) == {"low": 1, "middle": 1, "high": 0}
    assert correct(predictions, 0.0) == {"low": 0, "middle": 0, "high": 1}
    counts = count_verdicts(predictions, Filter(threshold=0.7))
    assert (counts.correct, counts.incorrect) == (3, 0)
    assert predictions.answers.pages.right("Accuracy", 0.7).note == "3 of 3 correct"


def test_with_a_live_threshold_the_network_says_something_else(predictions):
    """Of one picture: what is said, filtered, explained and drawn."""
    at = predictions.positions["no/middle.png"]
    live = predictions.at(0.7)
    assert live.metadata is predictions.metadata
    assert predictions.answers.said(at) == "no → yes 60\u00a0%"
    assert live.answers.said(at) == "no 40\u00a0%"
    assert targets_of(predictions, [at], Recipe()) == [Target.for_class(1)]
    assert targets_of(live, [at], Recipe()) == [Target.for_class(0)]
    assert at in passing_samples(live, Filter(predicted_class="no")).tolist()
    assert live.answers.confusion.table().tolist() == [[2, 0], [0, 1]]
    assert predictions.at(None) is predictions
    assert predictions.at(0.5) is predictions


def test_project_toml_sets_it(folder, activation):
    toml = folder / "project.toml"
    toml.write_text(toml.read_text() + "[classification]\nthreshold = 0.7\n")
    predictions = opened(folder).predictions
    assert predictions.project.task.threshold == 0.7
    assert correct(predictions) == {"low": 1, "middle": 1, "high": 1}
    assert predictions.answers.pages.limit(None).value == 0.7
    assert predictions.project.task.kept_as != Classification(("no", "yes"), 0.5).kept_as


def test_it_is_a_share(folder):
    (folder / "project.toml").write_text("[classification]\nthreshold = 1.5\n")
    with pytest.raises(ProjectError, match="threshold must be a number from 0 to 1"):
        read_manifest(folder)


@pytest.mark.parametrize("threshold", [0.5, 0.7])
def test_an_export_sorts_and_explains_by_it(predictions, tmp_path, threshold):
    project = predictions.project
    plan = ExportPlan.of(project, Choices().having(threshold=threshold))
    export(project, plan, project.samples, tmp_path / "out", "a test")
    rows = {row["sample"]: row for row in rows_of(tmp_path / "out")}
    said = "yes" if threshold == 0.5 else "no"
    assert rows["no/middle.png"]["predicted"] == said
    assert rows["no/middle.png"]["correct"] == ("0" if threshold == 0.5 else "1")
    assert manifest_of(tmp_path / "out")["settings"]["threshold"] == threshold


def test_an_export_explains_the_class_that_it_names(predictions):
    """A logit's network by itself would say what raises it, whatever its side."""
    project, samples = predictions.project, predictions.samples
    told = ExportPlan.of(project, Choices()).targets(project, samples)
    own = predictions.answers.targets(range(3), "predicted", "")
    assert own == [Target.for_class(int(c)) for c in predictions.answers.predicted]
    if told is not None:
        assert told == [None] * 3
        assert predicted_targets(project.network, predictions.outputs) == own


def test_beside_several_units_it_means_nothing_and_says_so(tmp_path):
    folder = project_folder(tmp_path / "two", "sigmoid", "[classification]\nthreshold = 0.7\n")
    (folder / "model.keras").unlink()
    blue_or_red().save(folder / "model.keras")
    project = opened(folder).project
    assert project.task == Classification(("no", "yes"))
    (fact,) = [fact for fact in project.facts if fact.what == "project.toml"]
    assert fact.value == "classification.threshold"
    assert "passed over" in fact.why


def test_scores_that_are_no_numbers_are_called_nothing_right():
    network = KerasNetwork(redness_scored("sigmoid"), "n.h5")
    samples = [Sample("a", None, "no")]
    read = Classification(("no", "yes"), 0.5).read(
        network, samples, np.array([[np.nan]], np.float32)
    )
    assert read.correct().tolist() == [0.0]
    assert read.correct(0.7).tolist() == [0.0]
