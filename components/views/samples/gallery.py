"""The gallery's own controls: filters with counts, order, pages."""

from __future__ import annotations

from math import ceil

import streamlit as st

from components.controls.binding import bind, segments, select, store
from components.controls.described import described
from components.frame.text import plain
from services import session
from services.choices.browse import count_verdicts
from services.choices.choices import Choices, Tiles
from services.choices.filter import Verdict
from services.choices.selection import picked_mask
from services.findings.report import finding_named
from services.numbers import counted
from services.opening.opening import Opened
from services.tasks.shown import Positions

PER_PAGE = 36


def filter_controls(opened: Opened) -> None:
    """Classes, confidence, text, order; in the sidebar."""
    choices, predictions = session.choices(), opened.predictions
    with st.sidebar:
        st.subheader("Filter", divider="gray")
        for control in predictions.answers.filters:
            described(control)
        bind("text", choices.filter.text)
        st.text_input("Name contains", key="text", on_change=store, args=("text",))
        orders = predictions.answers.orders
        chosen = choices.filter.sort if choices.filter.sort in orders else orders[0]
        select("Order", "sort", orders, chosen)
        if choices.filter.picked:
            picked_said(opened)
        _finding_filter(choices)
        if choices.filter.narrows:
            clear_button("clear_sidebar")


def verdict_control(opened: Opened) -> None:
    """All, correct or incorrect, with their counts under the rest of the filter."""
    choices = session.choices()
    counts = count_verdicts(opened.predictions, choices.filter)
    segments(
        "Verdict",
        "verdict",
        list(Verdict),
        choices.filter.verdict,
        say=lambda verdict: f"{verdict} {counts.of(verdict):,}",
    )


def _finding_filter(choices: Choices) -> None:
    finding = finding_named(choices.filter.finding)
    if finding is not None:
        st.caption(f"Only pictures of a finding: {plain(finding.question)}")


def picked_said(opened: Opened) -> None:
    """How many samples were picked on a picture; they are part of the filter."""
    picked = picked_mask(opened.predictions, session.choices().filter.picked)
    if picked is not None:
        st.caption(f"Of {counted(int(picked.sum()), 'picked sample')}.")


def clear_button(key: str) -> None:
    """Take every filter off."""
    st.button(
        "Clear filters",
        key=key,
        icon=":material/filter_alt_off:",
        on_click=lambda: session.replace_choices(session.choices().unfiltered()),
    )


def page_of(listed: Positions) -> tuple[Positions, int]:
    """The positions of the chosen page, and how many pages there are."""
    pages = max(1, ceil(len(listed) / PER_PAGE))
    page = min(session.choices().page, pages)
    return listed[(page - 1) * PER_PAGE : page * PER_PAGE], pages


def pager(pages: int) -> None:
    """Pages of the gallery, where there is more than one."""
    if pages > 1:
        bind("page", min(session.choices().page, pages))
        st.pagination(pages, key="page", on_change=store, args=("page",))


def tile_switch() -> None:
    """Whether tiles show pictures or overlays."""
    segments("Tiles show", "tiles", list(Tiles), session.choices().tiles)
