"""A network of another kind, from its file to a finished export: nothing else is told of it."""

import json
import zipfile

import numpy as np
import pytest

import gradcam
from gradcam import METHODS, NetworkError, loading
from gradcam.abilities import Ability
from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.embedding.asked import Embedding
from services.export.job import export
from services.export.plan import ExportPlan
from services.heatmaps.channels import all_wanted, channels_of
from services.heatmaps.checks import Shuffle
from services.heatmaps.heatmaps import heatmaps, tensors
from services.heatmaps.kernels import layer_kernels
from services.opening.opening import open_source
from services.scan.scanning import Scan
from services.sources.reference import SourceKind, SourceReference
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.numpy_network import NumpyNetwork, NumpyReader, limited_to, written
from tests.services.projects import drawn

MANIFEST = """
name = "Colours"
model = "model.numpy"
task = "classification"
classes = ["a", "b", "c"]
[input]
scaling = "-1..1"
"""


@pytest.fixture
def folder(tmp_path):
    """Six pictures, two of each class."""
    own = tmp_path / "project"
    for number, picture in enumerate(drawn_pictures(6)):
        pixels = np.clip((picture + 1.5) * 85, 0, 255).round().astype(np.uint8)
        drawn(own / "testing" / "abc"[number % 3] / f"{number}.png", pixels)
    (own / "project.toml").write_text(MANIFEST)
    (own / "model.numpy").write_bytes(written(drawn_weights()))
    return own


@pytest.fixture
def opened(folder, monkeypatch):
    """The project as a network of some kind opens it."""

    def opened(kind=NumpyNetwork):
        monkeypatch.setattr(loading, "READERS", (*loading.READERS, NumpyReader(kind)))
        return open_source(SourceReference(SourceKind.FOLDER, str(folder)))

    return opened


def exported(project, output, method):
    plan = ExportPlan.of(project, Choices(recipe=Recipe(method=METHODS[method])))
    return export(project, plan, project.samples, output, "a test")


def test_without_a_reader_the_file_is_unknown(folder):
    with pytest.raises(NetworkError, match=r"^model.numpy is no model that is opened here"):
        open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def test_it_is_opened_and_predicts(opened, folder):
    found = opened()
    network = found.project.network
    assert (type(network), network.name) == (NumpyNetwork, "model.numpy")
    assert network.digest == loading.file_digest(folder / "model.numpy")
    assert found.project.task.classes == ("a", "b", "c")
    batch = tensors(found.predictions, range(6))
    assert (batch.min() < -0.5) & (batch.max() > 0.5)
    np.testing.assert_allclose(found.predictions.outputs, network.predict(batch), atol=1e-6)
    assert len(set(found.predictions.outputs.argmax(axis=1).tolist())) > 1


def test_a_zip_with_one_in_it_is_opened(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(loading, "READERS", (*loading.READERS, NumpyReader()))
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.write(folder / "model.numpy", "trained/Model.NUMPY")
    network = gradcam.load_network(tmp_path / "download.zip")
    assert network.name == "download.zip"
    assert network.digest == loading.file_digest(tmp_path / "download.zip")
    own = gradcam.load_network(folder / "model.numpy")
    batch = drawn_pictures()
    np.testing.assert_array_equal(network.predict(batch), own.predict(batch))


def test_a_folder_finds_it_by_its_ending(opened, folder):
    (folder / "project.toml").write_text(MANIFEST.replace('model = "model.numpy"', ""))
    (folder / "model.numpy").rename(folder / "other.numpy")
    assert opened().project.network.name == "other.numpy"


def test_its_heatmaps_are_those_of_the_core(opened):
    found = opened()
    batch = tensors(found.predictions, range(6))
    shown = heatmaps(found.predictions, range(6), Recipe())
    expected = gradcam.explain(found.project.network, batch).maps
    np.testing.assert_allclose([each.raw for each in shown], expected, atol=1e-6)
    assert any(each.reason is None for each in shown)


@pytest.mark.parametrize("method", ["grad-cam", "ablation-cam", "occlusion"])
def test_it_is_exported(opened, tmp_path, method):
    found = opened()
    done = exported(found.project, tmp_path / "out", method)
    told = json.loads((done.output / "manifest.json").read_text())
    assert told["settings"]["method"] == method
    assert done.counts["explained"] == 6
    with zipfile.ZipFile(done.zip) as archive:
        names = archive.namelist()
    assert sum(name.startswith("gradcam/") and not name.endswith("/") for name in names) == 6


def test_a_network_without_gradients_is_exported_by_what_fits(opened, tmp_path):
    found = opened(limited_to(Ability.ACTIVATIONS))
    assert exported(found.project, tmp_path / "out", "eigen-cam").counts["explained"] == 6
    with pytest.raises(NetworkError) as refusal:
        exported(found.project, tmp_path / "other", "grad-cam")
    assert str(refusal.value) == (
        "Grad-CAM needs gradients with respect to a layer, which model.numpy does not give."
    )
    assert not list((tmp_path / "other").glob("*"))  # not even begun


def test_what_a_network_cannot_be_asked_is_refused_before_it_is_begun(opened):
    found = opened(limited_to())
    predictions, recipe = found.predictions, Recipe(method=METHODS["rise"])
    layer = found.project.network.default_layer.name
    said = {
        "scan": Scan(predictions, recipe).fit.reason,
        "shuffle": Shuffle(predictions, recipe).fit.reason,
        "survey": all_wanted(predictions, Recipe()).fit.reason,
        "embedding": Embedding(predictions, Choices(features=layer)).fit.reason,
    }
    assert said == {
        "scan": "Grad-CAM needs gradients with respect to a layer, which model.numpy does not "
        "give.",
        "shuffle": "This check needs copies with shuffled weights, which model.numpy does not "
        "give.",
        "survey": "This survey needs a layer's activations, which model.numpy does not give.",
        "embedding": "An embedding of a layer needs a layer's activations, which model.numpy does "
        "not give.",
    }
    grad_cam = Recipe(method=METHODS["grad-cam"])
    assert Embedding(predictions, Choices()).fit  # of the last dense layer, which a run tells
    for ask, words in (
        (lambda: heatmaps(predictions, [0], grad_cam), "gradients with respect to a layer"),
        (lambda: channels_of(predictions, 0, Recipe()), "gradients with respect to a layer"),
        (lambda: layer_kernels(found.project, layer), "a layer's kernels"),
    ):
        with pytest.raises(NetworkError, match=words):
            ask()


def test_one_that_can_do_all_is_refused_nothing(opened):
    predictions, recipe = opened().predictions, Recipe()
    for kind in (Scan, Shuffle, all_wanted):
        assert kind(predictions, recipe).fit
