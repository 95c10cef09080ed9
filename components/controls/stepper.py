"""One sample after the other: a list to choose from, and buttons to both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import streamlit as st

from components.controls.binding import bind, store
from components.controls.filtered import filter_ready
from components.frame.text import plain
from components.frame.told import tell_again, told
from components.frame.waiting import ready
from components.keys.keys import came_from_keys
from components.tiles.said import GLYPHS, verdict_of
from services import session
from services.choices.choices import Choices
from services.choices.options import DrawnBy
from services.keeping.derived import Derived
from services.lists.kinds import chosen_samples
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.tasks.shown import Positions

_LINE: Final = "sample_line"  # of the sample that was shown last: its id, and what the list said
SELECTABLE = 2000  # samples: a longer list would be sent anew with every run
LISTS = 8  # of one project that are kept in words

# By positions and threshold, the lines of a list by the ids of its samples.
_options: Derived[tuple[tuple[int, ...], float | None], dict[str, str]] = Derived(LISTS)


def chosen_position(opened: Opened) -> tuple[int, Positions]:
    """The sample to explain, and the list that it is looked at within."""
    choices, predictions = session.choices(), opened.predictions
    listed = chosen_samples(predictions, choices).positions
    position = predictions.positions.get(choices.sample)
    if position is None:
        position = int(listed[0]) if len(listed) else 0
    return position, listed


def list_ready(opened: Opened) -> bool:
    """Whether the list is there; the page says which it is, with a way to drop it.

    Without one the filtered samples are gone through, see `filter_ready`.
    """
    choices, predictions = session.choices(), opened.predictions
    listed = chosen_samples(predictions, choices)
    if not listed.word:
        return filter_ready(opened)
    words = listed.said
    st.button(
        "Leave this list",
        key="drop_list",
        icon=":material/close:",
        icon_position="right",
        help=f"Go through the filtered samples instead of {plain(words)}",
        on_click=session.choose,
        args=("within", ""),
    )
    asked = listed.asked
    if asked is None:
        if listed.refused:
            st.info(plain(listed.refused))
        return not listed.refused
    about = f"This list is no longer kept: {words}. The same work makes it again."
    if ready(asked, "list", "Make the list again", about, auto=True):
        tell_again()
        st.rerun()  # what was drawn before it was there
    return False


def stepper(position: int, listed: Positions, predictions: Predictions) -> None:
    """Previous and next within the list, by button and by key, or any of it by name."""
    place, last = place_in(listed, position), len(listed) - 1
    # Where the component of keys cannot work, Streamlit's own shortcuts do what they can.
    keys = session.choices().drawing is DrawnBy.SERVER

    with st.container(key="stepper"):  # on a phone both buttons stand in one row, see the frame
        before, where, after = st.columns([1, 3, 1], vertical_alignment="bottom")
    before.button(
        "Previous", key="previous", icon=":material/chevron_left:", shortcut="j" if keys else None,
        width="stretch", disabled=not place, on_click=step_within, args=(listed, predictions, -1),
    )  # fmt: skip
    with where:
        _sample_select(position, listed, place, predictions)
    after.button(
        "Next", key="next", icon=":material/chevron_right:", icon_position="right", width="stretch",
        shortcut="k" if keys else None, disabled=place == last or last < 0,
        on_click=step_within, args=(listed, predictions, 1),
    )  # fmt: skip


def place_in(listed: Positions, position: int) -> int | None:
    """Where a sample stands in a list, from 0; None where it does not."""
    places = np.flatnonzero(listed == position)
    return int(places[0]) if len(places) else None


def step_within(listed: Positions, predictions: Predictions, step: int) -> None:
    """Choose the sample so many steps on, or back, within a list; for callbacks.

    From where the person is by now: quick presses come before the page is drawn again.
    """
    now = predictions.positions.get(session.choices().sample, int(listed[0]))
    place = place_in(listed, now)
    to = (-1 if place is None else place) + step
    at = listed[min(max(to, 0), len(listed) - 1)]
    session.choose("sample", predictions.samples[at].id)


def _sample_select(
    position: int, listed: Positions, place: int | None, predictions: Predictions
) -> None:
    choices = session.choices()
    words = chosen_samples(predictions, choices).said
    where = (
        f"not among the {len(listed):,}" if place is None else f"{place + 1:,} of {len(listed):,}"
    ) + (f" · {words}" if words else "")
    if len(listed) > SELECTABLE:
        st.markdown(plain(where))
        return
    places = listed.tolist()
    shown = tuple(places if place is not None else [position, *places])
    options = _options.of(
        predictions.answers,
        (shown, choices.filter.threshold),
        lambda: {predictions.samples[p].id: _line(predictions, p, choices) for p in shown},
    )
    own = predictions.samples[position].id
    before, line = st.session_state.get(_LINE, ("", "")), options[own]
    if before[0] == own and before[1] != line:  # another network answers: its line is news
        told().discard("sample")
    st.session_state[_LINE] = own, line
    bind("sample", own)
    st.selectbox(
        plain(where), list(options), key="sample", format_func=options.__getitem__,
        on_change=_take, args=(options,),
    )  # fmt: skip


def _line(predictions: Predictions, position: int, choices: Choices) -> str:
    glyph = GLYPHS[verdict_of(predictions, position, choices)]
    return f"{glyph} {predictions.answers.said(position)} · {predictions.samples[position].id}"


def _take(options: Mapping[str, str]) -> None:
    # A browser that has not heard of the step before sends that one, and one that has not heard of
    # another network sends the line of a sample as it was, which is no sample.
    if not came_from_keys() and st.session_state.get("sample") in options:
        store("sample")
