"""What the folder holds several of, to open another: a split of the pictures, a network file."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import bind
from services import session
from services.alternative import Alternative
from services.opening.opening import Opened
from services.sources.reference import parse_reference


def others_to_open(opened: Opened) -> None:
    """A select box for each; choosing opens the project anew."""
    if not opened.project.alternatives:
        return
    st.subheader("Open now")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for each in opened.project.alternatives:
            bind(each.name, each.taken)
            st.selectbox(
                each.title,
                list(each.values),
                key=each.name,
                format_func=each.values.__getitem__,
                on_change=_open_other,
                args=(each,),
            )


def _open_other(alternative: Alternative) -> None:
    first, *_ = alternative.values
    chosen = st.session_state[alternative.name]
    reference = parse_reference(session.choices().source)
    pick = "" if chosen == first else chosen  # the link stays short
    session.start_opening(reference.picking(**{alternative.name: pick}))
