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

NARROW = 12  # classes at most whose matrix can be read in the sidebar


def distribution(opened: Opened) -> None:
    """What the task has to show of all samples together, behind a fold.

    In the sidebar, which stays in view while the gallery is scrolled; above the gallery where it
    is too wide for that.
    """
    pages, threshold = opened.predictions.answers.pages, session.choices().filter.threshold
    overview = pages.overview(threshold)
    beside = overview.chart is None or _is_narrow(overview.chart)
    place = st.sidebar.container() if beside else st.container()
    with place, st.expander(overview.title, expanded=True, key="overview"):
        if overview.caption:
            st.caption(overview.caption)
        judging_controls(opened)
        if overview.chart is None:
            st.caption(overview.empty)
        else:
            _chart(overview.chart, opened)


def judging_controls(opened: Opened) -> None:
    """The live threshold and the rule of verdicts, where they have them."""
    pages, threshold = opened.predictions.answers.pages, session.choices().filter.threshold
    for control in pages.judging(threshold):
        described(control)


@singledispatch
def _is_narrow(_chart: object) -> bool:
    """Whether a chart can be read in the sidebar."""
    return False


@_is_narrow.register
def _(_chart: Scatter) -> bool:
    return True


@_is_narrow.register
def _(chart: Matrix) -> bool:
    return len(chart.names) <= NARROW


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
        st.caption("Click a cell to see its samples.")
        matrix_chart(chart, small=_is_narrow(chart))
    else:
        st.caption(f"The most confused of {len(chart.names):,} classes.")
        pairs_table(chart)
