"""One sample after the other: a list to choose from, and buttons to both sides."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import select
from components.tiles.said import GLYPHS, verdict_of
from services import session
from services.choices.browse import passing_samples
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.tasks.shown import Positions

SELECTABLE = 2000  # samples: a longer list would be sent anew with every run


def chosen_position(opened: Opened) -> tuple[int, Positions]:
    """The sample to explain, and the filtered list that it is looked at within."""
    choices, predictions = session.choices(), opened.predictions
    listed = passing_samples(predictions, choices.filter)
    position = predictions.positions.get(choices.sample)
    if position is None:
        position = int(listed[0]) if len(listed) else 0
    return position, listed


def stepper(position: int, listed: Positions, predictions: Predictions) -> None:
    """Previous and next within the filtered list, by button and by key, or any of it by name."""
    places = [int(p) for p in listed]
    place = places.index(position) if position in places else None
    last = len(places) - 1

    def go(step: int) -> None:
        # From where the person is by now: quick presses come before the page is drawn again.
        now = predictions.positions.get(session.choices().sample, places[0])
        to = (places.index(now) if now in places else -1) + step
        session.choose("sample", predictions.samples[places[min(max(to, 0), last)]].id)

    before, where, after = st.columns([1, 3, 1], vertical_alignment="bottom")
    before.button(
        "Previous", key="previous", icon=":material/chevron_left:", shortcut="j", width="stretch",
        disabled=not place, on_click=go, args=(-1,),
    )  # fmt: skip
    with where:
        _sample_select(position, places, place, predictions)
    after.button(
        "Next", key="next", icon=":material/chevron_right:", icon_position="right", shortcut="k",
        width="stretch", disabled=place == last or last < 0,
        on_click=go, args=(1,),
    )  # fmt: skip


def _sample_select(
    position: int, places: list[int], place: int | None, predictions: Predictions
) -> None:
    outside = f"not among the {len(places):,} filtered"
    where = outside if place is None else f"{place + 1:,} of {len(places):,}"
    if len(places) > SELECTABLE:
        st.markdown(where)
        return
    shown = places if place is not None else [position, *places]
    choices = session.choices()
    words = {
        predictions.samples[p].id: (
            f"{GLYPHS[verdict_of(predictions, p, choices)]} {predictions.answers.said(p)} · "
            f"{predictions.samples[p].id}"
        )
        for p in shown
    }
    select(where, "sample", list(words), predictions.samples[position].id, say=words.__getitem__)
