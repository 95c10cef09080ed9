import numpy as np
import pytest

from services.opening.check.clues import Assurance, Standing, weigh
from services.opening.check.ruling import rule
from services.opening.check.trials import EARLY, FIRST, race
from tests.services.opening.check.tables import BGR, RAW, USUAL, WAYS, Way, table, wrong_at

TRUE = [0, 1, 2] * 8


def standing(usual=USUAL, assurance=Assurance.GUESS, ways=WAYS):
    return Standing(usual, tuple(dict.fromkeys([usual, *ways])), assurance, contradicted=False)


def ruled(true, calls, stands=None):
    stands = stands or standing()
    bench, _ = table(true, calls)
    trials = [each for each in race(bench, WAYS, stands) if each.count == len(true)]
    ruling = rule(trials, stands)
    return ruling, [rival.medium for rival in ruling.rivals]


def test_the_usual_way_stays_where_another_is_a_little_better():
    ruling, rivals = ruled(TRUE, {USUAL: wrong_at(TRUE, 0, 5, 7), RAW: wrong_at(TRUE, 1)})
    assert ruling.chosen.medium == USUAL
    assert rivals == [RAW]


@pytest.mark.parametrize(
    ("assurance", "wrong", "chosen"),
    [
        (Assurance.GUESS, 4, USUAL),  # 4 of 4: 6 %
        (Assurance.GUESS, 5, RAW),  # 5 of 5: 3 %
        (Assurance.LIKELY, 5, USUAL),
        (Assurance.LIKELY, 8, RAW),  # 8 of 8: 0.4 %
        (Assurance.CERTAIN, 7, USUAL),
        (Assurance.CERTAIN, 8, RAW),
    ],
)
def test_evidence_is_left_later_than_a_custom(assurance, wrong, chosen):
    calls = {USUAL: wrong_at(TRUE, *range(wrong)), RAW: TRUE}
    ruling, _ = ruled(TRUE, calls, standing(assurance=assurance))
    assert ruling.chosen.medium == chosen


@pytest.mark.parametrize(("wrong", "chosen"), [(7, USUAL), (8, BGR)])
def test_the_order_of_colours_is_left_for_a_sure_difference_only(wrong, chosen):
    ruling, rivals = ruled(TRUE, {USUAL: wrong_at(TRUE, *range(wrong)), BGR: TRUE})
    assert ruling.chosen.medium == chosen
    assert rivals == ([BGR] if chosen == USUAL else [])


def test_no_rival_is_named_that_loses_significantly():
    _, rivals = ruled(TRUE, {USUAL: TRUE, BGR: wrong_at(TRUE, 1, 2, 3, 4)})
    assert rivals == [BGR]  # 4 of 4: 6 %
    _, rivals = ruled(TRUE, {USUAL: TRUE, BGR: wrong_at(TRUE, 1, 2, 3, 4, 5)})
    assert rivals == []  # 5 of 5: 3 %


def test_one_answer_for_all_earns_nothing_on_a_set_of_mostly_one_class():
    true = [0] * 57 + [1] * 3
    mostly = [0] * 52 + [1] * 8  # five good ones called defects, all defects seen
    ruling, rivals = ruled(true, {USUAL: mostly, RAW: [0] * 60})
    assert (ruling.chosen.medium, rivals) == (USUAL, [])
    ruling, rivals = ruled(true, {USUAL: [0] * 60, RAW: mostly})
    assert ruling.chosen.medium == RAW


def test_to_do_better_than_one_answer_for_all_is_not_enough():
    """Of an untrained network: 8 of 12 are what luck gives."""
    true = [0, 1] * 6
    ruling, rivals = ruled(true, {RAW: wrong_at(true, 0, 1, 2, 3)})
    assert (ruling.chosen.medium, rivals) == (USUAL, [RAW])


def test_a_wrong_order_of_the_classes_does_not_choose_the_scaling():
    """3 % right under the trained scaling, 42 % under one that saturates."""
    true = [0, 1] * 18
    turned = [1 - each for each in true]
    saturated = [0] * 3 + [1] * 33
    ruling, _ = ruled(true, {USUAL: saturated, RAW: [true[0], *turned[1:]]})
    assert ruling.in_any_order
    assert ruling.chosen.medium == RAW


def test_a_scaling_that_was_ruled_out_is_no_rival_and_not_even_tried():
    bench, network = table(TRUE, {USUAL: TRUE, RAW: TRUE})
    stands = Standing(USUAL, (USUAL, BGR), Assurance.CERTAIN, contradicted=False)
    race(bench, WAYS, stands)
    assert {way for way, _ in network.asked} == {USUAL, BGR}


def test_what_was_ruled_out_is_tried_where_nothing_else_does_better_than_chance():
    bench, _ = table(TRUE, {RAW: TRUE})
    stands = Standing(USUAL, (USUAL, BGR), Assurance.CERTAIN, contradicted=False)
    trials = [each for each in race(bench, WAYS, stands) if each.count == len(TRUE)]
    assert rule(trials, stands).chosen.medium == RAW


# ----------------------------------------------------------------------- fewer pictures first


def test_hopeless_ways_are_left_after_the_first_pictures():
    true = [0, 1, 2] * 16
    bench, network = table(true, {USUAL: true, BGR: wrong_at(true, 3)})
    race(bench, WAYS, standing())
    counts = {way: sum(other == way for other, _ in network.asked) for way in WAYS}
    assert counts == {way: 48 if way in {USUAL, BGR} else FIRST if way.colour == "rgb" else 0
                      for way in WAYS}  # fmt: skip


def test_the_other_order_of_colours_is_tried_with_all_where_the_usual_way_is_not_the_best():
    turned = Way("0..255", "bgr")
    true = [0, 1, 2] * 16
    caffe = Way("bgr-subtract-imagenet-mean")
    bench, _ = table(true, {caffe: wrong_at(true, 9), turned: true})
    tried = {each.medium: each.count for each in race(bench, WAYS, standing())}
    assert tried[turned] == 48


@pytest.mark.parametrize("accuracy", [0.8, 0.97])
@pytest.mark.parametrize("seed", range(5))
def test_the_trained_way_is_seldom_taken_for_hopeless(accuracy, seed):
    """200 draws of networks in a wrong order of classes, which the first pictures cannot know."""
    rng = np.random.default_rng(seed)
    lost = 0
    for _ in range(40):
        true = list(rng.integers(0, 3, 48))
        order = rng.permutation(3)
        said = [order[t] if rng.random() < accuracy else rng.integers(0, 3) for t in true]
        noise = {way: list(rng.integers(0, 3, 48)) for way in WAYS}
        bench, _ = table(true, {**noise, RAW: said})
        lost += RAW not in {each.medium for each in race(bench, WAYS, standing())
                            if each.count == 48}  # fmt: skip
    assert lost == 0


def test_where_all_ways_give_one_answer_for_all_little_is_tried():
    """An untrained network, for one."""
    bench, network = table([0, 1, 2] * 16, {})
    race(bench, WAYS, standing())
    assert len(network.asked) == 5 * FIRST + 48 + EARLY[-1]  # each usually coloured, one turned
    few, network = table([0, 1, 2, 0], {})
    race(few, WAYS, standing())
    assert len(network.asked) == 12 * 4


def test_clues_narrow_in_their_order_and_a_contradiction_makes_a_guess():
    from services.opening.check.clues import Clue

    def only(way, assurance=Assurance.CERTAIN):
        ways = frozenset(each for each in WAYS if each.scaling == way.scaling)
        return Clue("it", "", "", ways, frozenset(), assurance)

    def first(way):
        return Clue("it", "", "", None, frozenset({way}), Assurance.LIKELY)

    assert weigh(WAYS, []) == Standing(USUAL, tuple(WAYS), Assurance.GUESS, False)
    stands = weigh(WAYS, [only(RAW), first(Way("-1..1"))])
    assert (stands.usual, len(stands.open), stands.assurance) == (RAW, 2, Assurance.CERTAIN)
    stands = weigh(WAYS, [first(RAW)])
    assert (stands.usual, len(stands.open), stands.assurance) == (RAW, 12, Assurance.LIKELY)
    stands = weigh(WAYS, [only(RAW), only(USUAL)])
    assert (stands.usual, stands.assurance, stands.contradicted) == (RAW, Assurance.GUESS, True)
    assert {way.scaling for way in stands.open} == {"0..255", "0..1"}
