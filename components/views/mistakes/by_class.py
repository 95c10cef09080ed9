"""Mistakes by class: what is taken for what, and each class's figures."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.controls.binding import segments, select
from components.flags.bar import tiles_bar
from components.frame import shell
from components.frame.downloads import table_download
from components.frame.text import plain
from components.frame.waiting import maps_ready
from components.keys.keys import Walk
from components.tiles.sheet import sheet_download
from components.tiles.tiles import sample_tiles
from components.views.samples.confusion import SHARE_COLUMN, filter_to, matrix_chart, pairs_table
from services import session
from services.choices.choices import Choices
from services.choices.conditions import misfit
from services.choices.options import Counting
from services.heatmaps.slow import wanted
from services.lists.mistaken import CellList
from services.numbers import percent
from services.opening.opening import Opened
from services.tables import Cell
from services.tasks.facets import ByClass
from services.tasks.scores import (
    accuracy,
    class_figures,
    macro,
    top_k,
    weighted_mean,
)
from services.tasks.shown import Matrix

TILES = 12
TOP = 5
Rows = list[dict[str, Cell]]


def by_class(opened: Opened, choices: Choices, facet: ByClass) -> None:
    """The matrix or the most confused pairs, their pictures, and each class's figures."""
    if not facet.confusion.total:
        st.info("No sample is labelled, so there is no right or wrong to count.")
        return
    _totals(facet)
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        matrix = Matrix(facet.classes, facet.confusion)
        if matrix.fits:
            segments("Cells", "counting", list(Counting), choices.counting)
            rates = choices.counting is Counting.RATES
            matrix_chart(matrix, rates=rates, totals=True)
            st.caption("Click a cell, a row total or a column total.")
        st.subheader("Most confused classes", anchor=False)
        pairs_table(matrix)
    with right:
        class_selects(facet.classes, choices)
        pictures_of_cell(opened, choices)
    _class_table(facet)


def _totals(facet: ByClass) -> None:
    scores = class_figures(facet.confusion)
    figures = {
        "Accuracy": accuracy(facet.confusion),
        "Macro F1": macro(scores).f1,
        "Weighted F1": weighted_mean(scores).f1,
    }
    for k in (3, TOP):
        if k < len(facet.classes):
            figures[f"Top {k}"] = top_k(facet.ranks, k)
    columns = st.container(key="totals").columns(len(figures))
    for column, (name, figure) in zip(columns, figures.items(), strict=True):
        column.metric(name, percent(figure, 1), border=True)


def class_selects(names: tuple[str, ...], choices: Choices) -> None:
    """A true and a predicted class: the cell that is looked at."""
    classes = ["", *names]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for key, label in (("true_class", "True class"), ("predicted_class", "Predicted class")):
            value = getattr(choices.filter, key)
            value = value if value in classes else ""
            select(label, key, classes, value, say=lambda name: name or "any")


def pictures_of_cell(opened: Opened, choices: Choices) -> None:
    """The samples of a cell, and the way to all of them."""
    predictions, only = opened.predictions, choices.filter.cell()
    listed = CellList(predictions, choices).positions
    if not len(listed):
        words = misfit(predictions, only)
        st.info(plain(words or "No sample has this true and this predicted class."))
        return
    shown = [int(position) for position in listed[:TILES]]
    ids = [predictions.samples[position].id for position in shown]
    tiles_bar(opened, ids, Walk("cell"), "page")
    if maps_ready(wanted(predictions, shown, choices.recipe)):
        tiles = sample_tiles(predictions, shown, choices, Shows.OVERLAY)
        groups = [Group(tiles)]
        explain = partial(shell.open_in_explain, within=CellList.word)
        board(groups, choices, key="cell", on_click=explain)
        sheet_download(groups, choices, "download_cell", "pictures.png")

    def browse() -> None:
        session.replace_choices(session.choices().unfiltered())
        filter_to(only.true_class, only.predicted_class)
        session.go_to(shell.SAMPLES)

    few = (
        f"All {len(listed):,}" if len(listed) <= TILES else f"The first {TILES} of {len(listed):,}"
    )
    wrong = (predictions.correct(only.threshold)[listed] == 0).any()
    order = ", the most confidently wrong first." if wrong else "; none of them is wrong."
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(few + order)
        st.button("See them in Samples", key="browse_cell", on_click=browse, type="tertiary")


def _class_table(facet: ByClass) -> None:
    import pandas as pd

    hits, scores = facet.confusion.hits, class_figures(facet.confusion)
    columns = (scores.precision, scores.recall, scores.f1)
    table: Rows = [
        _class_row(name, [float(column[i]) for column in columns], int(scores.support[i]))
        | {"predicted": int(scores.called[i]), "errors": int(scores.support[i] - hits[i])}
        for i, name in enumerate(facet.classes)
    ]
    total = facet.confusion.total
    for name, mean in (("macro mean", macro(scores)), ("weighted mean", weighted_mean(scores))):
        table.append(
            _class_row(name, list(asdict(mean).values()), total)
            | {"predicted": total, "errors": total - int(hits.sum())}
        )
    st.subheader("Per class", anchor=False)
    st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        height="content" if len(table) <= 14 else 480,
        column_config={"class": st.column_config.TextColumn(width="medium")}
        | dict.fromkeys(("precision", "recall", "F1"), SHARE_COLUMN),
        alt="Precision, recall, F1 and support of each class, and their means",
    )
    _top_said(facet)
    table_download("Classes (CSV)", lambda: table, "classes.csv", "download_classes")


def _class_row(name: str, figures: list[float], support: int) -> dict[str, Cell]:
    return {
        "class": name,
        **dict(zip(("precision", "recall", "F1"), figures, strict=True)),
        "support": support,
    }


def _top_said(facet: ByClass) -> None:
    """How often the true class is among the highest scores, for each number of them that tells."""
    said = [
        f"top {k} {percent(top_k(facet.ranks, k), 1)}"
        for k in range(2, min(TOP + 1, len(facet.classes)))
    ]
    if said:
        st.caption(f"Top-k accuracy: {', '.join(said)}.")
