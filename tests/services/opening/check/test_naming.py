import numpy as np
import pytest

from services.opening.check.naming import naming_doubt
from services.tasks.classification.order import best_order
from tests.services.opening.check.tables import USUAL, table, wrong_at


def doubt_of(true, said, names="abcdefghijkl", *, is_named=False):
    bench, network = table(true, {USUAL: said}, names)
    (trial,) = bench.trials([USUAL], len(true))
    task = bench._task
    return naming_doubt(task, network, trial, bench._handful.labels, is_named)


def test_the_best_order_is_worked_out_on_shares_of_the_classes():
    # Class 0 is said to be 2 most often, 1 stays, 2 is said to be 0; many of class 1 do not count.
    true = np.array([0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2])
    said = np.array([2, 2, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    assert best_order(true, said, 3).tolist() == [2, 1, 0]


def test_of_equal_orders_the_named_one_stays():
    assert best_order(np.array([0, 1]), np.array([0, 0]), 4).tolist() == [0, 1, 2, 3]
    assert best_order(np.array([], int), np.array([], int), 3).tolist() == [0, 1, 2]


def test_classes_that_nobody_met_keep_their_place():
    assert best_order(np.array([5, 900]), np.array([900, 5]), 1000)[[4, 5, 900]].tolist() == [
        4, 900, 5,
    ]  # fmt: skip


@pytest.mark.parametrize("is_named", [True, False])
def test_two_classes_the_other_way_round_are_told_and_not_taken(is_named):
    true = [0, 1] * 18
    doubt = doubt_of(true, [true[0], *(1 - each for each in true[1:])], is_named=is_named)
    assert (doubt.task.names, doubt.is_taken) == (("b", "a"), False)
    assert (doubt.score, doubt.named_score) == pytest.approx((35 / 36, 1 / 36))


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("form", ["{}", "class_{}", "c{}.old"])
def test_numbers_in_their_own_order_are_taken_where_nobody_named_another(is_named, form):
    names = sorted(map(form.format, range(12)))  # 0, 1, 10, 11, 2, …
    true = list(range(12)) * 5
    said = [list(map(form.format, range(12))).index(names[each]) for each in true]
    doubt = doubt_of(true, said, names, is_named=is_named)
    assert doubt.task.names == tuple(map(form.format, range(12)))
    assert doubt.score == pytest.approx(1.0)
    assert doubt.is_taken is not is_named


def test_numbers_in_text_order_stay_where_they_fit():
    names = sorted(map(str, range(12)))
    true = list(range(12)) * 5
    assert doubt_of(true, true, names) is None


@pytest.mark.parametrize("seed", range(20))
def test_a_bad_network_is_not_taken_for_one_in_another_order(seed):
    rng = np.random.default_rng(seed)
    true = list(rng.integers(0, 5, 40))
    assert doubt_of(true, list(rng.integers(0, 5, 40))) is None


def test_one_class_taken_for_another_is_no_other_order():
    true = [0, 1, 2] * 8
    assert doubt_of(true, [2 if each == 1 else each for each in true]) is None
    assert doubt_of(true, wrong_at(true, 0, 1, 2, 3)) is None
