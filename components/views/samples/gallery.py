"""The gallery's own controls: filters with counts, order, size, pages."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import streamlit as st

from components.controls.arithmetic import changes_toggle
from components.controls.binding import bind, segments, select, slider, store
from components.controls.described import described
from components.controls.flipped import flipped_select
from components.flags.filter import people_filter
from components.frame.text import plain
from services import session
from services.choices.browse import (
    count_part_verdicts,
    count_verdicts,
    passing_parts,
    passing_samples,
)
from services.choices.choices import Choices, Tiles
from services.choices.filter import Filter, Verdict
from services.numbers import counted
from services.opening.opening import Opened
from services.predictions.thumbnails import THUMBNAIL
from services.tasks.answers import RANDOM
from services.tasks.parts import Address
from services.tasks.shown import ByGroup

PER_PAGE = 48  # divided by 6 and by 8, the tiles of a row on most screens
FEW_KEYS = 3  # of metadata stand open, more of them behind a fold


def filter_controls(opened: Opened) -> None:
    """What the task asks for, a text, metadata; in the sidebar."""
    choices, predictions = session.choices(), opened.predictions
    with st.sidebar:
        st.subheader("Filter", divider="gray")
        for control in predictions.answers.filters:
            described(control)
        bind("text", choices.filter.text)
        st.text_input("Name contains", key="text", on_change=store, args=("text",))
        changes_toggle(opened)
        flipped_select(opened)
        _metadata(opened, choices)
        people_filter(opened)


def _metadata(opened: Opened, choices: Choices) -> None:
    metadata = opened.predictions.metadata
    keys, chosen = metadata.keys, choices.filter.metadata_values
    place = st.container()
    if len(keys) > FEW_KEYS:
        place = st.expander("Metadata", expanded=bool(chosen))
    with place:
        for key, groups in keys.items():
            _values_select(key, groups, chosen.get(key, ""))


def _values_select(key: str, groups: ByGroup, chosen: str) -> None:
    widget, counts = f"metadata_{key}", groups.counts

    def keep() -> None:
        only = session.choices().filter
        session.choose("metadata", only.with_value(key, st.session_state[widget]))

    bind(widget, chosen if chosen in groups.names else "")
    st.selectbox(
        plain(key),
        ["", *groups.names],
        key=widget,
        format_func=lambda name: f"{name} ({counts[name]:,})" if name else "any",
        on_change=keep,
    )


def _verdicts(opened: Opened, choices: Choices) -> list[Verdict]:
    """What a sample can be; uncertain only where something counts so."""
    counts = choices.filter.uncertain and opened.predictions.answers.pages.uncertain_below
    own = {Verdict.UNCERTAIN} if counts is not None and choices.filter.uncertain else set()
    known = {Verdict.ALL, Verdict.CORRECT, Verdict.INCORRECT, choices.filter.verdict} | own
    return [verdict for verdict in Verdict if verdict in known]


def verdict_control(opened: Opened, *, by_part: bool = False) -> None:
    """All, correct or incorrect, with their counts under the rest of the filter."""
    choices = session.choices()
    counted_by = count_part_verdicts if by_part else count_verdicts
    counts = counted_by(opened.predictions, choices.filter)
    segments(
        "Verdict",
        "verdict",
        _verdicts(opened, choices),
        choices.filter.verdict,
        say=lambda verdict: f"{verdict} {counts.of(verdict):,}",
    )


def order_control(opened: Opened) -> None:
    """The order, and the seed of the random one."""
    only, orders = session.choices().filter, opened.predictions.answers.orders
    chosen = only.sort if only.sort in orders else orders[0]
    select("Order", "sort", orders, chosen, width=220)
    if chosen == RANDOM:
        bind("order_seed", only.order_seed)
        st.number_input(
            "Seed",
            0,
            2**32 - 1,
            key="order_seed",
            on_change=store,
            args=("order_seed",),
            width=90,
        )


def unit_control(opened: Opened) -> bool:
    """Whether the gallery shows parts of samples; a switch where they lie somewhere."""
    said = opened.predictions.answers.pages.parts_said
    if not said:
        return False
    by_part = session.choices().by_part
    words = {False: opened.project.medium.called.many.capitalize(), True: said}
    segments("Gallery of", "by_part", [False, True], by_part, say=words.__getitem__)
    return by_part


def tile_controls(opened: Opened) -> None:
    """Whether tiles show samples or overlays, and how large they are."""
    say = opened.project.medium.called.said
    segments("Tiles show", "tiles", list(Tiles), session.choices().tiles, say=say)
    slider("Tile size", "tile_size", 80, 320, session.choices().tile_size, 10, width=115)


def picture_side(choices: Choices) -> int:
    """Pixels of the longer side of a tile's picture; few sizes, because each is made and kept."""
    return THUMBNAIL if choices.tile_size <= THUMBNAIL else 2 * THUMBNAIL


def listed_addresses(opened: Opened, only: Filter, *, by_part: bool) -> list[Address]:
    """The samples that pass the filter, or their parts."""
    if by_part:
        return [*passing_parts(opened.predictions, only)]
    return [*passing_samples(opened.predictions, only).tolist()]


def page_of(listed: Sequence[Address]) -> tuple[Sequence[Address], int]:
    """The addresses of the chosen page, and how many pages there are."""
    pages = max(1, ceil(len(listed) / PER_PAGE))
    page = min(session.choices().page, pages)
    return listed[(page - 1) * PER_PAGE : page * PER_PAGE], pages


def pager(opened: Opened, listed: Sequence[Address], pages: int, *, by_part: bool) -> None:
    """Which of how many these are, and the pages where there is more than one."""
    if pages == 1:
        return
    page = min(session.choices().page, pages)
    said = opened.predictions.answers.pages.parts_said.lower()
    many = f"{len(listed):,} {said}" if by_part else counted(len(listed), "sample")
    first, last = (page - 1) * PER_PAGE + 1, min(page * PER_PAGE, len(listed))
    st.caption(f"{first:,}–{last:,} of {many}")
    bind("page", page)  # with the whole width, else it leaves pages out
    st.pagination(pages, key="page", on_change=store, args=("page",))
