"""What flips by object, and by whole sounds."""

from __future__ import annotations

import streamlit as st

from components.controls.flipped import browse_flipped, browse_picked
from components.frame.downloads import table_download
from components.frame.text import plain
from services.choices.choices import Choices
from services.comparing.levels import FlipLevel, InSamples, flip_levels
from services.predictions.beside import chosen_beside
from services.predictions.comparison import NetworkComparison

A_ROW = 4  # figures side by side


def other_levels(both: NetworkComparison, choices: Choices) -> None:
    """A part of the page for each thing that is counted beside samples; for most projects none."""
    word = chosen_beside(both.here.project, choices.filter.beside)
    for number, level in enumerate(flip_levels(both)):
        st.subheader(plain(level.name))
        _figures(level)
        st.markdown(plain(level.said))
        if level.rows:
            _table(level, number)
        if level.in_samples:
            with st.container(horizontal=True, key=f"level_in_samples_{number}"):
                for opened in level.in_samples:
                    _open(opened, word, number)


def _figures(level: FlipLevel) -> None:
    for start in range(0, len(level.figures), A_ROW):
        some = level.figures[start : start + A_ROW]
        for column, figure in zip(st.columns(A_ROW), some, strict=False):
            column.metric(
                figure.name, figure.text, figure.note or None, delta_color="off",
                delta_arrow="off", border=True,
            )  # fmt: skip


def _table(level: FlipLevel, number: int) -> None:
    import pandas as pd

    rows = list(level.rows)
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, height="content" if len(rows) <= 8 else 320,
        alt=f"{level.name} that both networks judge differently",
    )  # fmt: skip
    table_download(f"{level.name} (CSV)", lambda: rows, level.file, f"download_level_{number}")


def _open(opened: InSamples, word: str, number: int) -> None:
    label, key = f"Open in Samples: {plain(opened.count)}", f"browse_level_{number}_{opened.count}"
    if opened.picked:
        st.button(
            label,
            key=key,
            type="tertiary",
            icon=":material/filter_alt:",
            on_click=browse_picked,
            args=(opened.picked,),
        )
        return
    st.button(
        label, key=key, type="tertiary",
        icon=":material/filter_alt:", on_click=browse_flipped, args=(opened.flipped, word),
        kwargs={"by_part": True},
    )  # fmt: skip
