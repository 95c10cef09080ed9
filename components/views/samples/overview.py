"""The whole test set at a glance: a matrix, a scatter or a table; a click filters or opens."""

from __future__ import annotations

from functools import singledispatch

import streamlit as st

from components.controls.described import described
from components.figures.plot import Tools, plot
from components.figures.scores import scatter_figure
from components.figures.tables import table_figure
from components.frame import shell
from components.views.samples.confusion import matrix_chart, pairs_table
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

    plot(
        scatter_figure(chart),
        "scatter",
        "True against predicted value",
        tools=Tools.NONE,
        on_select=explain_point,
    )


@_chart.register
def _(chart: Matrix, _opened: Opened) -> None:
    if chart.fits:
        st.caption("Click a cell to see its pictures.")
        matrix_chart(chart)
    else:
        st.caption(f"The most confused of {len(chart.names):,} classes.")
        pairs_table(chart)
