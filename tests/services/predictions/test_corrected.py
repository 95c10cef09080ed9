"""Agreed labels beside the given ones, worked out by hand."""

import numpy as np
import pytest

from services.predictions.corrected import corrected
from tests.services.projects import said

OUTPUTS = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.1]]


@pytest.fixture
def cars(blue_or_red):
    rows = [("a.png", "red"), ("b.png", "blue"), ("c.png", "red"), ("d.png", None)]
    return said(blue_or_red, rows, classes=("blue", "red"), outputs=OUTPUTS)


def of(predictions, **labels):
    """Labels by digest, from labels by the names of samples."""
    where = predictions.positions
    return {predictions.digests[where[f"{name}.png"]]: label for name, label in labels.items()}


def test_both_figures_stand_beside_each_other(cars):
    both = corrected(cars, of(cars, a="blue", b="blue"), None)
    given, agreed = both.figures
    assert (given.text, given.note) == ("66.7\u00a0%", "2 of 3 correct")
    assert (agreed.text, agreed.note) == ("100.0\u00a0%", "3 of 3 correct")
    (change,) = both.corrections
    assert (change.position, change.given, change.agreed) == (0, "red", "blue")
    assert change.said == "incorrect → correct"
    assert cars.samples[0].label == "red"


def test_an_agreed_label_may_cost_a_correct_answer_and_may_be_the_first_one(cars):
    both = corrected(cars, of(cars, c="blue", d="blue"), None)
    assert [each.said for each in both.corrections] == [
        "correct → incorrect", "not labelled → correct",
    ]  # fmt: skip
    assert [figure.text for figure in both.figures] == ["66.7\u00a0%", "50.0\u00a0%"]


def test_those_whose_verdict_turns_come_first(blue_or_red):
    rows = [("a.png", "blue"), ("b.png", "blue")]
    outputs = [[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]
    three = said(blue_or_red, rows, classes=("blue", "red", "green"), outputs=outputs)
    both = corrected(three, of(three, a="red", b="red"), None)
    assert [(each.position, each.said) for each in both.corrections] == [
        (1, "incorrect → correct"), (0, "stays incorrect"),
    ]  # fmt: skip
    assert [row["verdict"] for row in both.rows()] == ["incorrect → correct", "stays incorrect"]


def test_a_label_that_means_nothing_here_changes_nothing_and_says_why(cars):
    both = corrected(cars, of(cars, a="green"), None)
    assert both.corrections == ()
    assert both.unfit == {0: "its label “green” is no class of the network"}


@pytest.mark.parametrize("labels", [{}, {"a": "red"}])
def test_where_nothing_changes_nothing_stands_beside(cars, labels):
    assert corrected(cars, of(cars, **labels), None) is None


def test_a_regression_shows_its_own_figure_by_the_live_threshold(redness):
    rows = [("a.png", "1.0"), ("b.png", "0.5")]
    read = said(redness, rows, outputs=[[0.5], [0.5]], threshold=0.1)
    both = corrected(read, of(read, a="0.6"), 0.05)
    (change,) = both.corrections
    assert np.array_equal([change.before, change.after], [0, 0])
    assert corrected(read, of(read, a="0.6"), 0.2).corrections[0].after == 1
    names = {figure.name for figure in both.figures}
    assert len(names) == 1
    assert both.figures[0].text != both.figures[1].text
