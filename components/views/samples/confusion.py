"""Who is taken for whom: a matrix, or a list of pairs where there are too many classes for one."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.figures.plot import Tools, plot
from components.figures.scores import confusion_figure
from components.frame.downloads import table_download
from services import session
from services.short_names import short_names
from services.tables import Cell
from services.tasks.confusion import ConfusedPairs, Pair
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
                matrix.cells.table(),
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
    import pandas as pd

    classes, pairs = matrix.names, ConfusedPairs(matrix.cells)
    shown, short = pairs.first(PAIRS), short_names(classes)
    if not shown:
        st.caption("No class is confused with another.")
        return
    chosen = session.choices()
    key = f"pairs {chosen.filter.true_class} {chosen.filter.predicted_class}"

    def filter_to_pair() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        pair = shown[rows[0]] if rows else None
        filter_to(*((classes[pair.true], classes[pair.called]) if pair else ("", "")))

    with st.container(key="pairs"):
        st.dataframe(
            pd.DataFrame(_rows(shown, [short[name] for name in classes])),
            key=key,
            hide_index=True,
            height="content",
            on_select=filter_to_pair,
            selection_mode="single-row",
            column_config={"share of class": SHARE_COLUMN},
            alt="Confused classes, the most common pair first",
        )
    some = f"The first {PAIRS} of {len(pairs):,}. " if len(pairs) > PAIRS else ""
    st.caption(f"{some}Tick a row to see its samples.")
    table_download(
        "Confused classes (CSV)",
        lambda: _rows(pairs.first(), classes),
        "confused.csv",
        "download_pairs",
    )


def _rows(pairs: Sequence[Pair], names: Sequence[str]) -> list[dict[str, Cell]]:
    return [
        {
            "true": names[pair.true],
            "predicted": names[pair.called],
            "samples": pair.count,
            "share of class": pair.share,
        }
        for pair in pairs
    ]


def filter_to(true_class: str, predicted_class: str) -> None:
    """Keep the samples of two classes; "" for any; for callbacks."""
    choices = session.choices().changed("true_class", true_class)
    session.replace_choices(choices.changed("predicted_class", predicted_class))
