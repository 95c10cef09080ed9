"""Picked samples fit into a link and come back; words of others are refused."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.choices.browse import passing_samples
from services.choices.choices import Choices
from services.choices.conditions import NOT_PICKED_HERE, misfit
from services.choices.filter import Filter
from services.choices.selection import picked_mask, written
from services.predictions.predictions import Predictions
from tests.services.projects import said


@pytest.fixture(scope="module")
def eleven(blue_or_red):
    answers = [(f"{number:02}.png", "blue") for number in range(11)]
    return said(blue_or_red, answers, classes=("blue", "red"), outputs=[[1, 0]] * 11)


@settings(max_examples=25)
@given(picked=st.sets(st.integers(0, 10), min_size=1))
def test_what_was_written_is_read(eleven, picked):
    found = picked_mask(eleven, written(eleven, picked))
    assert set(np.flatnonzero(found)) == picked
    assert len(found) == 11


def test_nothing_picked_is_no_word(eleven):
    assert written(eleven, []) == ""


def test_a_word_fits_into_a_link_and_says_which_samples_it_is_of(eleven, blue_or_red):
    word = written(eleven, [0, 4])
    assert Choices().having(picked=word).to_query()["picked"] == word
    other = said(blue_or_red, [("a.png", "blue")], classes=("blue", "red"), outputs=[[1, 0]])
    assert picked_mask(other, word) is None


def test_half_of_ten_thousand_by_chance_takes_less_than_1700_characters(blue_or_red):
    count = 10_000
    many = said(
        blue_or_red,
        [(str(number), "blue") for number in range(count)],
        classes=("blue", "red"),
        outputs=np.tile([1, 0], (count, 1)),
    )
    assert len(written(many, np.random.default_rng(0).permutation(count)[:5000])) < 1700


def test_words_made_up_are_no_selection(eleven):
    sign = written(eleven, [0]).partition(".")[0]
    bomb = base64.urlsafe_b64encode(zlib.compress(bytes(10**6))).decode()
    short = base64.urlsafe_b64encode(zlib.compress(b"\xff")).decode()
    for word in ("", "x", f"{sign}.", f"{sign}.!!", f"{sign}.AAAA", f"{sign}.{bomb}",
                 f"{sign}.{short}"):  # fmt: skip
        assert picked_mask(eleven, word) is None


def test_it_is_a_filter_that_clears_and_counts_with_the_others(eleven: Predictions):
    choices = Choices(page=3).changed("picked", written(eleven, [2, 5, 7]))
    assert sorted(passing_samples(eleven, choices.filter)) == [2, 5, 7]
    assert list(passing_samples(eleven, choices.changed("text", "05").filter)) == [5]
    assert choices.page == 1
    assert choices.filter.narrows
    assert len(passing_samples(eleven, choices.unfiltered().filter)) == 11


def test_what_was_picked_elsewhere_is_refused_and_never_stands_for_all(eleven: Predictions):
    foreign = Filter(picked="of another project")
    assert len(passing_samples(eleven, foreign)) == 0
    assert misfit(eleven, foreign) == NOT_PICKED_HERE
    assert misfit(eleven, Filter(picked=written(eleven, [1]))) == ""
