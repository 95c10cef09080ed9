import numpy as np
import pytest

from gradcam import Target
from services.judging.mistakes import mistake, sample_rows
from services.tasks.classification.mistakes import SURE_WRONG, UNSURE_RIGHT, UNSURE_WRONG
from services.tasks.confusion import ConfusedPairs, Confusion, Pair
from tests.services.projects import said

CLASSES = ("bus", "car", "van")


@pytest.fixture
def answers(blue_or_red):
    """Wrong are 1 (a bus called car), 2 (a car called van) and 3 (a van called car)."""
    return said(
        blue_or_red,
        [("0", "bus"), ("1", "bus"), ("2", "car"), ("3", "van"), ("4", "car"), ("5", "car"),
         ("6", None), ("7", "bus")],
        classes=CLASSES,
        outputs=[
            [0.9, 0.1, 0.0], [0.15, 0.8, 0.05], [0.1, 0.4, 0.5], [0.0, 0.95, 0.05],
            [0.2, 0.7, 0.1], [0.3, 0.4, 0.3], [0.1, 0.1, 0.8], [0.7, 0.1, 0.2],
        ],
        features=[[1, 0], [1, 1], [0, 1], [5, 4], [1, 2], [3, 2.5], [1, 1], [3, 2]],
    )  # fmt: skip


def test_pairs_come_by_count_and_then_by_share_of_their_class():
    matrix = np.array([[50, 4, 0], [4, 4, 0], [7, 0, 3]])
    cells = np.repeat(np.argwhere(matrix), matrix[matrix > 0], axis=0)
    pairs = ConfusedPairs(Confusion.of(*cells.T, 3))
    assert pairs.first() == [
        Pair(2, 0, 7, 0.7),
        Pair(1, 0, 4, 0.5),
        Pair(0, 1, 4, pytest.approx(4 / 54)),
    ]
    assert (len(pairs), pairs.first(2)) == (3, pairs.first()[:2])


def test_sure_and_unsure_mistakes_lie_apart_and_so_do_lucky_hits(answers):
    listed = answers.answers.mistakes.listed(75, None)
    assert listed.lists == {
        SURE_WRONG: (3, 1),  # the surest first
        UNSURE_WRONG: (2,),
        UNSURE_RIGHT: (5, 4, 7),  # the least sure first
    }
    assert (listed.caption, listed.asks_sure, listed.file) == ("", True, "mistakes.csv")


def test_the_score_itself_counts_as_sure(answers):
    listed = answers.answers.mistakes.listed
    assert listed(80, None).lists[SURE_WRONG] == (3, 1)
    assert listed(81, None).lists[SURE_WRONG] == (3,)


def test_an_error_is_set_against_its_true_class_and_a_right_one_against_the_next_best(answers):
    assert [answers.answers.mistakes.other_class(p) for p in (1, 3, 4, 6)] == [0, 2, 0, 0]


def test_an_error_has_heatmaps_of_both_classes_and_of_their_difference(answers):
    found = mistake(answers, 1)
    assert [sight.target for sight in found.sights] == [
        Target.for_class(1),
        Target.for_class(0),
        Target.contrast(1, 0),
    ]
    assert [(sight.words, sight.against) for sight in found.sights] == [
        ("=car", ""), ("=bus", ""), ("=car", "=bus"),
    ]  # fmt: skip
    assert found.sights[2].title == "why car and not bus"


def test_beside_an_error_stand_the_nearest_correct_and_the_nearest_of_the_other_class(answers):
    beside = mistake(answers, 1).beside
    assert [(near.position, near.title) for near in beside] == [
        (7, "nearest correct"),
        (5, "nearest that is car"),  # right or wrong
    ]


def test_beside_a_right_one_stands_only_another_right_one(answers):
    assert [near.position for near in mistake(answers, 4).beside] == [5]


def test_a_class_that_no_sample_has_has_no_nearest(blue_or_red):
    found = said(
        blue_or_red, [("0", "bus")], classes=CLASSES, outputs=[[0.1, 0.9, 0.0]], features=[[1]]
    )
    assert mistake(found, 0).beside == ()


@pytest.fixture
def read(redness):
    return said(
        redness,
        [("0", "0"), ("1", "0.5"), ("2", None), ("3", "1"), ("4", "0.5")],
        outputs=[[0.05], [0.9], [7.0], [0.4], [0.42]],
        features=[[1, 0], [1, 1], [1, 1], [0, 1], [1, 2]],
    )


def test_the_worst_of_a_regression_are_its_largest_errors_of_either_sign(read):
    listed = read.answers.mistakes.listed(80, None)
    assert listed.lists == {"": (3, 1, 4, 0)}
    assert (listed.caption, listed.asks_sure, listed.file) == (
        "The 4 largest errors.", False, "worst.csv",
    )  # fmt: skip


def test_no_more_than_ten_of_a_regression_are_looked_at(redness):
    many = said(redness, [(str(i), "0") for i in range(30)], outputs=[[i] for i in range(30)])
    listed = many.answers.mistakes.listed(80, None)
    assert listed.lists == {"": tuple(range(29, 19, -1))}


def test_a_regression_has_what_raises_and_what_lowers_its_value(read):
    found = mistake(read, 1)
    assert [(sight.target, sight.words) for sight in found.sights] == [
        (Target.for_output(0), "=0"),
        (Target.for_output(0, lowers=True), "-0"),
    ]
    assert [near.position for near in found.beside] == [4]
    assert [near.position for near in mistake(read, 1, threshold=0.01).beside] == []


def test_rows_say_what_is_true_and_what_the_network_says(answers, read):
    (row,) = sample_rows(answers, [2])
    assert row == {
        "sample": "2",
        "true": "car",
        "predicted": "van",
        "score": pytest.approx(0.5),
        "score of the true class": pytest.approx(0.4),
    }
    (row,) = sample_rows(read, [3])
    assert row == {
        "sample": "3",
        "true": "1",
        "read": pytest.approx(0.4),
        "error": pytest.approx(-0.6),
    }
