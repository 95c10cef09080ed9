"""Review: right predictions beside wrong ones, with the same controls and one scale."""

import streamlit as st

from components.board.board import board
from components.controls.described import described
from components.controls.flipped import flipped_chip, flipped_select
from components.controls.heatmap import chosen, heatmap_controls
from components.frame.guard import guarded, require_project
from components.frame.waiting import maps_ready
from components.views.review import explain_side, pair_groups, shared_legend, side_groups
from services.choices.browse import sides_of
from services.heatmaps.slow import wanted
from services.judging.comparison import compare, needed
from services.numbers import counted

opened = require_project()
heatmap_controls(opened)
with st.sidebar:
    flipped_select(opened)
choices, pages = chosen(opened), opened.predictions.answers.pages

with st.container(horizontal=True, vertical_alignment="bottom"):
    for control in pages.review_controls(choices.filter.threshold):
        described(control)

known = flipped_chip(opened)
both = sides_of(opened.predictions, choices)
if not any(sample.label is not None for sample in opened.predictions.samples):
    st.info("No sample is labelled, so right and wrong cannot be compared.")
with guarded():
    if not known:
        st.stop()
    asked = wanted(opened.predictions, needed(opened.predictions, both, choices), choices.recipe)
    if not maps_ready(asked):
        st.stop()
    comparison = compare(opened.predictions, both, choices)
    board(
        side_groups(opened.predictions, comparison, choices),
        choices,
        key="sides",
        on_click=explain_side(opened.predictions, both),
        legend=shared_legend(comparison, choices),
        beside=True,
    )
    pairs = pair_groups(opened.predictions, comparison, choices)
    if pairs:
        st.subheader("Each error and its nearest correct sample")
        st.caption(
            "Nearest in feature space among the correct samples with the same or a similar label. "
            f"The first {len(pairs)} of {counted(len(both.incorrect), 'error')}."
        )
        board(
            pairs,
            choices,
            key="pairs",
            on_click=explain_side(opened.predictions, both),
            controls=False,
            beside=True,
        )
