"""Plotly figures of how sure a network is, and of how far off it reads."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from components.figures.checks import BAD, GOOD, MARGIN, verdict_markers
from services.choices.browse import Positions
from services.judging.scores import Calibration
from services.predictions.predictions import Predictions

BINS = 30  # of the histogram of errors
NEUTRAL = "#7f8794"


def reliability_figure(found: Calibration) -> go.Figure:
    """How often the network is right against how sure it is, and how many samples that rests on."""
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.75, 0.25], vertical_spacing=0.06
    )
    middle, width = (found.edges[:-1] + found.edges[1:]) / 2, np.diff(found.edges)
    span = [
        f"{100 * low:.0f} to {100 * high:.0f} %"
        for low, high in zip(found.edges[:-1], found.edges[1:], strict=True)
    ]
    figure.add_bar(
        x=middle, y=found.accuracy, width=0.92 * width, marker={"color": GOOD}, row=1, col=1,
        name="share correct",
        hovertext=[
            f"{name} sure: {100 * right:.1f} % correct, {100 * sure:.1f} % sure on average"
            for name, right, sure in zip(span, found.accuracy, found.confidence, strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", row=1, col=1, name="as sure as right",
        line={"color": "gray", "dash": "dot"}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=found.confidence, y=found.accuracy, mode="markers", row=1, col=1,
        name="mean score of the bin", marker={"color": BAD, "size": 8, "symbol": "diamond"},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_bar(
        x=middle, y=found.count, width=0.92 * width, marker={"color": NEUTRAL}, row=2, col=1,
        name="samples", showlegend=False,
        hovertext=[f"{n:,} × {name} sure" for n, name in zip(found.count, span, strict=True)],
        hoverinfo="text",
    )  # fmt: skip
    figure.update_yaxes(title="share correct", range=[0, 1.02], tickformat=".0%", row=1, col=1)
    figure.update_yaxes(title="samples", row=2, col=1)
    figure.update_xaxes(range=[0, 1.005], tickformat=".0%", dtick=0.2)
    figure.update_xaxes(title="score of the predicted class", row=2, col=1)
    figure.update_layout(
        margin=MARGIN, height=440, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"}
    )
    return figure


def error_histogram(predictions: Predictions, threshold: float) -> go.Figure:
    """How often a regression is how far off: what is within the threshold, and what beyond it."""
    known = np.isfinite(predictions.errors)
    errors = predictions.errors[known].astype(np.float64)
    right = predictions.correct(threshold)[known] == 1
    reach = max(float(np.abs(errors).max(initial=0.0)), threshold) or 1.0
    edges = np.linspace(-reach, reach, BINS + 1)  # zero is one of them
    figure = go.Figure()
    for name, part, color in (("within", errors[right], GOOD), ("beyond", errors[~right], BAD)):
        count, _ = np.histogram(part, edges)
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=count,
            name=f"{name} the threshold",
            width=0.94 * np.diff(edges),
            marker={"color": color},
            hovertext=[
                f"{n:,} × {low:+.3g} to {high:+.3g}, {name}"
                for n, low, high in zip(count, edges[:-1], edges[1:], strict=True)
            ],
            hoverinfo="text",
        )
    for limit in (-threshold, threshold):
        figure.add_vline(x=limit, line={"color": "gray", "dash": "dot", "width": 1.5})
    figure.update_xaxes(title="error, read minus true")
    figure.update_yaxes(title="samples")
    figure.update_layout(margin=MARGIN, height=340, showlegend=False, barmode="stack")
    return figure


def error_figure(predictions: Predictions, drawn: Positions, threshold: float) -> go.Figure:
    """The error against the true value, with the band of what is correct.

    Args:
        predictions: of a regression.
        drawn: which samples; point i is the i-th of them.
        threshold: what counts as correct.
    """
    figure = go.Figure()
    figure.add_hrect(y0=-threshold, y1=threshold, fillcolor=GOOD, opacity=0.18, line_width=0)
    figure.add_hline(y=0, line={"color": "gray", "width": 1})
    figure.add_scatter(
        x=predictions.true_values[drawn],
        y=predictions.errors[drawn],
        **verdict_markers(predictions, drawn, threshold),
    )
    figure.update_xaxes(title="true value")
    figure.update_yaxes(title="error, read minus true")
    figure.update_layout(margin=MARGIN, height=340, showlegend=False)
    return figure
