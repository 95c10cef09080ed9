"""A folder with a trunk and a mixture opens as a project of anomalies; so does a grid by itself."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from gradcam import METHODS, Ability, GradcamError
from gradcam.anomaly.network import MixtureNetwork
from gradcam.backends.keras.network import KerasNetwork
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.heatmaps.heatmaps import heatmaps
from services.heatmaps.recommending import Recommending
from services.opening.opening import open_source
from services.sources.folder import read_folder
from services.sources.reference import SourceKind, SourceReference
from services.tasks.anomaly.task import Anomaly
from tests.gradcam.anomaly import scored
from tests.services.anomalies import mixture_file, written

INPUT = '[input]\nscaling = "0..1"\nresize = "squash"\n'
GREY = np.full((scored.SIDE, scored.SIDE, 3), 0.5, np.float32)


@pytest.fixture
def folder(tmp_path):
    """Grey pictures that are good, and two with a red square."""
    scored.trunk().model.own.save(tmp_path / "model.h5")
    network = scored.scored_network(
        scored.trunk(), scored.scoring(projection=np.eye(2)), "features"
    )
    mixture_file(network, tmp_path / "mixture.npz")
    for number in range(3):
        written(GREY + number / 100, tmp_path / "testing" / "good" / f"{number}.png")
    for number, place in enumerate([(12, 4), (0, 16)]):
        picture = scored.with_square(*place, 8)[0]
        written(picture, tmp_path / "testing" / "hole" / f"{number}.png")
    (tmp_path / "project.toml").write_text(INPUT)
    return tmp_path


def opened(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def facts(project):
    return {fact.what: (fact.value, fact.why) for fact in project.facts}


def test_a_mixture_beside_the_network_makes_it_a_project_of_anomalies(folder):
    project = opened(folder)
    assert isinstance(project.project.network, MixtureNetwork)
    assert project.project.task == Anomaly(("good", "hole"), 3.0)
    said = facts(project.project)
    assert said["mixture"][0] == (
        "mixture.npz: 1 component of 2 features, windows of 4 cells every 2"
    )
    assert said["scored layer"][0] == "features"
    answers = project.predictions.answers
    assert answers.correct().tolist() == [1] * 5
    assert answers.pages.figures(None)[0].text == "100.0\u00a0%"


def test_its_map_is_the_grid_of_scores_where_the_square_is(folder):
    project = opened(folder)
    position = project.predictions.positions["hole/0.png"]
    usual = project.project.usual
    assert usual.method.name == "anomaly-score"
    recipe = Recipe(method=usual.method)
    (found,) = heatmaps(project.predictions, [position], recipe)
    row, column = np.unravel_index(found.raw.argmax(), found.raw.shape)
    assert 12 <= row < 20
    assert 4 <= column < 12
    assert found.scale == pytest.approx(project.predictions.answers.scores[position], rel=0.1)


def test_nothing_is_recommended_beside_the_scores_themselves(folder):
    asked = Recommending(opened(folder).predictions)
    assert asked.fit.reason.startswith("Anomaly score shows what decides itself")
    chosen = replace(asked, method=METHODS["grad-cam"])
    assert chosen.fit


def test_project_toml_says_otherwise(folder):
    text = '[anomaly]\nmixture = "mixture.npz"\nlayer = "features"\nwindow = 2\nstride = 1\n'
    (folder / "project.toml").write_text(INPUT + text + "threshold = 9.5\n")
    project = opened(folder).project
    assert (project.task.threshold, project.network.heads[0].grid) == (9.5, (11, 11))
    assert facts(project)["mixture"][1] == "as project.toml says"


def test_another_mixture_is_another_network(folder):
    before = opened(folder).project.network.digest
    values = dict(np.load(folder / "mixture.npz"))
    as_json = {name: value.tolist() for name, value in values.items()}
    (folder / "mixture.json").write_text(json.dumps(as_json))
    (folder / "project.toml").write_text(INPUT + '[anomaly]\nmixture = "mixture.json"\n')
    assert opened(folder).project.network.digest == before
    (folder / "mixture.json").write_text(json.dumps({**as_json, "scale": 5.0}))
    assert opened(folder).project.network.digest != before


@pytest.mark.parametrize("named", ["nowhere.npz", "../outside.npz", "/etc/passwd"])
def test_a_mixture_that_is_not_in_the_folder_is_refused(folder, named):
    (folder.parent / "outside.npz").write_bytes((folder / "mixture.npz").read_bytes())
    (folder / "project.toml").write_text(f'{INPUT}[anomaly]\nmixture = "{named}"\n')
    with pytest.raises(ProjectError, match=r"names the mixture .* which is not there"):
        read_folder(folder)


def test_a_damaged_mixture_is_refused_in_a_sentence(folder):
    (folder / "mixture.npz").write_bytes(b"nothing")
    with pytest.raises(GradcamError, match=r"mixture\.npz cannot be read"):
        opened(folder)


def test_a_mixture_of_another_network_is_refused(folder):
    values = dict(np.load(folder / "mixture.npz"))
    np.savez(folder / "mixture.npz", **{**values, "projection": np.ones((7, 2))})
    with pytest.raises(GradcamError, match="scores 7 channels, and no layer"):
        opened(folder)


# ---------------------------------------------------------------------------- grids by themselves


def grid_model(**last):
    k = keras.layers
    inputs = keras.Input((scored.SIDE, scored.SIDE, 3))
    x = k.Conv2D(2, 2, strides=2, activation="relu", name="features")(inputs)
    return keras.Model(inputs, k.Conv2D(1, 4, strides=2, name="scores", **last)(x))


def without_mixture(folder, model, text=""):
    (folder / "mixture.npz").unlink()
    model.save(folder / "model.h5")
    (folder / "project.toml").write_text(text + INPUT)
    return opened(folder)


def test_a_network_that_ends_in_a_value_for_each_place_is_one_too(folder):
    project = without_mixture(folder, grid_model()).project
    assert isinstance(project.task, Anomaly)
    assert facts(project)["task"] == (
        "anomaly", "the network gives one value for each place of the picture",
    )  # fmt: skip
    assert Ability.FINER_SCORES not in project.network.abilities
    assert "scored layer" not in facts(project)


def test_scores_between_0_and_1_are_one_where_project_toml_says_so(folder):
    project = without_mixture(folder, grid_model(activation="sigmoid"), 'task = "anomaly"\n')
    assert isinstance(project.project.task, Anomaly)
    assert isinstance(project.project.network, KerasNetwork)
    outputs = project.predictions.outputs
    np.testing.assert_array_equal(project.predictions.answers.scores, outputs.max(axis=1))
