"""How far two networks agree, as figures and by class."""

from __future__ import annotations

from typing import Final

import streamlit as st

from components.figures.tables import table_figure
from components.frame.text import plain
from services.comparing.telling import comparison_figures, made_of, whether_it_differs
from services.predictions.comparison import NetworkComparison
from services.tasks.shown import Table

_STYLE: Final = """<style>
.st-key-compare_figures [data-testid=stColumn] { min-width: 9.5rem; flex: 1 1 9.5rem; }
</style>"""


def figures(both: NetworkComparison) -> None:
    """Accuracies, agreement and flips; whether the difference is more than chance; by class."""
    numbers = comparison_figures(both)
    st.html(_STYLE)  # where five have no room beside each other they go on below
    with st.container(key="compare_figures"):
        for column, number in zip(st.columns(len(numbers)), numbers, strict=True):
            column.metric(
                number.name, number.text, number.note or None, delta_color="off",
                delta_arrow="off", border=True, height="stretch",
            )  # fmt: skip
    st.markdown(plain(whether_it_differs(both)))
    if rows := both.by_group():
        table_figure(
            Table(
                "By class", tuple(rows), "How often each network is right, by class",
                frozenset({"difference", "from", "to"}),
            )
        )  # fmt: skip
        st.caption("The difference of both accuracies with its 95 % interval (Newcombe's, paired).")
    st.caption(plain(made_of(both)))
