"""Both networks timed in one run: in turn, each at its own size."""

from dataclasses import replace

import pytest

from gradcam import InputSpec
from services.comparing import speed as module
from services.comparing.speed import BothTimed, Speeds
from services.comparing.telling import sizes
from services.inside.latency import WARM_UP, Latency, Timing
from services.keeping.store import BoundedStore
from services.predictions.comparison import network_comparison
from tests.services.asking import had
from tests.services.projects import SIZE, project_of, said


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(module, "_measured", BoundedStore(8))


def test_ratios_are_of_the_runs_of_one_round():
    # Each round the second takes twice as long, however slow the machine is in that round.
    here, there = (Latency(took, 4, 4, 3, "box") for took in ((1.0, 5.0, 2.0), (2.0, 10.0, 4.0)))
    both = Speeds(here, there)
    assert both.ratios.tolist() == [2.0, 2.0, 2.0]
    assert both.said == (
        "There one prediction takes 2.00 times as long as here (median of 3 rounds in which both "
        "ran, the middle half 2.00 to 2.00), on box. Other devices will differ."
    )


def test_both_are_measured_and_stand_in_the_table(blue_or_red, runs):
    answers = said(blue_or_red, [("a", "red")], classes=("blue", "red"), outputs=[[0, 1]])
    both = network_comparison(answers, answers)
    asked = BothTimed.of(both)
    assert (asked.missing, asked.found) == (1, None)
    assert had(asked).error is None
    found = asked.found
    assert (found.here.height, found.there.width) == (SIZE, SIZE)
    assert len(found.here.seconds) == len(found.there.seconds)
    assert len(runs) == 2 * (WARM_UP + len(found.here.seconds))
    assert [row["milliseconds"] for row in sizes(both, found)] == pytest.approx(
        [found.here.median, found.there.median], rel=0.005
    )
    assert all("milliseconds" not in row for row in sizes(both))
    asked.forget()
    assert asked.missing == 1


def test_the_two_that_are_compared_each_at_its_own_size(blue_or_red):
    answers = said(blue_or_red, [("a", "red")], classes=("blue", "red"), outputs=[[0, 1]])
    small = replace(answers, project=project_of(blue_or_red, [], input_spec=InputSpec(8, 6)))
    asked = BothTimed.of(network_comparison(answers, small))
    assert (asked.there.height, asked.there.width) == (6, 8)
    assert asked.here == Timing.of(answers.project)
