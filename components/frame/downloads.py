"""What can be taken away from a page."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath

import numpy as np
import streamlit as st

from services import session
from services.choices.choices import Choices
from services.export.slide import plain_overlay, slide_png
from services.heatmaps.heatmaps import Heatmap
from services.media.shown import encoded
from services.predictions.predictions import Predictions
from services.tables import Cell, csv_of


def file_name(predictions: Predictions, position: int, ending: str) -> str:
    """A sample's own name with another ending."""
    return PurePosixPath(predictions.samples[position].id).stem + ending


def map_downloads(
    predictions: Predictions, position: int, heatmap: Heatmap, choices: Choices
) -> None:
    """The raw map; and the overlay where the browser does not make it itself."""
    buffer = io.BytesIO()
    np.save(buffer, heatmap.raw, allow_pickle=False)
    with st.container(horizontal=True):
        st.download_button(
            "Raw map (.npy)",
            buffer.getvalue(),
            file_name(predictions, position, ".map.npy"),
            "application/octet-stream",
            key="download_map",
            icon=":material/download:",
            on_click="ignore",
        )
        if session.server_draws():
            own = predictions, position, heatmap, choices
            png_download(
                "Overlay (PNG)",
                lambda: encoded(plain_overlay(*own), lossless=True),
                file_name(predictions, position, ".overlay.png"),
                "download_overlay",
            )
            png_download(
                "For a slide (PNG)",
                lambda: slide_png(*own),
                file_name(predictions, position, ".slide.png"),
                "download_slide",
            )


def png_download(label: str, png: Callable[[], bytes], name: str, key: str) -> None:
    """A picture, made when it is asked for.

    Args:
        label: of the button.
        png: gives the file.
        name: of it.
        key: of the button.
    """
    st.download_button(
        label, png, name, "image/png", key=key, icon=":material/download:", on_click="ignore"
    )


def table_download(
    label: str, rows: Callable[[], Sequence[Mapping[str, Cell]]], name: str, key: str
) -> None:
    """A table as CSV, made when it is asked for.

    Args:
        label: of the button.
        rows: gives the cells by column.
        name: of the file.
        key: of the button.
    """
    text_download(label, lambda: csv_of(rows()), name, key)


def text_download(
    label: str, text: Callable[[], str], name: str, key: str, kind: str = "text/csv"
) -> None:
    """A text file, made when it is asked for.

    Args:
        label: of the button.
        text: gives what is in it.
        name: of the file.
        key: of the button.
        kind: its media type.
    """
    st.download_button(
        label, text, name, kind, key=key, icon=":material/download:", on_click="ignore"
    )
