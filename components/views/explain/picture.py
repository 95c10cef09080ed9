"""The one heatmap of a sample, and what is said of it; drawn again alone with another scale."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components.board.board import board
from components.controls.heatmap import DOWNLOADS, ON_BOXES, PICTURE
from components.frame.downloads import file_name, map_downloads
from components.frame.guard import guarded
from components.frame.parts import part
from components.views.explain.parts import choose_part
from components.views.explain.sample import boxes_said, heatmap_legend, picture_group
from components.views.explain.sight import sighted
from services import session
from services.export.slide import slide_png
from services.heatmaps.heatmaps import Heatmap, heatmaps
from services.opening.opening import Opened
from services.tasks.parts import Address, sample_of


@part(PICTURE)
def picture(opened: Opened, address: Address) -> None:
    """Draw picture, heatmap and overlay; a click on a mark looks at that part."""
    choices, predictions, position = sighted(opened), opened.predictions, sample_of(address)
    with guarded():
        (heatmap,) = heatmaps(predictions, [address], choices.recipe)
        board(
            [picture_group(predictions, address, choices, heatmap)],
            choices,
            key="viewer",
            on_click=choose_part,
            legend=heatmap_legend(heatmap),
            download=file_name(predictions, position, ".overlay.png"),
            slide=partial(slide_png, predictions, position, heatmap, choices),
        )


def beside_picture(opened: Opened, address: Address, heatmap: Heatmap) -> None:
    """Say how much of the heat lies on labelled boxes, and offer the map."""
    position = sample_of(address)
    if opened.predictions.samples[position].boxes:
        _on_boxes(opened, address)
    if session.server_draws():
        _downloads(opened, address)
    else:  # the raw map is the same on every scale
        map_downloads(opened.predictions, position, heatmap, sighted(opened))


@part(ON_BOXES)
def _on_boxes(opened: Opened, address: Address) -> None:
    with guarded():
        (heatmap,) = heatmaps(opened.predictions, [address], sighted(opened).recipe)
        for words in boxes_said(opened.predictions, sample_of(address), heatmap):
            st.markdown(words)


@part(DOWNLOADS)
def _downloads(opened: Opened, address: Address) -> None:
    choices = sighted(opened)
    with guarded():
        (heatmap,) = heatmaps(opened.predictions, [address], choices.recipe)
        map_downloads(opened.predictions, sample_of(address), heatmap, choices)
