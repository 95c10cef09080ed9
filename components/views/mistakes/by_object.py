"""Mistakes by object: what is taken for what and for nothing, and at which threshold."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import segments, select
from components.figures.curves import curve_figure
from components.figures.plot import plot
from components.figures.tables import table_figure
from components.frame.downloads import table_download
from components.frame.text import plain
from components.views.mistakes.by_class import class_selects, pictures_of_cell
from components.views.samples.confusion import matrix_chart, pairs_table
from components.views.samples.overview import judging_controls
from services.choices.choices import Choices
from services.choices.options import Counting
from services.opening.opening import Opened
from services.tables import Cell
from services.tasks.facets import ByObject, ByThreshold, OverThresholds
from services.tasks.shown import Matrix, Number

UNLABELLED = "No sample has labelled objects, so there is no right or wrong to count."


def by_object(opened: Opened, choices: Choices, facet: ByObject) -> None:
    """The matrix with the background, the pictures of a cell, and each class's figures."""
    if not opened.predictions.answers.judged.size:
        st.info(UNLABELLED)
        return
    _numbers(facet.numbers)
    judging_controls(opened)
    st.caption(plain(facet.caption))
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        matrix = Matrix(facet.classes, facet.confusion)
        if matrix.fits:
            segments("Cells", "counting", list(Counting), choices.counting)
            matrix_chart(matrix, rates=choices.counting is Counting.RATES, totals=True)
            st.caption("Objects, not pictures. Click a cell, a row total or a column total.")
        st.subheader("Most confused classes", anchor=False)
        pairs_table(matrix)
    with right:
        class_selects(facet.classes, choices)
        pictures_of_cell(opened, choices)
    st.subheader("Per class", anchor=False)
    table_figure(facet.table)
    rows = [dict(row) for row in facet.table.rows]
    table_download("Classes (CSV)", lambda: rows, "classes.csv", "download_classes")


def by_threshold(opened: Opened, choices: Choices, facet: ByThreshold) -> None:
    """Precision, recall and F1 over all thresholds, of all objects or of one class."""
    if not opened.predictions.answers.judged.size:
        st.info(UNLABELLED)
        return
    judging_controls(opened)
    curves = facet.curves()
    names = list(curves)
    chosen = choices.review_class if choices.review_class in names else names[0]
    select("Class", "review_class", names, chosen)
    curve = curves[chosen]
    plot(
        curve_figure(curve, facet.live),
        "thresholds",
        f"Precision, recall and F1 of {chosen} at each threshold",
    )
    table_download(
        "Thresholds (CSV)", lambda: _rows(curve), "thresholds.csv", "download_thresholds"
    )


def _numbers(numbers: tuple[Number, ...]) -> None:
    columns = st.container(key="totals").columns(len(numbers))
    for column, number in zip(columns, numbers, strict=True):
        column.metric(number.name, number.text, border=True)


def _rows(curve: OverThresholds) -> list[dict[str, Cell]]:
    columns = (curve.thresholds, curve.precision, curve.recall, curve.f1)
    names = ("threshold", "precision", "recall", "F1")
    return [dict(zip(names, map(float, row), strict=True)) for row in zip(*columns, strict=True)]
