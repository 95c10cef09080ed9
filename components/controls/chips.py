"""The active filter in words, each part with a cross that takes it off."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from services import session
from services.choices.conditions import Condition, conditions
from services.choices.filter import Filter
from services.opening.opening import Opened

CHIPS = "filter_chips"  # the frame has their style
SHOWN = 40  # letters of a chip; the whole is its tooltip


def filter_chips(opened: Opened) -> None:
    """A chip for each part of the filter, and a way to clear all; nothing where all samples pass.

    For every page that obeys the filter.
    """
    only = session.choices().filter
    asked = conditions(opened.predictions, only)
    if not asked:
        return
    with st.container(key=CHIPS, horizontal=True, vertical_alignment="center", gap="small"):
        for condition in asked:
            _drawn(condition)
        if len(asked) > 1:
            st.button(
                "Clear all", key="clear_filters", type="tertiary", on_click=_filter,
                args=(only.cleared(),),
            )  # fmt: skip


def _drawn(condition: Condition) -> None:
    words = condition.words
    cut = words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
    st.button(
        plain(cut),
        key=f"chip_{condition.key}",
        icon=":material/close:",
        icon_position="right",
        help=f"Remove this filter: {plain(condition.whole)}",
        on_click=_filter,
        args=(condition.without,),
    )


def _filter(only: Filter) -> None:
    session.replace_choices(session.choices().filtered(only))
