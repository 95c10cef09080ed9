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
if choices.sample and choices.sample not in opened.predictions.positions:
    st.info("The sample of this link is not in this project; another one is shown.")
stepper(position, listed, opened.predictions)
with guarded():
    (heatmap,) = heatmaps(opened.predictions, [position], choices)
    board(
        [picture_group(opened.predictions, position, choices, heatmap)],
        choices,
        key="viewer",
        legend=legend_of(heatmap),
        download=file_name(opened.predictions, position, ".overlay.png"),
    )
    scores, more = st.columns(2, gap="large")
    with scores:
        board([score_group(opened.predictions, position)], choices, key="scores", controls=False)
    with more:
        if sample.metadata:
            st.caption(" · ".join(plain(f"{k}: {v}") for k, v in sample.metadata.items()))
        map_downloads(opened.predictions, position, heatmap, choices)
