"""Who is taken for whom: a matrix, or a list of pairs where there are too many classes for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from components.figures.plot import Tools, plot
from components.figures.scores import confusion_figure
from components.frame.downloads import table_download
from services import session
from services.short_names import short_names
from services.tables import Cell
from services.tasks.scores import confused
from services.tasks.shown import Matrix

PAIRS = 15
SHARE_COLUMN = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)


def matrix_chart(
    matrix: Matrix, *, rates: bool = False, totals: bool = False, small: bool = False
) -> None:
    """The confusion matrix; a click on a cell filters to its two classes.

    Args:
        matrix: what is taken for what.
        rates: whether cells say shares.
        totals: whether it has a row and a column for all classes.
        small: whether it stands in the sidebar.
    """
    chosen = session.choices()
    # The chart is another one for each cell chosen: it keeps no selection that was cleared since.
    key = f"confusion {chosen.filter.true_class} {chosen.filter.predicted_class}"
    names = [*matrix.names, ""]

    def filter_to_cell() -> None:
        points = st.session_state[key]["selection"]["points"]
        width = len(matrix.names) + totals
        cell = divmod(points[0]["point_index"], width) if points else (-1, -1)
        filter_to(names[cell[0]], names[cell[1]])

    with st.container(key="confusion"):
        plot(
            confusion_figure(
                matrix.counts,
                matrix.names,
                dark=st.context.theme.type == "dark",
                rates=rates,
                totals=totals,
                small=small,
            ),
            key,
            "Confusion matrix, true class by predicted class",
            tools=Tools.PICTURE if totals else Tools.NONE,
            name="confusion matrix",
            on_select=filter_to_cell,
        )


def pairs_table(matrix: Matrix) -> None:
    """What is taken for what, the commonest first; a row filters to its two classes."""
    classes, pairs = matrix.names, confused(matrix.counts)
    if not pairs:
        st.caption("No class is confused with another.")
        return
    chosen = session.choices()
    key = f"pairs {chosen.filter.true_class} {chosen.filter.predicted_class}"

    def filter_to_pair() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        pair = pairs[rows[0]] if rows else None
        filter_to(*((classes[pair.true], classes[pair.called]) if pair else ("", "")))

    table: list[dict[str, Cell]] = [
        {
            "true": classes[pair.true],
            "predicted": classes[pair.called],
            "samples": pair.count,
            "share of class": pair.share,
        }
        for pair in pairs
    ]
    with st.container(key="pairs"):
        st.dataframe(
            pd.DataFrame([row | _shortly(row, classes) for row in table[:PAIRS]]),
            key=key,
            hide_index=True,
            height="content",
            on_select=filter_to_pair,
            selection_mode="single-row",
            column_config={"share of class": SHARE_COLUMN},
            alt="Confused classes, the most common pair first",
        )
    some = f"The first {PAIRS} of {len(pairs):,}. " if len(pairs) > PAIRS else ""
    st.caption(f"{some}Tick a row to see its pictures.")
    table_download("Confused classes (CSV)", lambda: table, "confused.csv", "download_pairs")


def _shortly(row: Mapping[str, Cell], classes: Sequence[str]) -> dict[str, Cell]:
    """The two classes of a row by their short names."""
    names = short_names(classes)
    return {column: names[str(row[column])] for column in ("true", "predicted")}


def filter_to(true_class: str, predicted_class: str) -> None:
    """Keep the samples of two classes; "" for any; for callbacks."""
    choices = session.choices().changed("true_class", true_class)
    session.replace_choices(choices.changed("predicted_class", predicted_class))
