"""Limits for a build: how they are written, and when they are not kept."""

import numpy as np
import pytest

from services.comparing.gate import MEASURES, beyond, read_limits
from services.comparing.heat import correlation_of, right_for_another_reason, share_moved
from services.errors import ProjectError
from services.predictions.comparison import network_comparison
from services.predictions.moved_heat import Heats
from tests.services.projects import said

CLASSES = ("blue", "red")
RIGHT, WRONG = [0.1, 0.9], [0.9, 0.1]


@pytest.fixture
def both(blue_or_red):
    """Ten red samples: one broken, two mended, one wrong in both, six right in both."""
    answers = [(str(number), "red") for number in range(10)]
    here, there = (
        said(blue_or_red, answers, classes=CLASSES, outputs=outputs)
        for outputs in ([RIGHT] * 7 + [WRONG] * 3, [WRONG] + [RIGHT] * 8 + [WRONG])
    )
    return network_comparison(here, there)


HEATS = Heats(np.array([0.1, 0.6, 0.2, 0.3] + [0.2] * 6, np.float32), np.ones(10, np.float32))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("broken>10%", True), ("broken>9.9%", False), ("broken>1", True), ("broken>0", False),
        ("flipped>30%", True), ("flipped>2", False), ("changed>29%", False), ("changed>3", True),
        ("accuracy_lost>0%", True), ("heat_moved>20.1%", True), ("heat_moved>19%", False),
        ("other_reason>0", False), ("other_reason>1", True), ("other_reason>16%", False),
        ("", True), ("broken>50%, flipped>2", False),
    ],
)  # fmt: skip
def test_limits(both, text, kept):
    assert (beyond(read_limits(text), both, HEATS) == ()) is kept


def test_what_is_not_kept_is_said(both):
    (broken,) = beyond(read_limits("broken>5%"), both, None)
    assert broken.said == "broken is 10.0\u00a0%, the limit is broken>5%"
    (flipped,) = beyond(read_limits("flipped>2"), both, None)
    assert flipped.said == "flipped is 3, the limit is flipped>2"


def test_accuracy_lost_counts_what_was_mended(both):
    other = network_comparison(both.there, both.here)
    (lost,) = beyond(read_limits("accuracy_lost>5%"), other, None)
    assert lost.value == pytest.approx(0.1)


@pytest.mark.parametrize("text", ["broken", "broken>", "broken<1%", "speed>1%", "heat_moved>3"])
def test_what_is_no_limit_is_refused(text):
    with pytest.raises(ProjectError, match=r"no limit|in per cent"):
        read_limits(text)
    assert len(MEASURES) == 6


def test_heat_that_moved_by_hand():
    one, other = np.array([[0, 4.0]]), np.array([[1.0, 3.0]])
    assert share_moved(one, other) == pytest.approx(0.25)
    assert share_moved(one, 7 * one) == 0.0
    assert share_moved(one, np.array([[2.0, 0.0]])) == 1.0
    assert np.isnan(share_moved(one, np.zeros((1, 2))))
    assert share_moved(np.array([[np.nan, 1.0]]), np.array([[0.0, 1.0]])) == 0.0


def test_correlation_is_of_what_both_saw():
    one = np.array([[1.0, 2.0, 3.0, np.nan]])
    assert correlation_of(one, np.array([[3.0, 2.0, 1.0, 9.0]])) == pytest.approx(-1.0)
    assert np.isnan(correlation_of(one, np.ones((1, 4))))


def test_right_for_another_reason(both):
    assert right_for_another_reason(both, HEATS).tolist() == [1]
    moved = Heats(np.full(10, 0.9, np.float32), HEATS.correlation)
    assert right_for_another_reason(both, moved).tolist() == [1, 2, 3, 4, 5, 6]
