"""Answers below the project's confidence threshold, counted as Studio counts them."""

from dataclasses import replace

import numpy as np
import pytest

from gradcam.backends.keras.network import KerasNetwork
from services.choices.browse import count_verdicts, passing_samples
from services.choices.filter import Filter, Verdict
from services.tasks.classification.task import Classification
from services.tasks.regression.task import Regression
from tests.services import projects

ANSWERS = [("a", "car"), ("b", "car"), ("c", "van"), ("d", "van"), ("e", None)]
OUTPUTS = [[0.9, 0.1], [0.55, 0.45], [0.58, 0.42], [0.8, 0.2], [0.51, 0.49]]
UNSURE = [1, 2]  # below 0.6 and labelled
LEAST = 0.6


@pytest.fixture(scope="module")
def predictions():
    network = KerasNetwork(projects.blue_or_red(), "n.h5")
    told = projects.said(network, ANSWERS, classes=("car", "van"), outputs=OUTPUTS)
    task = replace(told.project.task, min_score=LEAST)
    return replace(told, project=replace(told.project, task=task))


@pytest.fixture
def counted(predictions):
    return predictions.at(None, uncertain=True)


def listed(predictions, verdict):
    return sorted(passing_samples(predictions, Filter(verdict=verdict, sort="By name")).tolist())


def test_without_the_switch_all_is_as_ever(predictions):
    assert predictions.at(None) is predictions
    assert not predictions.answers.uncertain.any()
    assert predictions.correct()[:4].tolist() == [1, 1, 0, 0]
    assert predictions.answers.pages.uncertain_below == LEAST


def test_the_accuracy_is_studios(counted):
    assert np.flatnonzero(counted.answers.uncertain).tolist() == UNSURE
    right = counted.answers.pages.figures(None)[1]
    assert (right.text, right.note) == ("25.0\u00a0%", "1 of 4 correct, 2 uncertain")
    assert counted.answers.export.figure(None).text == "25.0\u00a0%"


def test_a_score_of_exactly_the_threshold_is_certain(predictions):
    exact = replace(predictions, outputs=np.array([[0.6, 0.4]] * 5, np.float32))
    assert not exact.at(None, uncertain=True).answers.uncertain.any()


def test_uncertain_is_a_third_verdict_of_the_filter(counted):
    verdicts = {verdict: listed(counted, verdict) for verdict in Verdict}
    assert verdicts == {
        Verdict.ALL: [0, 1, 2, 3, 4],
        Verdict.CORRECT: [0],
        Verdict.INCORRECT: [3],
        Verdict.UNCERTAIN: UNSURE,
    }
    counts = count_verdicts(counted, Filter())
    assert [counts.of(verdict) for verdict in Verdict] == [5, 1, 1, 2]


def test_what_is_uncertain_is_no_mistake_and_in_no_cell(counted):
    answers = counted.answers
    assert answers.confusion.table().tolist() == [[1, 0], [1, 0]]
    assert answers.pages.overview(None).caption == "2 uncertain samples not in the matrix."
    assert answers.pages.worst(4, None).positions == (3,)
    lists = answers.mistakes.listed(80, None).lists
    assert {position for some in lists.values() for position in some} == {3}
    sides = answers.pages.sides("True class", "", None)
    assert (sides.correct, sides.incorrect) == ((0,), (3,))


def test_an_export_says_it_in_words(counted, predictions):
    column = counted.answers.export.head.index("correct")
    said = [row[column] for row in counted.answers.export.rows(None)]
    assert said == ["1", "uncertain", "uncertain", "0", ""]
    assert [row[column] for row in predictions.answers.export.rows(None)][:2] == ["1", "1"]


def test_what_is_kept_of_other_verdicts_is_not_taken_for_these(counted, predictions):
    assert counted.project.task.kept_as != predictions.project.task.kept_as
    assert predictions.project.task.kept_as == Classification(("car", "van")).kept_as


def test_where_nobody_set_a_threshold_the_switch_moves_nothing(predictions):
    plain = replace(predictions.project.task, min_score=None)
    own = replace(predictions, project=replace(predictions.project, task=plain))
    assert own.at(None, uncertain=True).correct()[:4].tolist() == [1, 1, 0, 0]
    assert Regression(0).at(None, uncertain=True) == Regression(0)


def test_studio_and_project_toml_may_set_it():
    words = Classification.from_studio(["car", "van"], {"min_score": 0.7})
    assert words.settings == {"min_score": 0.7}
    assert "min_score" in {setting.name for setting in Classification.settings}
