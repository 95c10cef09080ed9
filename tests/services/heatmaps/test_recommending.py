"""Which layer and method are recommended of a project: tried in the background, kept by content."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from PIL import Image

from gradcam import METHODS, Ability, GradcamError, InputSpec
from gradcam.backends.keras.network import KerasNetwork
from gradcam.truth import Candidate, Grounds
from services.choices.choices import Choices
from services.heatmaps import recommending as module
from services.heatmaps.recommending import (
    Recommending,
    candidate_said,
    gains_said,
    recommendation_for,
)
from services.keeping.store import BoundedStore
from services.predictions.predictions import predict
from services.sample import Sample
from services.work.asked import LONG
from services.work.asker import Asker
from services.work.one_process import OneProcess
from services.work.progress import Progress
from tests.services.asking import had
from tests.services.projects import project_of

k = keras.layers
SIDE = 24
SEES, IDLE = Candidate("sees", "grad-cam"), Candidate("idle", "grad-cam")


def two_branches():
    """What decides is how bright the brightest places are; the branch that runs last is idle."""
    inputs = keras.Input((SIDE, SIDE, 3))
    sees = k.Conv2D(2, 3, padding="same", activation="relu", name="sees")
    idle = k.Conv2D(2, 1, activation="relu", name="idle")
    left = k.GlobalAveragePooling2D()(k.MaxPooling2D(1)(sees(inputs)))  # so it runs first
    right = k.GlobalAveragePooling2D()(idle(k.MaxPooling2D(2)(k.MaxPooling2D(2)(inputs))))
    out = k.Dense(2, activation="softmax", name="y_pred")
    model = keras.Model(inputs, out(k.Concatenate()([left, right])))
    kernel = np.zeros((3, 3, 3, 2), np.float32)
    kernel[1, 1, :, 0] = 1 / 3
    sees.set_weights([kernel, np.float32([-0.6, 0.0])])
    idle.set_weights([np.ones((1, 1, 3, 2), np.float32), np.zeros(2, np.float32)])
    weights = np.zeros((4, 2), np.float32)
    weights[0] = 120.0, -120.0
    out.set_weights([weights, np.float32([-2.0, 2.0])])
    return model


def pictures(folder, count, bright=True):
    rng, samples = np.random.default_rng(3), []
    for number in range(count):
        pixels = np.full((SIDE, SIDE, 3), 60, np.uint8)
        if bright:
            row, column = rng.integers(0, SIDE - 6, 2)
            pixels[row : row + 6, column : column + 6] = 250
        path = folder / f"{number:02}.png"
        Image.fromarray(pixels).save(path)
        samples.append(Sample(path.name, path, "bright"))
    return samples


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(two_branches(), "branches.h5", digest="branches")


@pytest.fixture
def project(network, tmp_path):
    spec = InputSpec(SIDE, SIDE)
    return project_of(network, pictures(tmp_path, 20), classes=("bright", "dark"), input_spec=spec)


@pytest.fixture
def predictions(project):
    return predict(project, Progress())


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(module._recommendations, "_memory", BoundedStore(256))


def test_the_branch_that_decides_is_recommended_with_its_figures(predictions):
    assert predictions.project.network.default_layer.name == "idle"
    asked = Recommending(predictions)
    assert (asked.usual, asked.missing) == (IDLE, 1)
    assert had(asked).error is None
    made = asked.found
    assert (made.best.candidate, made.reason) == (SEES, Grounds.BETTER)
    assert made.best.gain > 0.3
    assert len(made.best.gains) == module.CONFIRMING
    assert (made.usual.gain, made.best.blank) == (0.0, 0)
    assert made.usual.blank == 20  # of those that chose, that were blank and that confirmed
    assert gains_said(made) == (
        f"Over 8 samples, hiding its hottest fifth takes {100 * made.best.gain:.0f} ± "
        f"{100 * made.best.scatter:.0f} points more than hiding a random fifth; for Grad-CAM at "
        "idle it is 0 ± 0 points. Blank maps: 0 instead of 20."
    )
    assert candidate_said(made.best.candidate) == "Grad-CAM at sees"


def test_what_was_found_is_kept_on_disk_by_content(predictions, project, monkeypatch):
    had(Recommending(predictions))
    made = Recommending(predictions).found
    monkeypatch.setattr(module._recommendations, "_memory", BoundedStore(256))
    assert Recommending(predict(project, Progress())).found == made
    relabelled = [Sample(s.id, s.path, "dark") for s in predictions.samples]
    others = (
        Recommending(predictions, layer="sees"),
        Recommending(predictions, method=METHODS["hires-cam"]),
        Recommending(predict(project_of(
            project.network, relabelled, classes=("bright", "dark"),
            input_spec=InputSpec(SIDE, SIDE),
        ), Progress())),
    )  # fmt: skip
    assert [other.found for other in others] == [None] * 3
    assert len({other.digest for other in others}) == 3


def test_a_chosen_layer_or_method_is_the_only_one(predictions):
    by_layer = Recommending(predictions, layer="sees").make(Progress())
    assert by_layer.usual.candidate == SEES
    assert by_layer.best.candidate.layer == "sees"
    hires = Candidate("sees", "hires-cam")
    by_method = Recommending(predictions, method=METHODS["hires-cam"]).make(Progress())
    assert by_method.best.candidate == hires
    assert by_method.usual.candidate == Candidate("idle", "hires-cam")


def test_a_slow_method_is_not_tried_and_a_layer_has_to_be_there(predictions, project):
    asked = Recommending(predictions, method=METHODS["rise"])
    assert asked.fit.reason == "RISE needs many runs of the network, so it is not tried."
    with pytest.raises(GradcamError, match="RISE needs many runs"):
        asked.make(Progress())
    with pytest.raises(GradcamError, match="no explainable layer named 'other'"):
        recommendation_for(project, "other", None, Progress())


def test_the_usual_method_of_a_network_without_gradients_is_the_first_that_fits(predictions):
    class WithoutGradients(type(predictions.project.network)):
        def __init__(self):
            super().__init__(two_branches(), "no_gradients.h5")
            self.abilities -= {Ability.LAYER_GRADIENTS, Ability.INPUT_GRADIENTS}

    project = predictions.project
    asked = Recommending(replace(predictions, project=project_of(
        WithoutGradients(), list(project.samples), classes=("bright", "dark"),
        input_spec=InputSpec(SIDE, SIDE),
    )))  # fmt: skip
    assert asked.usual == Candidate("idle", "eigen-cam")
    assert asked.make(Progress()).best.candidate.method == "eigen-cam"


def test_where_the_usual_one_is_good_it_stays(tmp_path, monkeypatch):
    tried = []
    original = module.try_out

    def counted(network, picture, target, layers, methods, *rest):
        tried[:] = dict.fromkeys([*tried, *(layer.name for layer in layers)])
        return original(network, picture, target, layers, methods, *rest)

    monkeypatch.setattr(module, "try_out", counted)
    usual = Recommending(predict(project_of(
        KerasNetwork(networks_with_one_branch(), "one.h5", digest="one"), pictures(tmp_path, 20),
        classes=("bright", "dark"), input_spec=InputSpec(SIDE, SIDE),
    ), Progress())).make(Progress())  # fmt: skip
    assert usual.is_usual
    assert usual.reason is Grounds.USUAL
    assert tried == ["sees"]  # nothing else is tried, so that it costs next to nothing


def networks_with_one_branch():
    model = two_branches()
    inputs, sees = model.input, model.get_layer("sees")
    out = k.Dense(2, activation="softmax", name="y_pred")
    alone = keras.Model(inputs, out(k.GlobalAveragePooling2D()(sees.output)))
    out.set_weights([model.get_layer("y_pred").get_weights()[0][:2], np.float32([-2.0, 2.0])])
    return alone


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_samples_do(network, tmp_path, count):
    project = project_of(
        network, pictures(tmp_path, count), classes=("bright", "dark"),
        input_spec=InputSpec(SIDE, SIDE),
    )  # fmt: skip
    made = recommendation_for(project, "", None, Progress())
    assert made.best.candidate == SEES


def test_the_command_tries_some_of_many_samples(project, monkeypatch):
    monkeypatch.setattr(module, "LOOKED_OVER", 6)
    seen = []
    original = module.predict
    monkeypatch.setattr(
        module, "predict", lambda some, progress: seen.append(some) or original(some, progress)
    )
    assert recommendation_for(project, "", None, Progress()).best.candidate == SEES
    assert [len(some.samples) for some in seen] == [6]


def test_it_gives_way_to_what_somebody_looks_at(predictions):
    """A long job that is asked for meanwhile goes first, at the next layer."""

    class Long(Recommending):
        weight = LONG

        @property
        def digest(self):
            return "long"

        @property
        def found(self):
            return None

        def make(self, progress):
            order.append("long")

    order = []
    workshop = OneProcess()

    class Background(Recommending):
        def _try(self, *rest):
            if not order:
                order.append("began")
                jobs.append(workshop.ask(Long(predictions), Asker("ben")))
            else:
                order.append("tried")
            return super()._try(*rest)

    jobs = []
    had(Background(predictions), workshop)
    assert order[:2] == ["began", "long"]
    assert "tried" in order


def test_taking_it_says_layer_and_method_in_the_link():
    taken = Choices().changed("method", METHODS["hires-cam"]).changed("layer", "sees")
    assert taken.to_query() == {"source": "demo:cars", "layer": "sees", "method": "hires-cam"}
    assert Choices().adopting(taken.to_query()) == taken
    assert Choices().to_query() == {"source": "demo:cars"}
