"""The whole test set at a glance: a matrix, a scatter or a table; a click filters or opens."""

from __future__ import annotations

from functools import singledispatch

import streamlit as st

from components.controls.described import described
from components.figures.scores import confusion_figure, scatter_figure
from components.figures.style import PICTURE_BUTTON
from components.figures.tables import table_figure
from components.frame import shell
from services import session
from services.opening.opening import Opened
from services.tasks.shown import Matrix, Scatter, Table


def distribution(opened: Opened) -> None:
    """What the task has to show of all samples together."""
    pages, threshold = opened.predictions.answers.pages, session.choices().filter.threshold
    overview = pages.overview(threshold)
    st.subheader(overview.title)
    if overview.caption:
        st.caption(overview.caption)
    limit_slider(opened)
    if overview.chart is None:
        st.caption(overview.empty)
    else:
        _chart(overview.chart, opened)


def limit_slider(opened: Opened) -> None:
    """The live threshold, where verdicts have one."""
    limit = opened.predictions.answers.pages.limit(session.choices().filter.threshold)
    if limit is not None:
        described(limit)


@singledispatch
def _chart(chart: object, _opened: Opened) -> None:
    raise TypeError(f"there is no chart for {type(chart).__name__}")


@_chart.register
def _(chart: Table, _opened: Opened) -> None:
    table_figure(chart)


@_chart.register
def _(chart: Scatter, opened: Opened) -> None:
    def explain_point() -> None:
        points = st.session_state["scatter"]["selection"]["points"]
        if points:
            shell.open_in_explain(opened.predictions.samples[points[0]["point_index"]].id)

    st.plotly_chart(
        scatter_figure(chart),
        key="scatter",
        on_select=explain_point,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="True value against the value that the network reads",
    )


@_chart.register
def _(chart: Matrix, _opened: Opened) -> None:
    matrix_chart(chart)


def matrix_chart(matrix: Matrix, *, rates: bool = False, totals: bool = False) -> None:
    """The confusion matrix; a click on a cell filters to its two classes.

    Args:
        matrix: what is taken for what.
        rates: whether cells say shares.
        totals: whether it has a row and a column for all classes.
    """
    chosen = session.choices()
    # The chart is another one for each cell chosen: it keeps no selection that was cleared since.
    chart = f"confusion {chosen.filter.true_class} {chosen.filter.predicted_class}"
    names = [*matrix.names, ""]

    def filter_to_cell() -> None:
        points = st.session_state[chart]["selection"]["points"]
        width = len(matrix.names) + totals
        cell = divmod(points[0]["point_index"], width) if points else (-1, -1)
        filter_to(names[cell[0]], names[cell[1]])

    with st.container(key="confusion"):
        st.plotly_chart(
            confusion_figure(
                matrix.counts,
                matrix.names,
                dark=st.context.theme.type == "dark",
                rates=rates,
                totals=totals,
            ),
            key=chart,
            on_select=filter_to_cell,
            selection_mode="points",
            config=PICTURE_BUTTON if totals else {"displayModeBar": False},
            alt="Confusion matrix, true class by predicted class",
        )


def filter_to(true_class: str, predicted_class: str) -> None:
    """Keep the samples of two classes; "" for any; for callbacks."""
    choices = session.choices().changed("true_class", true_class)
    session.replace_choices(choices.changed("predicted_class", predicted_class))
