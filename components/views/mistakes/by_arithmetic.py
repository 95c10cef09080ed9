"""Mistakes by arithmetic: which answers change when a network of whole numbers rounds otherwise."""

from __future__ import annotations

import streamlit as st

from components.board.board import board
from components.board.tile import Group
from components.controls.arithmetic import arithmetics_ready
from components.frame import shell
from components.frame.downloads import table_download
from components.frame.text import plain
from components.tiles.tiles import sample_tiles
from services import session
from services.choices.choices import Choices
from services.opening.opening import Opened
from services.predictions.both_arithmetics import BothAnswers, both_answers
from services.tasks.shown import Number

TILES = 24
ROUNDING = (
    "Both are right ways to run the same file: a phone or PC rounds once, a microcontroller twice. "
    "A tie has two best levels that are equal, so that the order of the classes alone decides."
)


def by_arithmetic(opened: Opened, choices: Choices) -> None:
    """Both figures, a table of the samples with another answer, and their pictures."""
    if not arithmetics_ready(opened):
        return
    both = both_answers(opened.predictions)
    if both is None:
        return
    _figures(both, choices)
    st.markdown(plain(both.said))
    st.caption(ROUNDING)
    if len(both.positions):
        _table(both)
        _pictures(opened, choices, both)


def _figures(both: BothAnswers, choices: Choices) -> None:
    here, there = both.here, both.there
    own = here.network.arithmetic
    figures: list[tuple[str, Number]] = [
        (own.said if own else "", here.pages.figures(choices.filter.threshold)[1]),
        (both.other.said, there.pages.figures(choices.filter.threshold)[1]),
    ]
    for column, (arithmetic, figure) in zip(st.columns(2), figures, strict=True):
        column.metric(
            f"{figure.name} {arithmetic}", figure.text, figure.note or None, delta_color="off",
            delta_arrow="off", border=True,
        )  # fmt: skip


def _table(both: BothAnswers) -> None:
    import pandas as pd

    rows = both.rows()
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        height="content" if len(rows) <= 12 else 440,
        alt="Samples with another answer in the other arithmetic",
    )
    table_download("Changed answers (CSV)", lambda: rows, "arithmetic.csv", "download_changes")


def _pictures(opened: Opened, choices: Choices, both: BothAnswers) -> None:
    shown = both.positions[:TILES].tolist()
    tiles = sample_tiles(opened.predictions, shown, choices)
    board([Group(tiles)], choices, key="changed", on_click=shell.open_in_explain, controls=False)
    st.button("See them in Samples", key="browse_changed", type="tertiary", on_click=_browse)


def _browse() -> None:
    session.choose("changes", value=True)
    session.go_to(shell.SAMPLES)
