"""Mistakes by metadata: how good the network is for each value of a key, and its pictures."""

from __future__ import annotations

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.controls.binding import select
from components.controls.filtered import filter_ready
from components.frame import shell
from components.frame.downloads import table_download
from components.frame.text import plain
from components.frame.waiting import maps_ready
from components.tiles.tiles import sample_tiles
from components.views.samples.confusion import SHARE_COLUMN
from services import session
from services.choices.browse import passing_samples
from services.choices.choices import Choices
from services.heatmaps.slow import wanted
from services.judging.by_metadata import ByMetadata, ValueRow, by_metadata
from services.numbers import counted, percent
from services.opening.opening import Opened
from services.tables import Cell

TILES = 12
INTERVAL = "95 % interval"


def values_of_keys(opened: Opened, choices: Choices, facet: ByMetadata) -> None:
    """A table of the values of the chosen key; a row filters to its value."""
    keys = list(facet.metadata.keys)
    key = choices.metadata_key if choices.metadata_key in keys else keys[0]
    left, right = st.columns([1.3, 1], gap="large")
    with left:
        select("Key", "metadata_key", keys, key, width=300)
        _table(opened, choices, key)
        _left_out(facet)
    with right:
        _pictures(opened, choices)


def _table(opened: Opened, choices: Choices, key: str) -> None:
    import pandas as pd

    threshold = choices.filter.threshold
    rows = by_metadata(opened.predictions, key, threshold)
    share = opened.predictions.answers.pages.figures(threshold)[1].name.lower()
    table = [_cells(row, key, share) for row in rows]
    # The table is another one for each value chosen: it keeps no selection that was cleared since.
    widget = f"values {key} {choices.filter.metadata}"

    def filter_to_value() -> None:
        chosen = st.session_state[widget]["selection"]["rows"]
        value = rows[chosen[0]].value if chosen else ""
        session.choose("metadata", session.choices().filter.with_value(key, value))

    with st.container(key="values"):
        st.dataframe(
            pd.DataFrame(
                [cells | {INTERVAL: _interval(row)} for cells, row in zip(table, rows, strict=True)]
            ),
            key=widget,
            hide_index=True,
            height="content" if len(rows) <= 12 else 440,
            on_select=filter_to_value,
            selection_mode="single-row",
            column_order=[key, "samples", share, INTERVAL, *rows[0].own],
            column_config={share: SHARE_COLUMN}
            | dict.fromkeys(rows[0].own, st.column_config.NumberColumn(format="%.3g")),
            alt=f"How many samples are right for each value of {key}",
        )
    st.caption(
        "Over the labelled samples. Where the intervals (Wilson) of two values overlap widely, "
        "the difference may be chance. Tick a row to filter to its value."
    )
    table_download("Values (CSV)", lambda: table, f"by-{key}.csv", "download_values")


def _cells(row: ValueRow, key: str, share: str) -> dict[str, Cell]:
    return {
        key: row.value,
        "samples": row.count,
        "correct": row.right,
        share: row.share,
        "lower": row.low,
        "upper": row.high,
        **row.own,
    }


def _interval(row: ValueRow) -> str:
    return f"{100 * row.low:.0f}–{percent(row.high)}" if row.count else ""


def _left_out(facet: ByMetadata) -> None:
    if facet.metadata.left_out:
        said = ", ".join(f"{one.name} ({one.reason})" for one in facet.metadata.left_out)
        st.caption(plain(f"Not compared: {said}."))


def _pictures(opened: Opened, choices: Choices) -> None:
    predictions = opened.predictions
    filter_ready(opened)
    listed = passing_samples(predictions, choices.filter)
    if not len(listed):
        return
    shown = [int(position) for position in listed[:TILES]]
    if maps_ready(wanted(predictions, shown, choices.recipe)):
        tiles = sample_tiles(predictions, shown, choices, Shows.OVERLAY)
        board([Group(tiles)], choices, key="value", on_click=shell.open_in_explain)
    few = "" if len(listed) <= TILES else f"The first {TILES} of "
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{few}{counted(len(listed), 'sample')}.")
        st.button(
            "See them in Samples",
            key="browse_value",
            on_click=session.go_to,
            args=(shell.SAMPLES,),
            type="tertiary",
        )
