"""Which layer and method are recommended, from checks written by hand and on networks."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam import GRAD_CAM, METHODS, Degenerate, Target
from gradcam.backends.keras.network import KerasNetwork
from gradcam.truth import (
    Candidate,
    Check,
    Grounds,
    candidates,
    confirmed,
    is_poor,
    quick,
    recommend,
    try_out,
)
from tests.gradcam import networks

k = keras.layers
CAR = Target.for_class(0)
USUAL = Candidate("late", "grad-cam")
EARLY, HIRES = Candidate("early", "grad-cam"), Candidate("late", "hires-cam")
BLANK = "blank"


def checked(hidden, chance=0.9):
    if hidden == BLANK:
        return Check(CAR, 1.0, float("nan"), (chance,) * 8, Degenerate.NEGATIVE)
    return Check(CAR, 1.0, hidden, (chance,) * 8)


def several(*hidden):
    return [checked(each) for each in hidden]


def test_the_gain_is_what_is_lost_beyond_chance():
    assert checked(0.2).gain == pytest.approx(0.7)
    assert checked(0.95).gain == pytest.approx(-0.05)
    assert checked(BLANK).gain == 0


def test_the_gain_of_a_value_is_how_far_it_moves():
    check = Check(Target.for_output(0), 5.0, 8.0, (4.0, 6.0), None)
    assert check.gain == pytest.approx(2.0)


def test_where_the_usual_one_is_poor_the_best_is_recommended():
    made = recommend(
        {EARLY: several(0.5, 0.6), HIRES: several(0.1, 0.1), USUAL: several(0.9, 0.9)}, USUAL
    )
    assert (made.best.candidate, made.reason) == (HIRES, Grounds.BETTER)
    assert made.best.gain == pytest.approx(0.8)
    assert (made.best.supported, made.best.blank) == (2, 0)
    assert made.usual.candidate == USUAL
    assert not made.is_usual


def test_the_usual_one_is_left_for_no_less_than_twice_its_gain():
    enough = {HIRES: several(0.1, 0.1), USUAL: several(0.45, 0.45)}
    assert recommend(enough, USUAL).is_usual
    assert recommend(enough, USUAL).reason is Grounds.USUAL
    too_little = {HIRES: several(0.1, 0.1), USUAL: several(0.55, 0.55)}
    assert recommend(too_little, USUAL).best.candidate == HIRES


def test_it_must_do_better_than_chance_in_half_of_the_telling_pictures():
    once = {
        EARLY: several(0.0, 0.9, 0.9),
        HIRES: several(0.7, 0.7, 0.7),
        USUAL: several(0.9, 0.9, 0.9),
    }
    assert recommend(once, USUAL).best.candidate == HIRES
    quiet = {
        EARLY: several(0.0, 0.1, 0.9, 0.9),  # the last two tell nothing of anybody
        USUAL: several(0.9, 0.9, 0.9, 0.9),
    }
    assert (
        recommend(quiet, USUAL).best.candidate == USUAL
    )  # two pictures more, two not: it scatters
    assert recommend({name: own[:2] for name, own in quiet.items()}, USUAL).best.candidate == EARLY


def test_what_is_better_by_less_than_it_scatters_is_not_recommended():
    by_luck = {HIRES: several(0.0, 0.85, 0.85), USUAL: several(0.88, 0.89, 0.89)}
    assert recommend(by_luck, USUAL).reason is Grounds.NO_CLEARER
    always = {HIRES: several(0.5, 0.6, 0.55), USUAL: several(0.88, 0.89, 0.89)}
    assert recommend(always, USUAL).best.candidate == HIRES


def test_of_what_is_as_good_the_later_layer_and_there_the_usual_method():
    late = Candidate("late", "layer-cam")
    checks = {
        EARLY: several(0.10, 0.10), Candidate("mid", "hires-cam"): several(0.12, 0.12),
        Candidate("mid", "grad-cam"): several(0.15, 0.15),
        late: several(0.30, 0.30), USUAL: several(0.9, 0.9),
    }  # fmt: skip
    assert recommend(checks, USUAL).best.candidate == Candidate("mid", "grad-cam")


def test_fewer_blank_maps_are_worth_another_method():
    checks = {HIRES: several(0.2, 0.2, 0.2, 0.2), USUAL: several(0.1, 0.1, 0.1, BLANK)}
    made = recommend(checks, USUAL)
    assert (made.best.candidate, made.reason) == (HIRES, Grounds.FEWER_BLANK)
    assert (made.best.blank, made.usual.blank) == (0, 1)


@pytest.mark.parametrize(
    ("hidden", "poor"),
    [
        ((0.2, 0.3), False),
        ((0.2, 0.9), False),
        ((0.2, 0.9, 0.9), True),
        ((0.2, 0.2, BLANK), True),
        ((), False),
    ],
)
def test_poor_is_what_is_blank_or_mostly_no_better_than_chance(hidden, poor):
    assert is_poor(several(*hidden)) is poor
    silent = Check(CAR, 1.0, 1.0, (1.0,) * 8)  # says the same with any fifth hidden
    assert is_poor([*several(*hidden), silent, silent]) is poor


def test_where_none_does_better_than_chance_nothing_is_recommended():
    made = recommend({EARLY: several(0.95), USUAL: several(0.9)}, USUAL)
    assert (made.best.candidate, made.reason) == (USUAL, Grounds.NONE)
    assert made.best.gain == pytest.approx(0.0)


def test_a_usual_one_that_could_not_be_tried_is_said():
    with pytest.raises(gradcam.GradcamError, match="The layer late does not lead to the output"):
        recommend({EARLY: several(0.1)}, USUAL)


def test_the_figures_are_of_other_pictures_and_what_is_no_better_there_is_not_recommended():
    chosen = recommend({HIRES: several(0.1, 0.1, 0.2), USUAL: several(0.9, BLANK, 0.9)}, USUAL)
    made = confirmed(chosen, several(0.5, 0.4), several(0.9, BLANK))
    assert made.best.gain == pytest.approx(0.45)
    assert made.best.scatter == pytest.approx(0.1)
    assert (made.best.blank, made.usual.blank) == (0, 2)  # of all
    assert made.reason is Grounds.BETTER
    refuted = confirmed(chosen, several(0.9, 0.9), several(0.8, 0.8))
    assert refuted.is_usual
    assert refuted.reason is Grounds.NO_CLEARER
    assert confirmed(chosen, [], []) is chosen


def branches():
    inputs = keras.Input((16, 16, 3))
    conv = {name: k.Conv2D(4, 3, padding="same", activation="relu", name=name)
            for name in ("stem", "left", "right")}  # fmt: skip
    trunk = conv["stem"](inputs)
    left = k.GlobalAveragePooling2D()(conv["left"](k.MaxPooling2D()(trunk)))
    right = k.GlobalAveragePooling2D()(conv["right"](k.MaxPooling2D(4)(trunk)))
    x = k.Dense(3, activation="softmax")(k.Concatenate()([left, right]))
    return KerasNetwork(networks.seeded(keras.Model(inputs, x)))


def test_every_branch_and_every_size_is_tried_by_all_fast_methods_that_know_the_class():
    layers, methods = candidates(branches())
    assert {layer.name for layer in layers} == {"stem", "left", "right"}
    names = [method.name for method in methods]
    assert {"grad-cam", "hires-cam", "layer-cam"} <= set(names)
    assert not {"eigen-cam", "mean-activation", "rise", "smooth-grad"} & set(names)


def test_a_chosen_layer_or_method_is_the_only_one():
    network = branches()
    assert [layer.name for layer in candidates(network, "left")[0]] == ["left"]
    assert candidates(network, method=METHODS["hires-cam"])[1] == (METHODS["hires-cam"],)


def test_of_many_layers_the_last_of_each_size_and_some_sums_between():
    inputs = x = keras.Input((16, 16, 3))
    for number in range(12):
        x = k.Conv2D(3, 3, padding="same", name=f"conv{number}")(x)
        x = k.ReLU(name=f"relu{number}")(x)
        if number == 7:
            x = k.MaxPooling2D()(x)
    x = k.Dense(2)(k.GlobalAveragePooling2D()(x))
    layers, _ = candidates(KerasNetwork(keras.Model(inputs, x)))
    names = [layer.name for layer in layers]
    assert len(names) == 6
    assert {"relu7", "relu11"} <= set(names)
    assert all(name.startswith("relu") for name in names)


def test_trying_is_the_quick_check_of_each_map():
    network = branches()
    picture = networks.pictures(1)
    layers, _ = candidates(network)
    methods = (GRAD_CAM, METHODS["hires-cam"])
    checks = try_out(network, picture, CAR, layers, methods)
    assert list(checks) == [Candidate(x.name, m.name) for x in layers for m in methods]
    for candidate, check in checks.items():
        raw = gradcam.explain(network, picture, candidate.layer, CAR, candidate.method).maps[0]
        expected = quick(gradcam.Probe(network, picture, candidate.layer, CAR), 0, raw)
        assert check.outcome is expected.outcome
        assert check.degenerate is expected.degenerate
        np.testing.assert_allclose(
            (check.whole, check.hidden, *check.random),
            (expected.whole, expected.hidden, *expected.random), atol=1e-5,
        )  # fmt: skip
