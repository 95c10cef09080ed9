"""How good the network is by agreed labels, beside how good it is by the given ones."""

from __future__ import annotations

import streamlit as st

from components.figures.tables import table_figure
from components.frame.downloads import table_download
from components.frame.text import plain
from services import session
from services.choices.flagged import flags_in
from services.numbers import counted
from services.opening.opening import Opened
from services.predictions.corrected import Corrected, corrected
from services.tasks.shown import Table

ABOUT = (
    "Labels that people agreed on, in place of those of the data set. All else goes by "
    "the labels as they are."
)


def accuracy_beside(opened: Opened) -> None:
    """Both figures and what changes; nothing where nobody agreed on another label."""
    predictions, threshold = opened.predictions, session.choices().filter.threshold
    both = corrected(predictions, flags_in(predictions).agreed, threshold)
    if both is None:
        return
    st.subheader("With corrected labels", anchor=False, help=ABOUT)
    given, agreed = both.figures
    columns = st.container(key="corrected").columns(2)
    many = counted(len(both.corrections), "corrected label")
    for column, name, figure in zip(
        columns, ("labels as they are", many), (given, agreed), strict=True
    ):
        column.metric(
            f"{figure.name}, {name}", figure.text, figure.note, delta_color="off",
            delta_arrow="off", border=True,
        )  # fmt: skip
    for position, why in both.unfit.items():
        st.caption(plain(f"Not counted, {predictions.samples[position].id}: {why}."))
    if both.corrections:
        _changes(both)


def _changes(both: Corrected) -> None:
    rows = both.rows()
    with st.expander(f"What changes: {counted(len(rows), 'label')}", key="corrections"):
        table_figure(Table("Corrected labels", tuple(rows), "Samples whose label people corrected"))
        table_download("Corrected labels (CSV)", both.rows, "corrected.csv", "download_corrected")
