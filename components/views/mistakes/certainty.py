"""Mistakes, how sure it is: calibration."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import slider
from components.figures.plot import plot
from components.figures.scores import reliability_figure
from components.frame.downloads import table_download
from components.views.mistakes.by_class import Rows
from services.choices.choices import Choices
from services.numbers import counted, percent
from services.tasks.facets import Certainty
from services.tasks.scores import Calibration, calibration


def certainty(choices: Choices, facet: Certainty) -> None:
    """Whether the network is right as often as it is sure."""
    if not len(facet.correct):
        st.info("No sample is labelled, so calibration cannot be measured.")
        return
    bins = calibration(facet.confidence, facet.correct, choices.bins)
    left, right = st.columns([2, 1], gap="large")
    with left:
        plot(
            reliability_figure(bins),
            "reliability",
            "Share of correct ones against the score of the predicted class",
        )
    with right:
        slider("Bins", "bins", 2, 50, choices.bins, 1)
        st.metric("Expected calibration error", percent(bins.ece, 1), border=True)
        st.markdown(_calibration_said(bins, len(facet.correct)))
        table_download("Bins (CSV)", lambda: _bins(bins), "calibration.csv", "download_bins")


def _calibration_said(bins: Calibration, count: int) -> str:
    return (
        f"The mean gap between confidence and accuracy over {counted(count, 'sample')} "
        f"(Guo et al. 2017). Overall: confidence {percent(bins.sure, 1)}, accuracy "
        f"{percent(bins.right, 1)}. Bins with few samples say little."
    )


def _bins(bins: Calibration) -> Rows:
    return [
        {
            "from": float(bins.edges[i]),
            "to": float(bins.edges[i + 1]),
            "samples": int(bins.count[i]),
            "mean score": float(bins.confidence[i]),
            "share correct": float(bins.accuracy[i]),
        }
        for i in range(len(bins.count))
    ]
