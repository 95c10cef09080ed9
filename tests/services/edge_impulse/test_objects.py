"""A FOMO project of Studio opened to the end: boxes as labels, objects beside Studio's own."""

import pytest

from services.edge_impulse.agreement import agreement
from services.edge_impulse.place import Way
from services.opening.opening import open_studio
from services.tasks.registry import TASKS
from tests.services.edge_impulse.visits import access_to, connected, sentence_of
from tests.studio import object_project, running_studio

KEY = "ei_objects"


@pytest.fixture
def project():
    return object_project(with_results=True)


@pytest.fixture
def studio(project):
    with running_studio(project) as running:
        yield running


@pytest.mark.parametrize("way", Way)
def test_objects_are_opened_and_found_as_in_studio(studio, way):
    opened = open_studio(access_to(studio, KEY), way)
    project, answers = opened.project, opened.predictions.answers
    assert isinstance(project.task, TASKS["objects"])
    assert project.task.names == ("red", "blue")
    assert project.task.threshold == 0.5
    assert [sample.label for sample in project.samples] == ["blue|red"] * 6
    box = project.samples[1].boxes[0]
    assert (box.label, box.x, box.y, box.width, box.height) == ("red", 32, 0, 16, 12)
    assert answers.correct().tolist() == [0, 1, 1, 1, 1, 1]  # the purple one is missed
    float32, int8 = opened.studio.results
    compared = agreement(opened.predictions, float32)
    assert (compared.compared, compared.share) == (6, 1.0)
    assert compared.difference < 1e-3
    assert agreement(opened.predictions, int8).difference < 0.01


def test_another_threshold_in_studio_is_the_tasks(studio, project):
    (limit,) = project.learn(7).thresholds
    project.learn(7).thresholds = (type(limit)("min_score", 0.25, "Score threshold"),)
    assert open_studio(access_to(studio, KEY)).project.task.threshold == 0.25


def test_a_picture_without_boxes_holds_none(studio, project):
    project.change_sample(1002, boxes=(), label="")
    opened = open_studio(access_to(studio, KEY))
    assert opened.project.samples[1].label == "-"
    assert opened.predictions.answers.correct()[1] == 0  # what is found on it is a false alarm
    labels = [fact for fact in opened.project.facts if fact.what == "labels"]
    assert [fact.why for fact in labels] == ["the boxes that were drawn in Studio"]


def test_objects_that_studio_found_elsewhere_are_told(studio, project):
    run = project.tests[1, "float32"]
    answers = dict(run.said[7])
    answers[1001] = answers[1002]  # two objects where one is found here
    project.tests[1, "float32"] = type(run)(1, run.variant, {7: answers})
    opened = open_studio(access_to(studio, KEY))
    compared = agreement(opened.predictions, opened.studio.results[0])
    (differing,) = compared.disagreeing
    assert differing.position == 0
    assert (differing.compared.here, differing.compared.there) == ("1 red", "1 red, 1 blue")


def test_a_network_of_boxes_is_told_before_it_is_fetched(studio, project):
    project.learn(7).last_layer = "yolov5"
    assert sentence_of(studio, KEY) == (
        "No learning block can be explained. “Impulse #1: Object detection”: it gives lists of "
        "boxes (yolov5), and only objects that are found on a grid (FOMO) are explained."
    )
    assert studio.count("/learn-data/*/model/*") == 0


def test_a_block_of_boxes_does_not_stand_before_one_that_is_explained(studio, project):
    boxes = object_project().learn(7)
    boxes.id, boxes.last_layer, boxes.name = 8, "mobilenet-ssd", "Boxes"
    project.impulses[0].learns.insert(0, boxes)
    assert connected(studio, KEY)[1].place.learn == 7
