"""A filter in a terminal's words: what a link says of it, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.choices.choices import FILTERS
from services.choices.filter import CONDITIONS, Filter, Verdict, read_filter
from services.errors import ProjectError
from services.notes.passing import Flagged


def terminal(only):
    return [f"{name}={value}" for name, value in only.written().items()]


def test_every_field_but_the_order_and_the_threshold_is_a_condition():
    kept = {"sort", "threshold", "order_seed", "uncertain", "rule", "beside"}
    assert set(CONDITIONS) == FILTERS - kept


filters = st.builds(
    Filter,
    verdict=st.sampled_from(Verdict),
    true_class=st.text(max_size=9),
    predicted_class=st.text(max_size=9),
    low=st.integers(0, 50),
    high=st.integers(50, 100),
    text=st.text(max_size=9),
    picked=st.text(max_size=9),
    finding=st.text(max_size=9),
    flagged=st.sampled_from(Flagged),
    true_low=st.none() | st.floats(-9, 0),
    true_high=st.none() | st.floats(0, 9),
    metadata=st.text(max_size=9),
)


@given(only=filters)
def test_what_is_written_is_read(only):
    assert read_filter(terminal(only)) == only


def test_nothing_written_is_no_condition_whatever_the_order():
    assert Filter(sort="By name", threshold=0.3).written() == {}
    assert read_filter([]) == Filter()


def test_a_verdict_is_read_in_small_letters_too():
    assert read_filter(["verdict=incorrect"]) == Filter(verdict=Verdict.INCORRECT)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            ["verdict=wrong"],
            "The filter verdict takes one of All, Correct, Incorrect, Uncertain, not “wrong”.",
        ),
        (["low=101"], "The filter low takes a whole number from 0 to 100, not “101”."),
        (["high=much"], "The filter high takes a whole number from 0 to 100, not “much”."),
        (["low=1", "low=2"], "The filter low is given twice; give it once."),
    ],
)
def test_what_is_not_understood_is_refused_in_one_sentence(given, sentence):
    with pytest.raises(ProjectError) as refused:
        read_filter(given)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("given", ["colour=red", "incorrect", "sort=By name", "threshold=1", ""])
def test_what_is_no_condition_is_refused_with_those_that_there_are(given):
    with pytest.raises(ProjectError) as refused:
        read_filter([given])
    assert str(refused.value).startswith(f"“{given}” is no filter; write NAME=VALUE with one of ")
    assert "true_class" in str(refused.value)


def test_who_me_is_goes_along_where_a_filter_asks_for_that():
    mine = Filter(assignee="me", reader="oidc:ann")
    assert mine.written() == {"assignee": "me"}
    assert read_filter(f"{name}={text}" for name, text in mine.written_for_others().items()) == mine
    flagged = Filter(flagged=Flagged.MINE, reader="oidc:ann")
    assert flagged.written_for_others() == {"flagged": "Flagged by me", "reader": "oidc:ann"}
    assert Filter(flagged=Flagged.ANY, reader="oidc:ann").written_for_others() == {
        "flagged": "Flagged"
    }
