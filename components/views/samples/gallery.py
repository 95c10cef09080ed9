"""The gallery's own controls: filters with counts, order, size, pages."""

from __future__ import annotations

from math import ceil

import streamlit as st

from components.controls.binding import bind, segments, select, slider, store
from components.controls.described import described
from components.flags.filter import flag_filter
from components.frame.text import plain
from services import session
from services.choices.browse import count_verdicts
from services.choices.choices import Choices, Tiles
from services.choices.filter import Verdict
from services.numbers import counted
from services.opening.opening import Opened
from services.predictions.thumbnails import THUMBNAIL
from services.tasks.answers import RANDOM
from services.tasks.shown import ByGroup, Positions

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
        _metadata(opened, choices)
        flag_filter(opened)


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


def verdict_control(opened: Opened) -> None:
    """All, correct or incorrect, with their counts under the rest of the filter."""
    choices = session.choices()
    counts = count_verdicts(opened.predictions, choices.filter)
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


def tile_controls() -> None:
    """Whether tiles show pictures or overlays, and how large they are."""
    segments("Tiles show", "tiles", list(Tiles), session.choices().tiles)
    slider("Tile size", "tile_size", 80, 320, session.choices().tile_size, 10, width=115)


def picture_side(choices: Choices) -> int:
    """Pixels of the longer side of a tile's picture; few sizes, because each is made and kept."""
    return THUMBNAIL if choices.tile_size <= THUMBNAIL else 2 * THUMBNAIL


def page_of(listed: Positions) -> tuple[Positions, int]:
    """The positions of the chosen page, and how many pages there are."""
    pages = max(1, ceil(len(listed) / PER_PAGE))
    page = min(session.choices().page, pages)
    return listed[(page - 1) * PER_PAGE : page * PER_PAGE], pages


def pager(listed: Positions, pages: int) -> None:
    """Which samples of how many these are, and the pages where there is more than one."""
    if pages == 1:
        return
    page = min(session.choices().page, pages)
    first, last = (page - 1) * PER_PAGE + 1, min(page * PER_PAGE, len(listed))
    st.caption(f"{first:,}–{last:,} of {counted(len(listed), 'sample')}")
    bind("page", page)  # with the whole width, else it leaves pages out
    st.pagination(pages, key="page", on_change=store, args=("page",))
