"""Two classifiers of the same samples, by hand and by published figures."""

from math import comb

import pytest

from services.tasks.paired import Paired


def test_the_exact_test_is_a_fair_coin():
    paired = Paired(both=900, broken=20, mended=11, neither=87)
    by_hand = 2 * sum(comb(31, k) for k in range(20, 32)) / 2**31
    assert paired.p_value == pytest.approx(by_hand, abs=1e-12)
    assert paired.p_value == pytest.approx(0.15, abs=0.005)  # the study's own
    assert "no more than chance" in paired.said


def test_too_few_flips_tell_nothing():
    assert Paired(50, 6, 3, 1).p_value is None
    assert Paired(50, 6, 3, 1).said == "9 verdicts flip: too few to tell which network is better."
    assert Paired(50, 1, 0, 1).said.startswith("1 verdict flips")
    assert Paired(50, 0, 0, 1).said == "No verdict flips."
    assert Paired(50, 7, 3, 1).p_value is not None


def test_which_is_better_is_said():
    assert Paired(50, 30, 2, 1).said.endswith("the other network is worse.")
    assert Paired(50, 2, 30, 1).said.endswith("the other network is better.")


def test_newcombes_interval():
    paired = Paired(36, 12, 2, 0)  # Newcombe 1998, his method 10: 0.0569 to 0.3404 of the first
    assert paired.interval == pytest.approx((-0.3404, -0.0569), abs=5e-5)
    assert paired.difference == pytest.approx(-0.2)


def test_the_interval_is_narrower_where_both_go_together():
    together, apart = Paired(45, 0, 5, 50), Paired(22, 23, 28, 27)  # the same two accuracies
    assert together.difference == apart.difference == 0.05
    # By hand: Wilson's intervals of 45 and of 50 in 100, φ of 45·50 less n/2.
    low, high = together.interval
    phi = (45 * 50 - 0 * 5 - 50) / (45 * 55 * 50 * 50) ** 0.5
    first, second = (0.356149, 0.547506), (0.403832, 0.596168)
    one, other = second[1] - 0.50, 0.45 - first[0]
    assert high - 0.05 == pytest.approx(
        (one**2 - 2 * phi * one * other + other**2) ** 0.5, abs=2e-4
    )
    assert high - low < 0.6 * (apart.interval[1] - apart.interval[0])


def test_nothing_labelled():
    assert Paired(0, 0, 0, 0).interval == (0.0, 0.0)
    assert Paired(0, 0, 0, 0).difference == 0.0
