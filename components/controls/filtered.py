"""The filter that other pages obey: it is obeyed, found again with progress, or refused."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from components.frame.waiting import ready
from services import session
from services.choices.conditions import misfit
from services.opening.opening import Opened
from services.scan.again import scan_again


def filter_ready(opened: Opened) -> bool:
    """Whether the filter can be obeyed; if not, the page says why, or scans again for its finding.

    A filter that cannot be obeyed lets no sample pass; it never stands for all of them.
    """
    only = session.choices().filter
    words = misfit(opened.predictions, only)
    if not words:
        return True
    scan = scan_again(opened.predictions, only)
    if scan is not None:
        about = "The finding of this filter is no longer kept; the same scan finds it again."
        if ready(scan, "finding", "Scan again", about, auto=True):
            st.rerun()  # what was drawn before it was there
        return False
    st.info(plain(words), icon=":material/filter_alt_off:")
    st.button("Clear filters", key="clear_refused", on_click=_clear)
    return False


def _clear() -> None:
    session.replace_choices(session.choices().unfiltered())
