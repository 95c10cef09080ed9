"""Explain: one sample, why the network said what it said, everything live."""

import streamlit as st

from components.board import board
from components.controls import chosen_target, heatmap_controls
from components.downloads import file_name, map_downloads
from components.explain_view import (
    chosen_position,
    legend_of,
    picture_group,
    score_group,
    stepper,
)
from components.guard import guarded, require_project
from components.text import plain
from services import session
from services.heatmaps import heatmaps

opened = require_project()
heatmap_controls(opened, shared=False)
choices = session.choices().changed("target", chosen_target(opened))
position, listed = chosen_position(opened)
sample = opened.predictions.samples[position]

st.title("Explain")
stepper(position, listed, opened.predictions)
with guarded():
    (heatmap,) = heatmaps(opened.predictions, [position], choices)
    pictures, scores = st.columns([3, 1], gap="medium")
    with pictures:
        board(
            [picture_group(opened.predictions, position, choices, heatmap)],
            choices,
            key="viewer",
            legend=legend_of(heatmap, choices),
            download=file_name(opened.predictions, position, ".overlay.png"),
        )
        map_downloads(opened.predictions, position, heatmap, choices)
    with scores:
        board([score_group(opened.predictions, position)], choices, key="scores", controls=False)
        if sample.metadata:
            st.caption(" · ".join(plain(f"{k}: {v}") for k, v in sample.metadata.items()))
