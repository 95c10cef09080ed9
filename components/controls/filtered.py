"""The filter that a page obeys: its conditions as chips, obeyed, found again, or refused."""

from __future__ import annotations

import streamlit as st

from components.controls.arithmetic import arithmetics_ready, has_arithmetics
from components.controls.flipped import flips_ready
from components.frame.text import plain
from components.frame.told import tell_again
from components.frame.waiting import ready
from services import session
from services.choices.browse import passing_samples
from services.choices.conditions import Condition, conditions, misfit
from services.choices.filter import Filter
from services.choices.flipped import UnknownFlips, unknown_flips
from services.numbers import counted
from services.opening.opening import Opened
from services.predictions.both_arithmetics import OtherArithmetic
from services.scan.again import scan_again

SHOWN = 40  # letters of a chip; its tooltip has all


def filter_ready(opened: Opened) -> bool:
    """Draw the filter, for every page that obeys it, and tell whether it can be obeyed.

    Each condition is a chip that is taken off by a click. A filter that cannot be obeyed lets no
    sample pass: the page says why, or scans again for its finding. Where it lets none pass, the
    page says which conditions are in the way.
    """
    only = session.choices().filter
    asked = conditions(opened.predictions, only)
    if asked:
        _chips(asked, only)
    if words := misfit(opened.predictions, only):
        return _found_again(opened, only, words)
    if asked and not len(passing_samples(opened.predictions, only)):
        _nothing_passes(opened, asked)
    return True


def _chips(asked: tuple[Condition, ...], only: Filter) -> None:
    with st.container(
        key="filter_chips", horizontal=True, vertical_alignment="center", gap="small"
    ):
        for condition in asked:
            words = condition.words
            st.button(
                plain(words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"),
                key=f"chip_{condition.key}",
                icon=":material/close:",
                icon_position="right",
                help=f"Remove this filter: {plain(condition.whole)}",
                on_click=_choose,
                args=(condition.without,),
            )
        if len(asked) > 1:
            _clear("Clear all", "clear_filters", only)


def _found_again(opened: Opened, only: Filter, words: str) -> bool:
    unknown = unknown_flips(opened.predictions, only)
    if unknown is not None and unknown is not UnknownFlips.NO_OTHER:
        if flips_ready(opened, only):
            tell_again()
            st.rerun()  # what was drawn before it was there
        return False
    if only.changes and has_arithmetics(opened) and OtherArithmetic(opened.predictions).missing:
        if arithmetics_ready(opened):
            tell_again()
            st.rerun()  # what was drawn before it was there
        return False
    scan = scan_again(opened.predictions, only)
    if scan is None:
        st.info(plain(words), icon=":material/filter_alt_off:")
        _clear("Clear filters", "clear_refused", only)
        return False
    about = "The finding of this filter is no longer kept; the same scan finds it again."
    if ready(scan, "finding", "Scan again", about, auto=True):
        tell_again()
        st.rerun()  # what was drawn before it was there
    return False


def _nothing_passes(opened: Opened, asked: tuple[Condition, ...]) -> None:
    """Each condition that is in the way, with how many samples pass without it."""
    st.info("No sample passes this filter. Remove a condition:", icon=":material/filter_alt_off:")
    with st.container(key="nothing_passes", horizontal=True, vertical_alignment="center"):
        for condition in asked:
            count = len(passing_samples(opened.predictions, condition.without))
            if count:
                st.button(
                    f"without {plain(condition.words)}: {counted(count, 'sample')}",
                    key=f"without_{condition.key}",
                    on_click=_choose,
                    args=(condition.without,),
                )


def _clear(words: str, key: str, only: Filter) -> None:
    st.button(words, key=key, type="tertiary", on_click=_choose, args=(only.cleared(),))


def _choose(only: Filter) -> None:
    session.replace_choices(session.choices().filtered(only))
