"""The badge: the hottest fifth hidden, and random fifths beside it."""

from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam import Degenerate, Target
from gradcam.baseline import baseline
from gradcam.masks import seen_through
from gradcam.truth import (
    Check,
    Outcome,
    hottest,
    importance,
    quick,
    quick_each,
    random_maps,
)
from tests.gradcam.truth.conftest import PATCH, picture, score

CLASS, VALUE = Target.for_class(0), Target.for_output(0)
SCATTERED = (0.80, 0.90, 0.80, 0.90)  # mean 0.85, deviation 0.0577


def check(hidden, random=SCATTERED, whole=0.95, target=CLASS, degenerate=None):
    return Check(target, whole, hidden, tuple(random), degenerate)


@pytest.mark.parametrize(
    ("hidden", "outcome"),
    [
        (0.20, Outcome.SUPPORTED),
        (0.73, Outcome.SUPPORTED),  # 0.85 - 2 · 0.0577 = 0.7345
        (0.74, Outcome.NO_BETTER),
        (0.85, Outcome.NO_BETTER),
        (0.96, Outcome.NO_BETTER),
        (0.97, Outcome.WORSE),
    ],
)
def test_two_deviations_from_chance_decide(hidden, outcome):
    assert check(hidden).outcome is outcome


def test_where_chance_does_not_scatter_two_hundredths_are_needed():
    even = [0.95] * 4
    assert check(0.925, even).outcome is Outcome.SUPPORTED
    assert check(0.975, even).outcome is Outcome.WORSE
    assert check(0.91, [0.92] * 4).outcome is Outcome.NO_BETTER
    assert check(0.93, [0.92] * 4).outcome is Outcome.NO_BETTER


def test_where_nothing_moves_there_is_nothing_to_say():
    assert check(0.94, [0.95, 0.96]).outcome is Outcome.NOTHING_TO_SAY
    assert check(0.94, [0.95, 0.90]).outcome is Outcome.NO_BETTER


def test_a_map_that_shows_nothing_says_nothing():
    assert check(0.2, degenerate=Degenerate.ZERO).outcome is Outcome.NOTHING_TO_SAY


def test_of_a_value_it_counts_how_far_it_moves():
    for hidden in (20.0, 4.0):
        found = check(hidden, (12.5, 11.5, 12.5, 11.5), whole=12.0, target=VALUE)
        assert found.outcome is Outcome.SUPPORTED
    still = check(12.1, (20.0, 4.0, 20.0, 4.0), whole=12.0, target=VALUE)
    assert still.outcome is Outcome.WORSE


def test_two_hundredths_of_a_value_are_worth_a_word():
    assert check(12.2, (12.1,) * 4, whole=12.0, target=VALUE).outcome is Outcome.NOTHING_TO_SAY
    assert check(12.4, (12.1,) * 4, whole=12.0, target=VALUE).outcome is Outcome.SUPPORTED
    assert check(-12.4, (-12.1,) * 4, whole=-12.0, target=VALUE).outcome is Outcome.SUPPORTED


def test_the_sentence_for_a_class():
    assert check(0.21, (0.86, 0.90), whole=0.93).sentence("*car*") == (
        "hiding the hottest fifth takes *car* from 93 % to 21 %; "
        "hiding a random fifth takes it to 88 ± 6 %"
    )


def test_the_sentence_for_a_small_score_has_a_decimal():
    assert check(0.0021, (0.03,), whole=0.042).sentence("*car*") == (
        "hiding the hottest fifth takes *car* from 4.2 % to 0.2 %; "
        "hiding a random fifth takes it to 3.0 ± 2.0 %"
    )


def test_the_sentence_for_a_value():
    found = check(21.04, (40.0, 41.0), whole=43.21, target=VALUE)
    assert found.sentence("the value") == (
        "hiding the hottest fifth moves the value from 43.2 to 21, by 22.2; "
        "hiding a random fifth moves it by 2.71 ± 1.41"
    )


def test_what_lowers_a_value_is_told_with_the_value_as_it_is():
    lowers = Target.for_output(0, lowers=True)
    assert "from 0.4 to 0.6" in check(-0.6, (-0.4,), -0.4, lowers).sentence("the value")


def test_the_sentence_for_a_contrast_has_a_minus():
    found = check(-0.2, (0.8,), whole=0.86, target=Target.contrast(0, 1))
    assert found.sentence("*car*", "*no car*") == (
        "hiding the hottest fifth takes the lead of *car* over *no car* "
        "from 86 points to −20 points; hiding a random fifth takes it to 80 ± 2 points"
    )


NEAR = [(0.7339, SCATTERED), (0.7351, SCATTERED), (0.9662, SCATTERED), (0.9651, SCATTERED),
        (0.9098, [0.93] * 4), (0.9102, [0.93] * 4), (0.5004, (0.5, 0.6))]  # fmt: skip


@pytest.mark.parametrize(("hidden", "random"), NEAR)
@pytest.mark.parametrize("target", [CLASS, Target.contrast(0, 1), VALUE])
def test_the_outcome_can_be_read_off_the_figures(hidden, random, target):
    found = check(hidden, random, whole=0.95, target=target)
    told = found.figures_said
    own = told.moved or f"-{told.hidden.split()[0]}"
    middle, within = (float(each.split()[0]) for each in told.chance.split(" ± "))
    middle = middle if told.moved else -middle
    above, below = float(own) > middle + within, float(own) < middle - within
    read = Outcome.SUPPORTED if above else Outcome.WORSE if below else Outcome.NO_BETTER
    assert found.outcome is read


def test_of_a_value_the_figures_are_how_far_it_moves_either_way():
    """Random fifths that raise and lower it leave their mean where the whole picture's is."""
    found = check(12.9, (11.0, 13.0, 11.2, 12.8), whole=12.0, target=VALUE)
    assert found.outcome is Outcome.NO_BETTER
    assert found.sentence("the value") == (
        "hiding the hottest fifth moves the value from 12 to 12.9, by 0.9; "
        "hiding a random fifth moves it by 0.9 ± 0.24"
    )


def test_maps_of_one_picture_share_the_random_fifths(class_probe):
    told = []
    probe = gradcam.Probe(class_probe.network, picture()[None], tell=lambda *now: told.append(now))
    blank = np.zeros_like(PATCH)
    checks = quick_each(probe, 0, [PATCH, blank, 1.0 - PATCH], probe.layer, seed=3)
    assert told == [(11, 11)]  # the picture, two hottest fifths, eight random ones
    assert [each.degenerate for each in checks] == [None, Degenerate.ZERO, None]
    alone = [quick(probe, 0, raw, seed=3) for raw in (PATCH, blank, 1.0 - PATCH)]
    # One batch of eleven and one of ten: the last bit is the processor's.
    randoms = [pytest.approx(each.random, rel=1e-6) for each in alone]
    assert [each.random for each in checks] == randoms
    for each, other in zip(checks, alone, strict=True):
        numbers = [(one.whole, one.hidden) for one in (each, other)]
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-6, nan_ok=True)
        same = replace(each, whole=other.whole, hidden=other.hidden, random=other.random)
        assert repr(same) == repr(other)  # of a blank map two numbers are NaN


def test_the_sentence_for_a_map_that_shows_nothing_says_why():
    assert check(0.2, degenerate=Degenerate.ZERO).sentence("*car*") == Degenerate.ZERO.value


def fifth_hidden(raw, fill):
    mask = hottest(importance(raw, 8, 8), 0.2)
    seen = seen_through(1 - mask[None], picture(), baseline(fill, picture()))
    return float((seen[0, ..., 0] * PATCH).sum() / PATCH.sum())


def test_the_oracle_is_supported_and_its_inverse_is_not(class_probe):
    right, wrong = (quick(class_probe, 0, raw, fill="zero") for raw in (PATCH, 1.0 - PATCH))
    assert right.outcome is Outcome.SUPPORTED
    assert right.whole == pytest.approx(score(1.0), rel=1e-5)
    assert right.hidden == pytest.approx(score(0.2), rel=1e-4)  # 0.8 of the quarter is a fifth
    assert wrong.hidden == pytest.approx(score(1.0), rel=1e-5)
    assert wrong.outcome is Outcome.NO_BETTER


def test_a_fifth_of_random_maps_is_hidden_as_well(class_probe):
    found = quick(class_probe, 0, PATCH, seed=3, fill="zero")
    expected = [score(fifth_hidden(raw, "zero")) for raw in random_maps(class_probe.layer, 8, 3)]
    np.testing.assert_allclose(found.random, expected, rtol=1e-4)
    assert found.by_chance == pytest.approx(np.mean(expected), rel=1e-4)
    assert quick(class_probe, 0, PATCH, fill="zero").random != found.random


def test_the_fill_and_the_picture_count(class_probe):
    plain = quick(class_probe, 0, PATCH, fill="zero")
    assert quick(class_probe, 0, PATCH).hidden > plain.hidden + 0.01
    assert quick(class_probe, 1, PATCH).whole == pytest.approx(score(0.75), rel=1e-5)


def test_a_random_map_is_no_better_than_chance(class_probe):
    outcomes = [
        quick(class_probe, 1, next(random_maps(class_probe.layer, 1, 100 + seed))).outcome
        for seed in range(10)
    ]
    assert outcomes.count(Outcome.NO_BETTER) >= 8


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (np.ones((8, 8), np.float32), Degenerate.CONSTANT),
        (np.zeros((8, 8), np.float32), Degenerate.ZERO),
        (-PATCH - 1.0, Degenerate.NEGATIVE),
        (np.full((8, 8), np.nan, np.float32), Degenerate.NOT_FINITE),
    ],
)
def test_a_map_that_shows_nothing_is_not_hidden(class_probe, raw, why):
    found = quick(class_probe, 0, raw)
    assert found.degenerate is why
    assert found.outcome is Outcome.NOTHING_TO_SAY
    assert np.isnan(found.hidden)
    assert len(found.random) == 8


def test_it_takes_one_batch_of_ten(class_network):
    told = []
    probe = gradcam.Probe(class_network, picture()[None], tell=lambda *so_far: told.append(so_far))
    quick(probe, 0, PATCH)
    assert told == [(10, 10)]
