"""Plotly figures of a whole test set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from services.predictions import Predictions

GOOD, BAD, EMPTY = "#1f7a50", "#b93a30", "rgba(128,128,128,0.10)"
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}


def confusion_figure(
    matrix: NDArray[np.int64], classes: Sequence[str], *, dark: bool = False
) -> go.Figure:
    """A confusion matrix whose cells can be clicked.

    A heatmap cell gives no selection, so a point lies in the middle of each cell, and the nearest
    one is taken however far the click is; the cell of point i is `divmod(i, len(classes))`, true
    by predicted.

    Args:
        matrix: (classes, classes) counts, true by predicted.
        classes: their names.
        dark: whether the page is dark.
    """
    count = len(classes)
    labels = [_short(name, 18 if count <= 4 else 10) for name in classes]
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    signed = share * (2 * np.eye(count) - 1)  # right ones above zero, wrong ones below
    rows, columns = (index.ravel() for index in np.indices(matrix.shape))
    figure = go.Figure(
        go.Heatmap(
            z=signed,
            zmin=-1,
            zmax=1,
            colorscale=[[0, BAD], [0.5, EMPTY], [1, GOOD]],
            showscale=False,
            xgap=2,
            ygap=2,
            hoverinfo="skip",
        )
    )
    figure.add_scatter(
        x=columns,
        y=rows,
        mode="markers+text" if count <= 24 else "markers",
        text=[str(value) if value else "" for value in matrix.ravel()],
        textfont={"color": [_ink(value, dark=dark) for value in signed.ravel()]},
        marker={"size": 2, "color": "gray", "opacity": 0.02},
        hovertext=[
            f"{matrix[row, column]} × {_short(classes[row], 60)} "
            f"called {_short(classes[column], 60)}"
            for row, column in zip(rows, columns, strict=True)
        ],
        hoverinfo="text",
    )
    ticks = {"tickmode": "array", "tickvals": list(range(count)), "ticktext": labels}
    ticks |= {"showgrid": False, "zeroline": False, "range": [-0.5, count - 0.5]}
    figure.update_xaxes(title="predicted", **ticks)
    figure.update_yaxes(title="true", **{**ticks, "range": [count - 0.5, -0.5]})
    figure.update_layout(
        margin=MARGIN,
        height=340 if count <= 12 else 520,
        showlegend=False,
        hoverdistance=-1,
        clickmode="event+select",
    )
    return figure


def regression_figure(predictions: Predictions, threshold: float) -> go.Figure:
    """True against read values, the band of what counts as correct; point i is sample i."""
    true, read = predictions.true_values, predictions.values
    known = true[np.isfinite(true)]
    ends = np.concatenate([known, read]) if len(known) else read
    low, high = float(ends.min()), float(ends.max())
    pad = 0.04 * (high - low or 1.0)
    line = np.array([low - pad, high + pad])
    right = np.abs(predictions.errors) <= threshold + 1e-6
    figure = go.Figure(
        go.Scatter(
            x=[*line, *line[::-1]],
            y=[*(line - threshold), *(line[::-1] + threshold)],
            fill="toself",
            fillcolor="rgba(31,122,80,0.18)",
            line={"width": 0},
            hoverinfo="skip",
            mode="lines",
        )
    )
    figure.add_scatter(
        x=true,
        y=read,
        mode="markers",
        marker={
            "color": [GOOD if ok else BAD for ok in right],
            "symbol": ["circle" if ok else "x" for ok in right],
            "size": 8,
        },
        hovertext=[
            f"{sample.id}: {sample.label} read as {value:.3g}"
            for sample, value in zip(predictions.samples, read, strict=True)
        ],
        hoverinfo="text",
    )
    figure.update_xaxes(title="true value")
    figure.update_yaxes(title="read value")
    figure.update_layout(margin=MARGIN, height=380, showlegend=False)
    return figure


def _ink(share: float, *, dark: bool) -> str:
    strong = abs(share) > 0.4
    return "#ffffff" if strong or dark else "#3a3531"


def _short(name: str, most: int) -> str:
    # Plotly reads HTML in labels; what looks like it is shown as text.
    text = name if len(name) <= most else name[: most - 1] + "…"
    return text.replace("&", "&amp;").replace("<", "&lt;")
