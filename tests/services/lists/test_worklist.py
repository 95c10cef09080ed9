"""Whose turn it is at which samples, how far everybody is, and what comes next."""

from dataclasses import replace

import numpy as np
import pytest

from services.choices.choices import Choices
from services.choices.conditions import ME_IS_NOBODY, conditions, misfit
from services.choices.filter import Filter
from services.choices.flagged import flags_in
from services.lists.kinds import chosen_samples
from services.lists.worklist import Workload, after, open_ones, workloads
from services.notes.settling import assign, settle
from services.people.known import note_seen
from services.tasks.answers import BY_NAME
from tests.services.notes.people import ANN, BEN
from tests.services.projects import said


@pytest.fixture
def cars(blue_or_red):
    rows = [(f"{name}.png", "blue") for name in "abcdef"]
    read = said(blue_or_red, rows, classes=("blue", "red"), outputs=[[0.9, 0.1]] * 6)
    named = [(flags_in(read).answer(digest).subject, digest) for digest in read.digests]
    assign(ANN, named[:5], [ANN.id, BEN.id])
    return read


def finish(predictions, *positions):
    for position in positions:
        seen = flags_in(predictions).answer(predictions.digests[position])
        settle(ANN, "", seen, replace(seen, done=True))


def of(person, within=""):
    return Choices(filter=Filter(sort=BY_NAME, reader=person.id), within=within)


def every(*positions):
    return np.array(positions, np.int64)


def test_each_has_their_share_and_the_one_with_most_left_comes_first(cars):
    finish(cars, 0, 2)
    together, first, second = workloads(cars)
    assert together == Workload("", 5, 2)
    assert (first, second) == (Workload(BEN.id, 2, 0), Workload(ANN.id, 3, 2))
    assert (first.open, second.open) == (2, 1)


def test_what_was_given_of_other_projects_does_not_count(cars, blue_or_red):
    other = said(blue_or_red, [("x.png", "blue")], classes=("blue", "red"), outputs=[[1, 0]])
    assert workloads(other) == (Workload("", 0, 0),)


def test_the_list_is_ones_own_done_or_not(cars):
    finish(cars, 0)
    mine = chosen_samples(cars, of(ANN, "worklist"))
    assert mine.said == "my worklist"
    assert mine.positions.tolist() == [0, 2, 4]
    assert open_ones(cars, mine.positions, ANN.id).tolist() == [2, 4]
    assert chosen_samples(cars, of(BEN, "worklist")).positions.tolist() == [1, 3]


def test_after_one_of_mine_comes_the_next_open_one_of_mine_around_the_end(cars):
    listed = every(0, 1, 2, 3, 4, 5)
    assert after(cars, of(ANN), listed, 0) == (2, "")
    finish(cars, 2, 4)
    assert after(cars, of(ANN), listed, 4) == (0, "")
    finish(cars, 0)
    assert after(cars, of(ANN), listed, 0) is None


def test_where_the_list_has_none_left_the_worklist_goes_on(cars):
    assert after(cars, of(ANN), every(2, 1, 3), 2) == (4, "worklist")


def test_after_one_that_is_not_mine_comes_the_next_of_the_list(cars):
    assert after(cars, of(ANN), every(0, 1, 3), 1) == (3, "")
    assert after(cars, of(ANN), every(0, 1, 3), 3) is None
    assert after(cars, of(ANN), every(0, 1, 3), 5) == (0, "")


def test_a_filter_names_whose_turn_it_is_and_me_is_nobody_without_a_sign_in(cars):
    note_seen(BEN)
    (named,) = conditions(cars, Filter(assignee="me", reader=BEN.id))
    assert named.words == "assigned to Ben"
    (nobody,) = conditions(cars, Filter(assignee="nobody"))
    assert nobody.words == "assigned to nobody"
    assert misfit(cars, Filter(assignee="me")) == ME_IS_NOBODY
    assert misfit(cars, Filter(assignee="me", reader=BEN.id)) == ""
