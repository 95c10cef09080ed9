"""A project of visual anomaly detection opened to the end, from TensorFlow Lite alone."""

from dataclasses import replace

import numpy as np
import pytest

from gradcam import NetworkError
from services.edge_impulse.agreement import agreement
from services.edge_impulse.place import StudioPlace, Way
from services.opening.opening import open_source, open_studio, studio_reference
from services.sources.reference import MODEL
from services.tasks.registry import TASKS
from tests.services.edge_impulse.visits import access_to
from tests.studio import Action, Fault, Threshold, anomaly_project, running_studio
from tests.studio.made import trunk_project

KEY = "ei_anomalies"
THRESHOLDS = "/training/anomaly/*/metadata"


@pytest.fixture
def project():
    return anomaly_project(with_results=True)


@pytest.fixture
def studio(project):
    with running_studio(project) as running:
        yield running


@pytest.mark.parametrize("way", Way)
def test_anomalies_are_opened_and_scored_as_in_studio(studio, way):
    opened = open_studio(access_to(studio, KEY), way)
    project, answers = opened.project, opened.predictions.answers
    assert isinstance(project.task, TASKS["anomaly"])
    assert project.task.threshold == 3.0
    assert project.network.heads[0].grid == (6, 6)
    assert answers.correct().tolist() == [1] * 6
    assert np.unravel_index(answers.outputs[1].argmax(), (6, 6)) == (1, 1)
    float32, int8 = opened.studio.results
    compared = agreement(opened.predictions, float32)
    assert (compared.compared, compared.share) == (6, 1.0)
    assert compared.difference < 0.01
    assert agreement(opened.predictions, int8).share == 1.0


def test_the_threshold_is_the_learning_blocks(studio, project):
    project.learn(7).thresholds = (Threshold(Threshold.MIN_ANOMALY, 12.0, "Anomaly threshold"),)
    opened = open_studio(access_to(studio, KEY))
    assert opened.project.task.threshold == 12.0
    assert opened.predictions.answers.correct().tolist() == [1, 0, 1, 0, 1, 0]


def test_where_anomaly_blocks_tell_nothing_the_network_is_opened_all_the_same(studio):
    studio.faults.add(Fault(Action.REFUSE, THRESHOLDS, times=None, text="No anomaly block"))
    assert open_studio(access_to(studio, KEY)).project.task.threshold == 3.0
    assert studio.count(THRESHOLDS) > 0


def test_studios_own_scores_of_another_network_are_told(studio, project):
    run = project.tests[1, "float32"]
    said = {**run.said[7], 1002: run.said[7][1001]}
    project.tests[1, "float32"] = type(run)(1, run.variant, {7: said})
    opened = open_studio(access_to(studio, KEY))
    (differing,) = agreement(opened.predictions, opened.studio.results[0]).disagreeing
    assert differing.position == 1
    assert differing.compared.difference > 5


# ------------------------------------------------------------------ a trunk and Studio's mixture


@pytest.fixture
def trunk():
    return trunk_project()


@pytest.fixture
def studio_of_trunk(trunk):
    with running_studio(trunk) as running:
        yield running


def opened_by(studio, picked=""):
    place = StudioPlace(studio.url, 24, 1, 7)
    picks = ((MODEL, picked),) if picked else ()
    reference = replace(studio_reference(place), picks=picks)
    return open_source(reference, access=access_to(studio, "ei_trunk"))


def test_the_file_that_gives_scores_is_taken_before_the_trunk(studio_of_trunk):
    opened = opened_by(studio_of_trunk)
    (choice,) = [each for each in opened.project.alternatives if each.name == MODEL]
    assert (choice.taken, list(choice.values)) == ("tflite-float", ["tflite-float", "tflite-h5"])
    assert opened.project.network.heads[0].grid == (6, 6)


def test_the_trunk_is_scored_by_studios_mixture(studio_of_trunk):
    opened = opened_by(studio_of_trunk, "tflite-h5")
    network = opened.project.network
    assert network.heads[0].grid == (5, 5)  # windows of 4 every 2 of 12 × 12 cells
    assert opened.predictions.answers.correct().tolist() == [1] * 6
    (fact,) = [fact for fact in opened.project.facts if fact.what == "mixture"]
    assert (fact.value, fact.why) == ("1 component of 2 features", "from the learning block")
    spotted = opened.predictions.answers.outputs[1].reshape(5, 5)
    assert np.unravel_index(spotted.argmax(), spotted.shape)[0] in {0, 1}


def test_without_the_mixture_the_trunk_is_told(studio_of_trunk, trunk):
    trunk.learn(7).mixture = {}  # as of a block that is trained with PatchCore
    trunk.learn(7).lite = {}
    with pytest.raises(NetworkError, match=r"no Gaussian mixture .* PatchCore; train the block"):
        opened_by(studio_of_trunk)
