"""The parts of a sample that lie on its picture, one of which can be looked at by itself."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import bind, segments, select
from components.frame.text import plain
from components.tiles.said import MARK_GLYPHS
from services import session
from services.choices.choices import Choices
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.tasks.marks import Mark
from services.tasks.parts import Address, Place, sample_of
from services.tasks.targets import Sight

BUTTONS = 8  # parts; more of them are chosen from a list
WHOLE = -1
CHOSEN = "the chosen target"


def explained(opened: Opened, position: int) -> Address:
    """The chosen part of a sample, or all of it where it has no such part."""
    part = session.choices().part
    return Place(position, part) if part in _parts(opened, position) else position


def choose_part(number: str) -> None:
    """Look at a part, or at the whole sample where it is that part already; for callbacks."""
    part = int(number)
    session.choose("part", WHOLE if session.choices().part == part else part)
    st.rerun()  # the whole page, of which the picture is a part


def rows_of(predictions: Predictions, address: Address) -> tuple[Sight, ...]:
    """What is worth explaining of a part, or of a whole sample."""
    pages = predictions.answers.pages
    own = pages.sights(address) if isinstance(address, Place) else ()
    return own or pages.rows(sample_of(address))


def part_bar(opened: Opened, address: Address, choices: Choices) -> None:
    """Which part is looked at, and what of it is explained; nothing where there are none."""
    parts = _parts(opened, sample_of(address))
    if not parts:
        return
    chosen = address.part if isinstance(address, Place) else WHOLE
    options = [WHOLE, *parts]

    def said(part: int) -> str:
        if part == WHOLE:
            return "All together"
        return f"{MARK_GLYPHS[parts[part].verdict]} {plain(parts[part].label)}"

    with st.container(horizontal=True, vertical_alignment="bottom", key="part_bar"):
        if len(options) <= BUTTONS:
            segments("Object", "part", options, chosen, say=said)
        else:
            select("Object", "part", options, chosen, say=said, width=260)
        if isinstance(address, Place):
            _sights(opened, address, choices)


def _sights(opened: Opened, place: Place, choices: Choices) -> None:
    """What of a part is explained: why its class, and why not another one."""
    answers = opened.predictions.answers
    sights = {sight.title: sight for sight in answers.pages.sights(place)}
    (now,) = answers.targets([place], choices.recipe.target, choices.recipe.against)
    current = next((title for title, each in sights.items() if each.target == now), CHOSEN)
    titles = [*sights, *([CHOSEN] if current == CHOSEN else [])]
    if len(titles) < 2:
        return

    def keep() -> None:
        if sight := sights.get(st.session_state["part_sight"]):
            new = session.choices().having(sight=sight.words, sight_against=sight.against)
            session.replace_choices(new)

    bind("part_sight", current)
    st.segmented_control(
        "Explained", titles, key="part_sight", format_func=plain, required=True, on_change=keep
    )


def _parts(opened: Opened, position: int) -> dict[int, Mark]:
    """The parts of a sample that lie somewhere, by their numbers, each with one of its marks."""
    marks = opened.predictions.answers.pages.marks(position, session.choices().filter.threshold)
    own = {mark.part: mark for mark in marks if mark.part is not None}
    return dict(sorted(own.items()))
