"""How many runs are under way together: measured once, kept, and of no account for any number."""

import threading

import pytest

from services.opening import side_by_side
from services.opening.opening import open_source
from services.opening.side_by_side import decide, fastest
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress


class Machine:
    """A clock that runs while pictures do: each takes its time, other times beside another."""

    def __init__(self, each, beside):
        self.each, self.beside = each, beside
        self.now, self.lock, self.runs = 0.0, threading.Lock(), []

    def run(self, count):
        alone = threading.current_thread() is threading.main_thread()
        with self.lock:
            self.runs.append(count)
            self.now += count * self.each * (1.0 if alone else self.beside)

    def clock(self):
        return self.now


@pytest.mark.parametrize(("beside", "most"), [(0.6, 2), (0.94, 2), (0.96, 1), (1.0, 1), (1.4, 1)])
def test_two_are_taken_where_they_are_clearly_faster(beside, most):
    machine = Machine(0.0004, beside)
    assert fastest(machine.run, machine.clock) == most
    assert max(machine.runs) <= 32


@pytest.mark.parametrize("each", [0.0004, 0.002, 0.003, 0.01, 1.0])
def test_it_takes_a_tenth_of_a_second_however_slow_the_network_is(each):
    machine = Machine(each, 0.9)
    most = fastest(machine.run, machine.clock)
    warm = 8 * each  # the first run, which has to be traced anyway
    assert machine.now - warm <= 0.25 or machine.runs == [8, 8]
    assert most == (2 if each < 0.004 else 1)  # large ones fill the cores by themselves


@pytest.fixture
def measuring(monkeypatch):
    """Answers of measurements to come, and how often one was made."""
    answers, made = [], []

    def instead(_run):
        made.append(1)
        return answers[-1]

    monkeypatch.setattr(side_by_side, "fastest", instead)
    monkeypatch.setattr(side_by_side.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(side_by_side.os, "getloadavg", lambda: (0.5, 9.0, 9.0), raising=False)
    monkeypatch.setattr(side_by_side._known, "_memory", type(side_by_side._known._memory)(8))
    answers.append(2)
    return answers, made


def test_it_is_measured_once_and_kept_on_disk(blue_or_red, measuring):
    answers, made = measuring
    decide(blue_or_red, 8, 8, Progress())
    assert blue_or_red.side_by_side == 2
    answers.append(1)
    side_by_side._known._memory.drop(*side_by_side._known._memory._values)  # another process
    blue_or_red.side_by_side = 1
    decide(blue_or_red, 8, 8, Progress())
    assert blue_or_red.side_by_side == 2
    assert made == [1]
    decide(blue_or_red, 8, 9, Progress())  # pictures of another size
    assert (blue_or_red.side_by_side, made) == (1, [1, 1])


def test_nothing_is_measured_on_one_core(blue_or_red, measuring, monkeypatch):
    monkeypatch.setattr(side_by_side.os, "cpu_count", lambda: 1)
    decide(blue_or_red, 8, 8, Progress())
    assert (blue_or_red.side_by_side, measuring[1]) == (1, [])


def test_what_would_be_measured_beside_others_is_measured_another_time(blue_or_red, measuring):
    decide(blue_or_red, 8, 8, Progress(alone=lambda: False))
    assert (blue_or_red.side_by_side, measuring[1]) == (1, [])
    decide(blue_or_red, 8, 8, Progress())
    assert (blue_or_red.side_by_side, measuring[1]) == (2, [1])


def test_on_busy_cores_it_is_measured_another_time(blue_or_red, measuring, monkeypatch):
    monkeypatch.setattr(side_by_side.os, "getloadavg", lambda: (3.1, 0.0, 0.0))
    decide(blue_or_red, 8, 8, Progress())
    assert (blue_or_red.side_by_side, measuring[1]) == (1, [])
    monkeypatch.setattr(side_by_side.os, "getloadavg", lambda: (2.9, 0.0, 0.0))
    decide(blue_or_red, 8, 8, Progress())
    assert (blue_or_red.side_by_side, measuring[1]) == (2, [1])


def test_whoever_opens_a_project_has_it_decided(measuring):
    opened = open_source(SourceReference(SourceKind.DEMO, "cars"))
    assert opened.project.network.side_by_side == 2
    assert measuring[1] == [1]
