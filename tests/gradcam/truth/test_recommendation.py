"""Which layer is recommended, from checks written by hand."""

import pytest

from gradcam import Degenerate, Target
from gradcam.truth import Check, LayerReason, Recommendation, recommend

CAR = Target.for_class(0)


def checked(hidden, chance=0.9, degenerate=None):
    return Check(CAR, 1.0, hidden, (chance,) * 8, degenerate)


def test_the_gain_is_what_is_lost_beyond_chance():
    assert checked(0.2).gain == pytest.approx(0.7)
    assert checked(0.95).gain == pytest.approx(-0.05)
    assert checked(float("nan"), degenerate=Degenerate.ZERO).gain == 0


def test_the_gain_of_a_value_is_how_far_it_moves():
    check = Check(Target.for_output(0), 5.0, 8.0, (4.0, 6.0), None)
    assert check.gain == pytest.approx(2.0)


def test_the_layer_whose_heat_counts_most():
    found = recommend({"a": [checked(0.6)], "b": [checked(0.1)], "c": [checked(0.5)]}, "c")
    assert found == Recommendation("b", LayerReason.BEST, pytest.approx(0.8))


def test_of_layers_that_are_as_good_the_latest():
    checks = {"a": [checked(0.10)], "b": [checked(0.15)], "c": [checked(0.20)]}
    assert recommend(checks, "a") == Recommendation("b", LayerReason.LATEST, pytest.approx(0.75))


def test_the_mean_over_the_pictures_counts():
    checks = {"a": [checked(0.0), checked(0.85)], "b": [checked(0.3), checked(0.3)]}
    assert recommend(checks, "a").layer == "b"


def test_a_layer_must_do_better_than_chance_in_half_of_the_pictures():
    checks = {"a": [checked(0.0), checked(0.9), checked(0.9)], "b": [checked(0.8)] * 3}
    assert recommend(checks, "a").layer == "b"


def test_where_none_does_better_than_chance_it_is_the_usual_one():
    checks = {"a": [checked(0.9)], "b": [checked(0.95)]}
    assert recommend(checks, "b") == Recommendation("b", LayerReason.USUAL, pytest.approx(-0.05))
    assert recommend({}, "b") == Recommendation("b", LayerReason.USUAL, 0.0)


def test_half_of_the_pictures_is_enough():
    checks = {"a": [checked(0.0), checked(0.9)], "b": [checked(0.8)] * 2}
    assert recommend(checks, "b").layer == "a"
