"""What both networks cost: their size, their operations, and how long each takes here."""

from __future__ import annotations

import streamlit as st

from components.figures.tables import table_figure
from components.frame.text import plain
from components.frame.waiting import ready
from services.comparing.speed import BothTimed
from services.comparing.telling import sizes
from services.predictions.comparison import NetworkComparison
from services.tasks.shown import Table


def size_and_speed(both: NetworkComparison) -> None:
    """A row for each network; once it is measured, with its time and how the two compare."""
    st.subheader("Size and speed")
    place = st.container()
    asked = BothTimed.of(both)
    about = (
        "Runs one sample through each network in turn, again and again for a few seconds, so that "
        "both see the same machine."
    )
    ready(asked, "both_timed", "Measure both", about)
    timed = asked.found
    with place:
        table_figure(Table("Both", sizes(both, timed), "Size, cost and speed of both networks"))
        if timed is not None:
            st.caption(plain(timed.said))
    if timed is not None:
        st.button("Measure again", key="both_again", icon=":material/refresh:",
                  on_click=asked.forget)  # fmt: skip
