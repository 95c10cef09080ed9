from math import comb

import numpy as np
import pytest

from services.tasks.grades import Grades, alike, answers_one, chance


def grades(right, weights=None, *, luck=0.5):
    merits = np.array(right, float)
    weights = np.ones(len(merits)) if weights is None else np.array(weights, float)
    return Grades(merits.mean(), merits, weights, np.full(len(merits), 0.5), luck, 1.0, False)


def binomial(hits, count, share=0.5):
    """P(at least so many hits)."""
    return sum(
        comb(count, k) * share**k * (1 - share) ** (count - k) for k in range(hits, count + 1)
    )


@pytest.mark.parametrize(("hits", "count"), [(0, 4), (3, 4), (9, 12), (40, 64), (64, 64)])
@pytest.mark.parametrize("share", [0.5, 0.1])
def test_with_equal_weights_the_chance_is_the_binomial_one(hits, count, share):
    which = np.arange(count) < hits
    assert chance(np.ones(count), share, which) == pytest.approx(binomial(hits, count, share))


def test_weights_are_added_up():
    # One sample of weight 2 and two of weight 1: what weighs at least 2 is the heavy one, or both.
    weights = np.array([2.0, 1.0, 1.0])
    assert chance(weights, 0.5, np.array([True, False, False])) == pytest.approx(5 / 8)
    assert chance(weights, 0.5, np.array([True, True, False])) == pytest.approx(3 / 8)
    assert chance(weights, 0.5, np.array([False, False, False])) == 1.0


def test_chances_of_weights_agree_with_drawn_signs():
    rng = np.random.default_rng(0)
    weights = np.where(np.arange(60) < 3, 1 / 3, 1 / 57)
    hits = rng.random(60) < 0.6
    drawn = (rng.random((200_000, 60)) < 0.5) @ weights >= hits @ weights - 1e-9
    assert chance(weights, 0.5, hits) == pytest.approx(drawn.mean(), abs=0.005)


def test_only_samples_on_which_two_differ_count():
    one, other = grades([1, 1, 1, 1, 1, 1, 0, 0]), grades([1, 1, 0, 0, 0, 0, 0, 1])
    assert one.beats(other) == pytest.approx(binomial(4, 5))  # McNemar: 4 against 1
    assert other.beats(one) == 1.0
    assert one.beats(one) == 1.0


def test_merits_are_ranked_and_not_added():
    """An error of a million counts as one that is a little larger."""
    near, far = grades([-0.1] * 7), grades([-0.2] * 6 + [-1e6])
    assert near.beats(far) == pytest.approx(0.5**7)
    assert grades([-np.inf] * 3).beats(grades([-np.inf] * 3)) == 1.0
    assert grades([-1.0] * 3).beats(grades([-np.inf] * 3)) == pytest.approx(1 / 8)


def test_a_rare_class_weighs_as_much_as_a_common_one():
    classes = np.array([0] * 57 + [1] * 3)
    weights = alike(classes)
    assert weights[classes == 0].sum() == pytest.approx(weights[classes == 1].sum())
    assert weights.sum() == pytest.approx(1.0)
    all_defects = grades(np.arange(60) >= 5, weights)  # five good ones are called defects
    no_defect = grades(classes == 0, weights)
    assert all_defects.mean > no_defect.mean  # though it is right less often
    assert no_defect.beats(all_defects) == 1.0


@pytest.mark.parametrize(
    ("right", "luck", "tells"),
    [([1] * 7, 0.5, True), ([1] * 6, 0.5, False), ([1] * 3, 1 / 3, False), ([1] * 3, 0.1, True)],
)
def test_it_tells_whether_right_answers_may_be_luck(right, luck, tells):
    assert grades(right, luck=luck).tells is tells


def test_one_answer_for_all_is_seen_where_the_truth_differs():
    assert answers_one(np.array([2, 2, 2]), np.array([0, 1, 2]))
    assert answers_one(np.zeros(3), np.array([0.1, 0.2, 0.3]))
    assert answers_one(np.array([5.0, 5.0 + 1e-7]), np.array([1, 2]))  # noise of rounding
    assert not answers_one(np.array([2, 2, 2]), np.array([1, 1, 1]))
    assert not answers_one(np.array([2, 1, 2]), np.array([0, 1, 2]))
    assert not answers_one(np.array([np.nan, 1.0]), np.array([0, 1]))


def test_grades_of_some_samples_are_taken_from_others():
    joined = grades([1, 1, 0, 0]).joined(grades([0, 1, 1, 0]), np.array([True, False, True, False]))
    assert joined.merits.tolist() == [0, 1, 1, 0]
