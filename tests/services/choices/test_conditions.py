from dataclasses import replace

import numpy as np
import pytest

from services.choices.conditions import conditions, filter_said
from services.choices.filter import Filter, Verdict
from services.choices.selection import written
from services.findings.finding import Finding, QuestionKind
from services.findings.report import Report, reports
from tests.services.projects import said

CLASSES = ("Leaf___blight", "Leaf___healthy")


@pytest.fixture(scope="module")
def leaves(blue_or_red):
    return said(
        blue_or_red,
        [
            ("a.png", CLASSES[0], {"camera": "north"}),
            ("b.png", CLASSES[1], {"camera": "south"}),
            ("c.png", CLASSES[1]),
        ],
        classes=CLASSES,
        outputs=[[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]],
    )


@pytest.fixture(scope="module")
def gauges(redness):
    return said(redness, [("a.png", "0.2"), ("b.png", "0.5")], outputs=[[0.25], [0.1]])


def words(predictions, **only):
    return [one.words for one in conditions(predictions, Filter(**only))]


def test_all_samples_ask_nothing(leaves, gauges):
    assert conditions(leaves, Filter()) == conditions(gauges, Filter()) == ()
    assert words(leaves, sort="By name", threshold=0.3, order_seed=4) == []


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ({"verdict": Verdict.INCORRECT}, "incorrect"),
        ({"true_class": "Leaf___blight"}, "true: blight"),
        ({"predicted_class": "Leaf___healthy"}, "predicted: healthy"),
        ({"low": 20, "high": 60}, "confidence 20–60\u00a0%"),
        ({"text": "night"}, "name contains “night”"),
        ({"metadata": "camera=north"}, "camera: north"),
        ({"picked": "0123.abc"}, "picked samples"),
        ({"finding": "0123456789abcdef.0"}, "a finding"),
        ({"true_class": "of another"}, "true: of another"),
        ({"error_low": 0.5}, "error low: 0.5"),
    ],
)
def test_a_condition_says_what_passes(leaves, only, expected):
    assert words(leaves, **only) == [expected]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ({"true_low": 0.3}, "true value ≥ 0.3"),
        ({"predicted_high": 0.2}, "predicted value ≤ 0.2"),
        ({"error_low": -0.5, "error_high": 0.05}, "error -0.5 to 0.05"),
    ],
)
def test_a_condition_says_the_bounds_of_values(gauges, only, expected):
    assert words(gauges, **only) == [expected]


def test_a_tooltip_has_the_whole_name(leaves):
    only = Filter(true_class="Leaf___blight")
    assert [one.whole for one in conditions(leaves, only)] == ["true: Leaf___blight"]
    assert filter_said(leaves, only) == "true: Leaf___blight"


def test_picked_samples_and_a_finding_say_what_they_are(leaves):
    finding = Finding(next(iter(QuestionKind)), "Is it the light?", "12 of 40", (), 1.0)
    reports.put("fedcba9876543210", Report("fedcba9876543210", 3, 0, 1, (finding,)))
    only = {"picked": written(leaves, [0, 2]), "finding": "fedcba9876543210.0"}
    assert words(leaves, **only) == ["2 picked samples", "finding: Is it the light?"]


def test_each_condition_is_taken_off_by_itself(leaves):
    only = Filter(
        Verdict.CORRECT, CLASSES[0], "", 20, 60, "x", "By name", metadata="camera=north&lens=wide"
    )
    taken = {one.words: one.without for one in conditions(leaves, only)}
    assert taken == {
        "true: blight": replace(only, true_class=""),
        "confidence 20–60\u00a0%": replace(only, low=0, high=100),
        "correct": replace(only, verdict=Verdict.ALL),
        "name contains “x”": replace(only, text=""),
        "camera: north": replace(only, metadata="lens=wide"),
        "lens: wide": replace(only, metadata="camera=north"),
    }
    assert len({one.key for one in conditions(leaves, only)}) == 6


def test_clearing_keeps_what_leaves_no_sample_out():
    only = Filter(Verdict.CORRECT, sort="By name", threshold=0.3, order_seed=5, true_low=1.0)
    assert only.narrows
    assert only.cleared() == Filter(sort="By name", threshold=0.3, order_seed=5)
    assert not only.cleared().narrows


def test_ranges_are_put_upright():
    turned = Filter(low=80, high=20, error_low=0.5, error_high=-0.5, true_low=3.0)
    assert turned.upright() == Filter(low=20, high=80, error_low=-0.5, error_high=0.5, true_low=3.0)
    assert np.isnan(Filter(true_low=float("nan")).upright().true_low)
