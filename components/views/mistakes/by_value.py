"""Mistakes by value: how far off, and where."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.figures.plot import plot
from components.figures.scores import error_figure, error_histogram
from components.frame import shell
from components.frame.downloads import table_download
from components.views.samples.overview import judging_controls
from gradcam.arrays import Floats
from services.judging.mistakes import sample_rows
from services.numbers import rounded
from services.opening.opening import Opened
from services.tasks.facets import ByValue
from services.tasks.scores import regression_scores
from services.tasks.shown import Positions

POINTS = 2000  # of a scatter; more make the page slow


def by_value(opened: Opened, facet: ByValue) -> None:
    """How far off the network reads, and where."""
    predictions, known = opened.predictions, facet.known
    if not len(known):
        st.info("No sample is labelled, so errors cannot be measured.")
        return
    errors = regression_scores(facet.true[known], facet.read[known])
    figures = {
        "Mean absolute error": rounded(errors.mean_absolute),
        "RMSE": rounded(errors.root_mean_square),
        "Median error": rounded(errors.median_absolute),
        f"Bias: too {'low' if errors.bias < 0 else 'high'} by": rounded(abs(errors.bias), 2),
        "R²": f"{errors.r2:.3f}" if np.isfinite(errors.r2) else "–",
    }
    for column, (name, words) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(name, words, border=True)
    judging_controls(opened)
    drawn = _drawn(np.abs(facet.errors), known)

    def explain_point() -> None:
        points = st.session_state["errors"]["selection"]["points"]
        if points:
            shell.open_in_explain(predictions.samples[drawn[points[0]["point_index"]]].id)

    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Error distribution", anchor=False)
        plot(error_histogram(facet), "histogram", "Histogram of the errors")
    with right:
        st.subheader("Error against true value", anchor=False)
        plot(
            error_figure(facet, drawn),
            "errors",
            "Error against the true value; a click on a point explains it",
            on_select=explain_point,
        )
        some = f" {POINTS:,} of {len(known):,}, all large errors among them."
        st.caption(
            "The band is the threshold. Click a point to explain it."
            + (some if len(known) > POINTS else "")
        )
    table_download(
        "Errors (CSV)",
        lambda: sample_rows(predictions, known.tolist()),
        "errors.csv",
        "download_errors",
    )


def _drawn(size: Floats, known: Positions) -> Positions:
    """All labelled samples, or the larger half of errors and some of the others, evenly taken."""
    if len(known) <= POINTS:
        return known
    ordered = known[np.argsort(-size[known], kind="stable")]
    half = POINTS // 2
    others = np.linspace(half, len(ordered) - 1, POINTS - half).round().astype(int)
    return np.concatenate([ordered[:half], ordered[others]])
