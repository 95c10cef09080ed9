"""The whole test set at a glance: a matrix or a scatter, where a click filters or opens."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.controls.binding import bind, store
from components.figures.scores import confusion_figure, regression_figure
from components.figures.style import PICTURE_BUTTON
from components.frame import shell
from services import session
from services.choices.browse import confusion
from services.opening.opening import Opened


def distribution(opened: Opened) -> None:
    """Confusion matrix, or true against read values."""
    if opened.project.is_regression:
        _scatter(opened)
    else:
        _matrix(opened)


def _matrix(opened: Opened) -> None:
    st.subheader("Confusion")
    if (opened.predictions.true >= 0).any():
        st.caption("Click a cell to see its pictures.")
    matrix_chart(opened)


def matrix_chart(opened: Opened, *, rates: bool = False, totals: bool = False) -> None:
    """The confusion matrix; a click on a cell filters to its two classes.

    Args:
        opened: the project.
        rates: whether cells say shares.
        totals: whether it has a row and a column for all classes.
    """
    classes = opened.project.classes
    if not (opened.predictions.true >= 0).any():
        st.caption("No sample is labelled, so there is no right or wrong to count.")
        return
    chosen = session.choices()
    # The chart is another one for each cell chosen: it keeps no selection that was cleared since.
    chart = f"confusion {chosen.filter.true_class} {chosen.filter.predicted_class}"
    names = [*classes, ""]

    def filter_to_cell() -> None:
        points = st.session_state[chart]["selection"]["points"]
        cell = divmod(points[0]["point_index"], len(classes) + totals) if points else (-1, -1)
        filter_to(names[cell[0]], names[cell[1]])

    with st.container(key="confusion"):
        st.plotly_chart(
            confusion_figure(
                confusion(opened.predictions),
                classes,
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


def _scatter(opened: Opened) -> None:
    st.subheader("True against read")
    st.caption("The band is the threshold. Click a point to explain it.")
    threshold_slider(opened)

    def explain_point() -> None:
        points = st.session_state["scatter"]["selection"]["points"]
        if points:
            shell.explain(opened.predictions.samples[points[0]["point_index"]].id)

    st.plotly_chart(
        regression_figure(opened.predictions, threshold_of(opened)),
        key="scatter",
        on_select=explain_point,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="True value against the value that the network reads",
    )


def threshold_of(opened: Opened) -> float:
    """The chosen threshold, or the project's."""
    chosen = session.choices().filter.threshold
    return opened.project.regression.threshold if chosen is None else chosen


def threshold_slider(opened: Opened) -> None:
    """How far off still counts as correct."""
    own = opened.project.regression.threshold
    errors = np.nan_to_num(np.abs(opened.predictions.errors))
    top = max(4 * own, float(errors.max(initial=0.0)), threshold_of(opened), 1e-6)
    step = 10.0 ** (len(str(int(top))) - 3) if top >= 1 else 0.005
    bind("threshold", threshold_of(opened))
    st.slider(
        "Threshold",
        0.0,
        top,
        step=step,
        format="%.3g",
        key="threshold",
        on_change=store,
        args=("threshold",),
        help="An error of at most this counts as correct.",
    )
