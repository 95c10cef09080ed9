"""Mistakes of a regression, by value."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.figures.scores import error_figure, error_histogram
from components.figures.style import PICTURE_BUTTON
from components.frame import shell
from components.frame.downloads import table_download
from components.views.samples.overview import threshold_of, threshold_slider
from gradcam.arrays import Floats
from services.choices.browse import Positions
from services.judging.mistakes import sample_rows
from services.judging.scores import judged, regression_scores
from services.opening.opening import Opened

POINTS = 2000  # of a scatter; more make the page slow


def by_value(opened: Opened) -> None:
    """How far off a regression is, and where."""
    predictions, threshold = opened.predictions, threshold_of(opened)
    known = judged(predictions)
    if not len(known):
        st.info("No sample is labelled, so nobody knows how far off the network is.")
        return
    found = regression_scores(predictions.true_values[known], predictions.values[known])
    figures = {
        "Mean error": f"{found.mean_absolute:.3g}",
        "Root mean square": f"{found.root_mean_square:.3g}",
        "Half are within": f"{found.median_absolute:.3g}",
        "Reads too high by": f"{found.bias:+.2g}",
        "R²": f"{found.r2:.3f}" if np.isfinite(found.r2) else "–",
    }
    for column, (name, words) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(name, words, border=True)
    threshold_slider(opened)
    drawn = _drawn(np.abs(predictions.errors), known)

    def explain_point() -> None:
        points = st.session_state["errors"]["selection"]["points"]
        if points:
            shell.explain(predictions.samples[drawn[points[0]["point_index"]]].id)

    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("How often how far off", anchor=False)
        st.plotly_chart(
            error_histogram(predictions, threshold), key="histogram", config=PICTURE_BUTTON,
            alt="Histogram of the errors",
        )  # fmt: skip
    with right:
        st.subheader("Error against true value", anchor=False)
        st.plotly_chart(
            error_figure(predictions, drawn, threshold),
            key="errors",
            on_select=explain_point,
            selection_mode="points",
            config=PICTURE_BUTTON,
            alt="Error against the true value; a click on a point explains it",
        )
        some = f" {POINTS:,} of {len(known):,}, all large errors among them."
        st.caption(
            "The band is the threshold. Click a point to explain it."
            + (some if len(known) > POINTS else "")
        )
    table_download(
        "Errors (CSV)", lambda: sample_rows(predictions, known), "errors.csv", "download_errors"
    )


def _drawn(size: Floats, known: Positions) -> Positions:
    """All labelled samples, or the larger half of errors and some of the others, evenly taken."""
    if len(known) <= POINTS:
        return known
    ordered = known[np.argsort(-size[known], kind="stable")]
    half = POINTS // 2
    others = np.linspace(half, len(ordered) - 1, POINTS - half).round().astype(int)
    return np.concatenate([ordered[:half], ordered[others]])
