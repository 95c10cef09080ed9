"""Review: right predictions beside wrong ones, with the same controls and one scale."""

import streamlit as st

from components import shell
from components.board import board
from components.comparison import PAIRS, pair_groups, side_groups
from components.controls import chosen_target, heatmap_controls, segments, select
from components.guard import guarded, require_project
from components.overview import threshold_slider
from services import session
from services.choices import By
from services.review import sides

opened = require_project()
heatmap_controls(opened)
choices = session.choices().changed("target", chosen_target(opened))


def explain(sample: str) -> None:
    """Open a sample in Explain."""
    session.choose("sample", sample)
    session.go_to(shell.EXPLAIN)


st.title("Review")
with st.container(horizontal=True, vertical_alignment="bottom"):
    if opened.project.is_regression:
        threshold_slider(opened)
    else:
        classes = ["", *opened.project.classes]
        chosen = choices.review_class if choices.review_class in classes else ""
        segments("Go by", "by", list(By), choices.by)
        select("Class", "review_class", classes, chosen, say=lambda name: name or "all classes")

both = sides(opened.predictions, choices)
with guarded():
    board(
        side_groups(opened.predictions, both, choices),
        choices,
        key="sides",
        on_click=explain,
        beside=True,
    )
    if len(both.incorrect):
        st.subheader("Each error and its nearest correct sample")
        st.caption(
            "Nearest by the network's own features, of the same true class. "
            f"The first {min(PAIRS, len(both.incorrect))} of {len(both.incorrect):,} errors."
        )
        board(
            pair_groups(opened.predictions, both, choices),
            choices,
            key="pairs",
            on_click=explain,
            controls=False,
            beside=True,
        )
