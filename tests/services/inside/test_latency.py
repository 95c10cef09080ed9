"""How long a prediction takes: measured in the background, at the real size, after a warm-up."""

import pytest

from gradcam import InputSpec
from services.errors import Cancelled
from services.inside import latency as module
from services.inside.latency import (
    LEAST,
    MOST,
    WARM_UP,
    Latency,
    Timing,
    measure,
    measure_in_turn,
    milliseconds,
)
from services.keeping.store import BoundedStore
from services.work.progress import Progress
from tests.services.asking import had
from tests.services.projects import SIZE, project_of
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(module, "_measured", BoundedStore(8))


class Clock:
    """Time that only runs take and pauses."""

    def __init__(self, monkeypatch, *seconds):
        self.now, self.runs, self.pauses = 0.0, 0, []
        self.seconds = seconds
        monkeypatch.setattr(module.Progress, "pause", self.pause)

    def __call__(self):
        return self.now

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

    def run(self):
        self.now += self.seconds[min(self.runs, len(self.seconds) - 1)]
        self.runs += 1


def test_the_warm_up_is_not_counted_and_others_get_as_long_as_a_run_took(monkeypatch):
    clock = Clock(monkeypatch, *[9.0] * WARM_UP, 0.25, 0.5, 0.25)
    found = measure(clock.run, Progress(), clock)
    assert found == (0.25, 0.5, *[0.25] * (LEAST - 2))
    assert clock.pauses == list(found)
    assert clock.runs == WARM_UP + LEAST  # however slow it is


def test_a_quick_network_is_run_so_often_and_no_more(monkeypatch):
    clock = Clock(monkeypatch, 0.001)
    progress = Progress()
    assert len(measure(clock.run, progress, clock)) == MOST
    assert (progress.step.done, progress.step.total) == (MOST, MOST)


def test_after_some_seconds_no_further_run_begins(monkeypatch):
    clock = Clock(monkeypatch, 0.125)  # with its pause a quarter of a second
    assert len(measure(clock.run, Progress(), clock)) == module.SECONDS / 0.25


def test_runs_of_one_measurement_take_turns_and_swap_their_order(monkeypatch):
    clock, order = Clock(monkeypatch, 0.5), []
    runs = [lambda name=name: (order.append(name), clock.run()) for name in "ab"]
    first, second = measure_in_turn(runs, Progress(), clock)
    assert first == second == (0.5,) * LEAST
    assert "".join(order) == "ab" * WARM_UP + "abba" * (LEAST // 2)


def test_a_measurement_can_be_left():
    progress, runs = Progress(), []

    def run():
        runs.append(len(runs))
        if len(runs) == 2:
            progress.cancel()

    with pytest.raises(Cancelled):
        measure(run, progress)
    assert len(runs) == 2


def test_a_latency_is_said_with_its_spread_and_its_machine():
    found = Latency((0.001, 0.002, 0.003, 0.004, 0.100), 96, 64, 3, "box (A CPU, 2 cores)")
    assert found.median == pytest.approx(3.0)
    assert found.quarters == pytest.approx((2.0, 4.0))
    assert str(found) == (
        "3 ms (median of 5 runs; the middle half took 2 ms to 4 ms), one input of 96 × 64 × 3, "
        "on box (A CPU, 2 cores)"
    )
    assert milliseconds(1234.5) == "1,234 ms"
    assert milliseconds(0.01234) == "0.0123 ms"


def test_a_project_s_network_is_timed_once_at_the_size_it_gets(blue_or_red, runs, monkeypatch):
    monkeypatch.setattr(module, "machine_name", lambda: "here")
    asked = Timing.of(project_of(blue_or_red, [], input_spec=InputSpec(SIZE, SIZE)))
    assert (asked.missing, asked.found) == (1, None)
    job = had(asked)
    assert job.error is None
    assert asked.missing == 0
    found = asked.found
    assert set(runs) == {1}  # one picture at a time
    assert len(runs) == WARM_UP + len(found.seconds)
    assert LEAST <= len(found.seconds) <= MOST
    assert 0 < found.median < 1000 * PATIENCE
    assert (found.height, found.width, found.channels, found.machine) == (SIZE, SIZE, 3, "here")
    assert Timing(blue_or_red, 2 * SIZE, SIZE).missing == 1
    asked.forget()
    assert asked.missing == 1
