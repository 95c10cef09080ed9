"""Runs under way together: in order, bounded, and none begun while somebody else waits."""

import threading

import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods import find_method, run_method
from gradcam.side_by_side import in_order
from tests.gradcam import networks
from tests.gradcam.methods.quick import QUICK, SLOW
from tests.waiting import PATIENCE


class Gate:
    """Calls that wait until they are let through, and say how many have begun."""

    def __init__(self):
        self.begun, self.changed = [], threading.Condition()
        self.open = set()

    def call(self, number):
        def made():
            with self.changed:
                self.begun.append(number)
                self.changed.notify_all()
                assert self.changed.wait_for(lambda: number in self.open, PATIENCE)
            return number

        return made

    def let(self, *numbers):
        with self.changed:
            self.open |= set(numbers)
            self.changed.notify_all()

    def until_begun(self, *numbers):
        with self.changed:
            assert self.changed.wait_for(lambda: set(numbers) <= set(self.begun), PATIENCE)


def test_results_come_in_order_whichever_ends_first():
    gate = Gate()
    results = in_order(map(gate.call, range(4)), lambda: 2)
    collected = []
    reading = threading.Thread(target=lambda: collected.extend(results), daemon=True)
    reading.start()
    gate.until_begun(0, 1)
    gate.let(1)
    assert 2 not in gate.begun  # two at most
    gate.let(0)
    gate.until_begun(2, 3)
    gate.let(3, 2)
    reading.join(PATIENCE)
    assert collected == [0, 1, 2, 3]


def test_one_at_a_time_is_made_by_whoever_asks():
    threads = []
    results = in_order([lambda: threads.append(threading.current_thread())] * 3, lambda: 1)
    for number, _ in enumerate(results, 1):
        assert len(threads) == number  # none ahead
    assert set(threads) == {threading.current_thread()}


def test_none_is_begun_while_a_result_is_looked_at():
    gate = Gate()
    gate.let(*range(5))
    results = in_order(map(gate.call, range(5)), lambda: 2)
    for number in range(5):
        assert next(results) == number
        gate.until_begun(*range(min(5, number + 2)))
        assert len(gate.begun) <= number + 2


def test_as_soon_as_somebody_waits_no_second_one_is_begun():
    gate, most = Gate(), [2]
    gate.let(*range(5))
    results = in_order(map(gate.call, range(5)), lambda: most[0])
    assert next(results) == 0
    most[0] = 1
    for number in range(1, 5):
        assert next(results) == number
        assert gate.begun == list(range(number + 1))


def test_an_error_comes_in_its_turn_and_ends_the_others():
    def broken():
        raise ValueError("broken")

    made = []
    results = in_order([lambda: 1, broken, *[lambda: made.append(1)] * 5], lambda: 2)
    assert next(results) == 1
    with pytest.raises(ValueError, match="broken"):
        next(results)
    assert len(made) <= 1
    assert list(results) == []


def test_who_leaves_waits_for_what_is_under_way_and_no_more():
    gate = Gate()
    gate.let(0, 1)
    results = in_order(map(gate.call, range(9)), lambda: 2)
    assert next(results) == 0
    results.close()
    assert gate.begun == [0, 1]
    assert not [each for each in threading.enumerate() if each.name.startswith("side-by-side")]


# ------------------------------------------------------------------------------ by a probe


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(networks.staged())


@pytest.fixture
def both(network):
    """The network by itself, and with two runs under way."""

    def ask(work):
        answers = []
        for network.side_by_side in (1, 2):
            answers.append(work())
        network.side_by_side = 1
        return answers

    return ask


@pytest.mark.parametrize("method", SLOW)
def test_two_runs_under_way_change_no_bit_and_no_count(network, both, method):
    picture = np.random.default_rng(3).random((2, networks.SIZE, networks.SIZE, 3), np.float32)
    told = []

    def explained():
        told.append([])
        return gradcam.explain(
            network,
            picture,
            method=method,
            chunk=8,
            tell=lambda *counts: told[-1].append(counts),
            **QUICK.get(method, {}),
        ).maps

    one, two = both(explained)
    np.testing.assert_array_equal(one, two)
    assert told[0] == told[1]
    assert told[0] == sorted(told[0])


class Counting:
    """A network that counts how many runs are under way, each waiting for a second one to come."""

    def __init__(self, own, together):
        self.own, self.together = own, threading.Barrier(together)
        self.now, self.most, self.lock = 0, 0, threading.Lock()

    def __getattr__(self, name):
        return getattr(self.own, name)

    def perturbed(self, *given, **named):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.together.wait(PATIENCE)
        try:
            return self.own.perturbed(*given, **named)
        finally:
            with self.lock:
                self.now -= 1


@pytest.mark.parametrize(("alone", "most"), [(True, 2), (False, 1)])
def test_two_are_under_way_only_while_nobody_else_waits(network, both, alone, most):
    picture = np.random.default_rng(3).random((1, networks.SIZE, networks.SIZE, 3), np.float32)

    def under_way():
        counting = Counting(network, most if network.side_by_side == 2 else 1)
        probe = gradcam.Probe(counting, picture, chunk=8, alone=lambda: alone)
        run_method(probe, find_method("rise"), masks=64)
        return counting.most

    assert both(under_way) == [1, most]


class LeavingError(Exception):
    """The person left."""


def test_who_stops_has_at_most_one_more_run_made(network, both):
    picture = np.random.default_rng(3).random((1, networks.SIZE, networks.SIZE, 3), np.float32)

    def asked():
        counting = Counting(network, 1)
        runs, original = [], counting.perturbed
        counting.perturbed = lambda *given, **named: (runs.append(1), original(*given, **named))[1]

        def leave(done, _total):
            if done >= 16:
                raise LeavingError

        probe = gradcam.Probe(counting, picture, chunk=8, tell=leave)
        with pytest.raises(LeavingError):
            run_method(probe, find_method("rise"), masks=400)
        return len(runs)

    one, two = both(asked)
    assert one == 2
    assert two <= 3
