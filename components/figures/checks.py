"""Plotly figures of a test set, of a heatmap's curves, of a network's shuffled weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from components.frame.text import label
from gradcam.arrays import Floats
from gradcam.truth import Comparison, Randomization
from services.choices.browse import Positions
from services.predictions.predictions import Predictions

GOOD, BAD, EMPTY = "#1f7a50", "#b93a30", "rgba(128,128,128,0.10)"
# Plotly's own button that saves the figure as PNG.
PICTURE_BUTTON = {"modeBarButtons": [["toImage"]], "displaylogo": False}
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}
ALL = "all"  # the row and the column of totals


def confusion_figure(
    matrix: NDArray[np.int64],
    classes: Sequence[str],
    *,
    dark: bool = False,
    rates: bool = False,
    totals: bool = False,
) -> go.Figure:
    """A confusion matrix whose cells can be clicked.

    A heatmap cell gives no selection, so a point lies in the middle of each cell, and the nearest
    one is taken however far the click is; the cell of point i is `divmod(i, len(classes))`, true
    by predicted, or `divmod(i, len(classes) + 1)` with totals.

    Args:
        matrix: (classes, classes) counts, true by predicted.
        classes: their names.
        dark: whether the page is dark.
        rates: whether cells say their share of the true class, and totals recall and precision.
        totals: whether a last row and a last column stand for all classes.
    """
    count = len(classes)
    labels = [short(name, 18 if count <= 4 else 10) for name in [*classes, ALL]]
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    signed = share * (2 * np.eye(count) - 1)  # right ones above zero, wrong ones below
    numbers, words = matrix, share if rates else matrix
    if totals:
        signed = np.pad(signed, (0, 1))
        numbers = _with_totals(matrix)
        words = _with_means(share, matrix) if rates else numbers
    side = count + totals
    rows, columns = (index.ravel() for index in np.indices(numbers.shape))
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
    names = [*(short(name, 60) for name in classes), ALL]
    figure.add_scatter(
        x=columns,
        y=rows,
        mode="markers+text" if count <= 24 else "markers",
        text=[_cell(value) for value in words.ravel()],
        textfont={"color": [_ink(value, dark=dark) for value in signed.ravel()]},
        marker={"size": 2, "color": "gray", "opacity": 0.02},
        hovertext=[
            f"{numbers[row, column]} × {names[row]} called {names[column]}"
            for row, column in zip(rows, columns, strict=True)
        ],
        hoverinfo="text",
    )
    ticks = {"tickmode": "array", "tickvals": list(range(side)), "ticktext": labels[:side]}
    ticks |= {"showgrid": False, "zeroline": False, "range": [-0.5, side - 0.5]}
    figure.update_xaxes(title="predicted", **ticks)
    figure.update_yaxes(title="true", **{**ticks, "range": [side - 0.5, -0.5]})
    figure.update_layout(
        margin=MARGIN,
        height=340 if count <= 12 else 520,
        showlegend=False,
        hoverdistance=-1,
        clickmode="event+select",
    )
    return figure


def _with_totals(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    wide = np.column_stack([matrix, matrix.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def _with_means(share: NDArray[np.float64], matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """Recall at the end of each row, precision under each column, accuracy in the corner."""
    hits, called = np.diag(matrix), np.maximum(matrix.sum(axis=0), 1)
    wide = np.column_stack([share, np.diag(share)])
    return np.vstack([wide, [*(hits / called), hits.sum() / max(1, matrix.sum())]])


def _cell(value: float) -> str:
    if not value:
        return ""
    return str(value) if isinstance(value, np.integer) else f"{100 * value:.0f}\u00a0%"


def regression_figure(predictions: Predictions, threshold: float) -> go.Figure:
    """True against read values, the band of what counts as correct; point i is sample i."""
    true, read = predictions.true_values, predictions.values
    known = true[np.isfinite(true)]
    ends = np.concatenate([known, read]) if len(known) else read
    low, high = float(ends.min()), float(ends.max())
    pad = 0.04 * (high - low or 1.0)
    line = np.array([low - pad, high + pad])
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
    every = np.arange(len(predictions))
    figure.add_scatter(x=true, y=read, **verdict_markers(predictions, every, threshold))
    figure.update_xaxes(title="true value")
    figure.update_yaxes(title="read value")
    figure.update_layout(margin=MARGIN, height=380, showlegend=False)
    return figure


def _ink(share: float, *, dark: bool) -> str:
    strong = abs(share) > 0.4
    return "#ffffff" if strong or dark else "#3a3531"


def short(name: str, most: int) -> str:
    """A name for a figure, cut and escaped."""
    return label(name if len(name) <= most else name[: most - 1] + "…")


def verdict_markers(
    predictions: Predictions, positions: Positions, threshold: float
) -> dict[str, Any]:
    """How samples of a regression are drawn as points: by verdict, with what was read on hover."""
    right = predictions.correct(threshold)[positions] == 1
    return {
        "mode": "markers",
        "marker": {
            "color": [GOOD if ok else BAD for ok in right],
            "symbol": ["circle" if ok else "x" for ok in right],
            "size": 8,
        },
        "hovertext": [
            label(
                f"{predictions.samples[p].id}: {predictions.samples[p].label} "
                f"read as {predictions.values[p]:.3g}, error {predictions.errors[p]:+.3g}"
            )
            for p in positions
        ],
        "hoverinfo": "text",
    }


def curves_figure(found: Comparison) -> go.Figure:
    """Deletion and insertion of a heatmap, and of random maps beside them.

    Args:
        found: the measured heatmap.
    """
    figure = go.Figure()
    for name, color, own, chance in (
        ("hottest hidden first", BAD, found.own.deletion, found.random.deletion),
        ("hottest shown first", GOOD, found.own.insertion, found.random.insertion),
    ):
        for curve, words, dash in ((own, name, "solid"), (chance, f"{name}, by chance", "dot")):
            figure.add_scatter(
                x=100 * curve.shares,
                y=curve.values,
                name=words,
                mode="lines",
                line={"color": color, "dash": dash, "width": 2.5 if dash == "solid" else 1.5},
                hovertemplate="%{x:.0f} %: %{y:.3g}",
            )
    figure.update_xaxes(title="share of the picture, %")
    figure.update_yaxes(title="distance from the value" if found.is_value else "score")
    figure.update_layout(
        margin=MARGIN, height=360, legend={"orientation": "h", "y": -0.25, "x": 0}, hovermode="x"
    )
    return figure


def similarity_figure(found: Randomization) -> go.Figure:
    """How alike the heatmaps stay while layer after layer is shuffled, from the output down.

    Args:
        found: the randomisation check.
    """
    names = [short(step.layer.rpartition("/")[2], 18) for step in found.steps]
    places = list(range(len(names)))
    figure = go.Figure(
        go.Scatter(
            x=places,
            y=[step.mean for step in found.steps],
            error_y={"array": [step.spread for step in found.steps], "thickness": 1},
            mode="lines+markers",
            line={"color": GOOD},
            hovertext=[f"{label(step.layer)}: {step.mean:.2f}" for step in found.steps],
            hoverinfo="text",
        )
    )
    figure.add_hline(y=0, line={"color": "gray", "width": 1, "dash": "dot"})
    ticks = places if len(places) <= 12 else places[:: -(-len(places) // 12)]
    figure.update_xaxes(
        title="shuffled down to this layer", tickvals=ticks, ticktext=[names[i] for i in ticks]
    )
    figure.update_yaxes(title="rank correlation with the heatmap", range=[-1.05, 1.05])
    figure.update_layout(margin=MARGIN, height=300, showlegend=False)
    return figure


def weights_figure(kernels: Floats) -> go.Figure:
    """How often each weight occurs among all filters of a layer.

    Args:
        kernels: (F, rows, columns, input channels) float32.
    """
    counts, edges = np.histogram(kernels, bins=60)
    figure = go.Figure(
        go.Bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=counts,
            width=np.diff(edges),
            marker={"color": GOOD, "line": {"width": 0}},
            hovertemplate="about %{x:.3g}: %{y:,} weights<extra></extra>",
        )
    )
    figure.add_vline(x=0, line={"color": "gray", "width": 1, "dash": "dot"})
    figure.update_xaxes(title="weight")
    figure.update_yaxes(title="how many")
    figure.update_layout(margin=MARGIN, height=260, showlegend=False, bargap=0)
    return figure
