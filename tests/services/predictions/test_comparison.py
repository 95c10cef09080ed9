"""Two networks on the same samples: joined by files, classes by name, flips both ways."""

import numpy as np
import pytest

from services.comparing.telling import comparison_figures, made_of
from services.predictions.comparison import network_comparison
from services.tasks.flips import Flip
from tests.services.projects import renamed, said

ANSWERS = [("a", "red"), ("b", "blue"), ("c", "red"), ("d", "blue"), ("e", "red"), ("f", None)]
#                         right         right           wrong         wrong         wrong
HERE = [[0.1, 0.9], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.9, 0.1], [0.5, 0.5]]


@pytest.fixture
def here(network):
    return said(network, ANSWERS, classes=("blue", "red"), outputs=HERE)


@pytest.fixture
def network(blue_or_red):
    return blue_or_red


def of_three(network, answers, outputs):
    """Another network whose classes stand in another order."""
    return said(renamed(network, "other"), answers, classes=("red", "blue"), outputs=outputs)


def test_samples_are_joined_by_their_files_and_classes_by_name(here, network):
    there = of_three(
        network,
        [("f", None), ("c", "red"), ("x", "red"), ("a", "red"), ("b", "blue")],
        [[0.5, 0.5], [0.9, 0.1], [1.0, 0.0], [0.2, 0.8], [0.2, 0.8]],
    )
    both = network_comparison(here, there)
    names = [here.samples[position].id for position in both.positions]
    assert names == ["a", "b", "c", "f"]
    assert [there.samples[position].id for position in both.others] == names
    assert both.flips == (Flip.BROKEN, Flip.KEPT, Flip.MENDED, Flip.KEPT)
    assert both.difference.tolist() == pytest.approx([0.7, 0.0, 0.5, 0.0])
    assert both.of(Flip.BROKEN).tolist() == [0]
    assert (both.paired.both, both.paired.broken, both.paired.mended, both.paired.neither) == (
        1, 1, 1, 0,
    )  # fmt: skip
    rows = {row["sample"]: row for row in both.rows()}
    assert rows["a"]["here"].startswith("red")
    assert rows["a"]["there"].startswith("blue")
    assert [row["flip"] for row in both.rows()] == ["broken", "mended"]


def test_wrong_in_another_way_needs_a_third_class(network):
    outputs = np.eye(3)
    here, there = (
        said(network, [("a", "x"), ("b", "y")], classes=("x", "y", "z"), outputs=outputs[rows])
        for rows in ([1, 1], [2, 1])
    )
    both = network_comparison(here, there)
    assert both.flips == (Flip.OTHERWISE, Flip.KEPT)


def test_a_network_against_itself_flips_nothing(here):
    both = network_comparison(here, here)
    assert set(both.flips) == {Flip.KEPT}
    assert both.agreement == 1.0
    assert both.rows() == []
    assert both.paired.said == "No verdict flips."
    assert both.difference.tolist() == [0.0] * 6


def test_by_class(here, network):
    there = said(network, ANSWERS, classes=("blue", "red"), outputs=[each[::-1] for each in HERE])
    rows = {row["class"]: row for row in network_comparison(here, there).by_group()}
    assert rows["red"]["samples"] == 3
    assert (rows["red"]["right here"], rows["red"]["right there"]) == (1, 2)
    assert (rows["red"]["broken"], rows["red"]["mended"]) == (1, 2)
    assert rows["red"]["difference"] == pytest.approx(1 / 3)
    assert rows["red"]["from"] < 1 / 3 < rows["red"]["to"]


def test_ties_are_told_apart(network):
    answers = [("a", "blue")]
    here = said(network, answers, classes=("blue", "red"), outputs=[[0.5, 0.5]])
    there = said(network, answers, classes=("blue", "red"), outputs=[[0.49, 0.51]])
    both = network_comparison(here, there)
    assert both.tied.tolist() == [True]
    assert both.rows()[0]["tie"] == "tie"


def test_values_are_compared_as_values(network):
    answers = [("a", "0.5"), ("b", "1.0")]
    here = said(network, answers, outputs=[0.5, 1.3])
    there = said(network, answers, outputs=[0.7, 1.05])
    both = network_comparison(here, there)
    assert both.flips == (Flip.BROKEN, Flip.MENDED)
    assert both.difference.tolist() == pytest.approx([0.2, 0.25])


def test_the_live_threshold_counts(network):
    answers = [("a", "0.5")]
    here, there = (said(network, answers, outputs=[value]) for value in (0.5, 0.7))
    assert network_comparison(here, there, 0.3).flips == (Flip.KEPT,)
    assert network_comparison(here, there, 0.1).flips == (Flip.BROKEN,)


def test_the_headline(here, network):
    there = said(network, ANSWERS, classes=("blue", "red"), outputs=[each[::-1] for each in HERE])
    texts = [number.text for number in comparison_figures(network_comparison(here, there))]
    assert texts == ["40.0\u00a0%", "60.0\u00a0%", "16.7\u00a0%", "2", "3"]
    assert made_of(network_comparison(here, there)).startswith("6 samples that both know")


def test_nothing_in_common(here, network):
    there = of_three(network, [("x", "red")], [[1.0, 0.0]])
    both = network_comparison(here, there)
    assert len(both) == 0
    assert both.rows() == []
    assert np.isnan(both.agreement)
