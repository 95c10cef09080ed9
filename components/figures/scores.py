"""Plotly figures of a test set: who was taken for whom, how sure, how far off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from components.figures.style import BAD, EMPTY, GOOD, MARGIN, short
from components.frame.text import label
from gradcam.arrays import Mask
from services.short_names import short_names
from services.tasks.facets import ByValue
from services.tasks.scores import Calibration
from services.tasks.shown import Positions, Scatter

if TYPE_CHECKING:
    import plotly.graph_objects as go

BINS = 30  # of the histogram of errors
NEUTRAL = "#7f8794"
ALL = "all"  # the row and the column of totals


def reliability_figure(bins: Calibration) -> go.Figure:
    """Accuracy against confidence, bin by bin, and how many samples that rests on."""
    from plotly.subplots import make_subplots

    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, row_heights=[0.75, 0.25], vertical_spacing=0.06
    )
    middle, width = (bins.edges[:-1] + bins.edges[1:]) / 2, np.diff(bins.edges)
    span = [
        f"{100 * low:.0f} to {100 * high:.0f} %"
        for low, high in zip(bins.edges[:-1], bins.edges[1:], strict=True)
    ]
    figure.add_bar(
        x=middle, y=bins.accuracy, width=0.92 * width, marker={"color": GOOD}, row=1, col=1,
        name="accuracy",
        hovertext=[
            f"confidence {name}: accuracy {100 * right:.1f} %, mean confidence {100 * sure:.1f} %"
            for name, right, sure in zip(span, bins.accuracy, bins.confidence, strict=True)
        ],
        hoverinfo="text",
    )  # fmt: skip
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", row=1, col=1, name="perfectly calibrated",
        line={"color": "gray", "dash": "dot"}, hoverinfo="skip",
    )  # fmt: skip
    figure.add_scatter(
        x=bins.confidence, y=bins.accuracy, mode="markers", row=1, col=1,
        name="mean confidence", marker={"color": BAD, "size": 8, "symbol": "diamond"},
        hoverinfo="skip",
    )  # fmt: skip
    figure.add_bar(
        x=middle, y=bins.count, width=0.92 * width, marker={"color": NEUTRAL}, row=2, col=1,
        name="samples", showlegend=False,
        hovertext=[f"{n:,} × confidence {name}" for n, name in zip(bins.count, span, strict=True)],
        hoverinfo="text",
    )  # fmt: skip
    figure.update_yaxes(title="accuracy", range=[0, 1.02], tickformat=".0%", row=1, col=1)
    figure.update_yaxes(title="samples", row=2, col=1)
    figure.update_xaxes(range=[0, 1.005], tickformat=".0%", dtick=0.2)
    figure.update_xaxes(title="score of the predicted class", row=2, col=1)
    figure.update_layout(margin=MARGIN, height=440, legend={"orientation": "h", "y": -0.18})
    return figure


def error_histogram(of: ByValue) -> go.Figure:
    """The distribution of the errors: what is within the threshold, and what beyond it."""
    import plotly.graph_objects as go

    known, threshold = np.isfinite(of.errors), of.threshold
    errors, right = of.errors[known].astype(np.float64), of.right[known]
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
    figure.update_xaxes(title="error, predicted − true")
    figure.update_yaxes(title="samples")
    figure.update_layout(margin=MARGIN, height=340, showlegend=False, barmode="stack")
    return figure


def error_figure(of: ByValue, drawn: Positions) -> go.Figure:
    """The error against the true value, with the band of what is correct.

    Args:
        of: the values.
        drawn: which samples; point i is the i-th of them.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_hrect(y0=-of.threshold, y1=of.threshold, fillcolor=GOOD, opacity=0.18, line_width=0)
    figure.add_hline(y=0, line={"color": "gray", "width": 1})
    figure.add_scatter(
        x=of.true[drawn], y=of.errors[drawn], **_verdict_markers(of.right[drawn], drawn, of.told)
    )
    figure.update_xaxes(title="true value")
    figure.update_yaxes(title="error, predicted − true")
    figure.update_layout(margin=MARGIN, height=340, showlegend=False)
    return figure


def confusion_figure(
    matrix: NDArray[np.int64],
    classes: Sequence[str],
    *,
    dark: bool = False,
    rates: bool = False,
    totals: bool = False,
    small: bool = False,
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
        small: whether it stands in the sidebar.
    """
    counts = tuple(map(tuple, matrix.tolist()))
    return _confusion_figure(counts, tuple(classes), dark, rates, totals, small)


@lru_cache(maxsize=32)  # it stands on every page of samples, whatever else is chosen there
def _confusion_figure(
    counts: tuple[tuple[int, ...], ...],
    classes: tuple[str, ...],
    dark: bool,
    rates: bool,
    totals: bool,
    small: bool,
) -> go.Figure:
    import plotly.graph_objects as go

    matrix, count = np.array(counts, np.int64), len(classes)
    most = 18 if count <= 4 and not small else 10
    cut = short_names(classes)
    labels = [*(short(cut[name], most) for name in classes), ALL]
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
            f"{numbers[row, column]} × {names[row]} predicted as {names[column]}"
            for row, column in zip(rows, columns, strict=True)
        ],
        hoverinfo="text",
    )
    ticks: dict[str, object] = {
        "tickmode": "array",
        "tickvals": list(range(side)),
        "ticktext": labels[:side],
    }
    ticks |= {"showgrid": False, "zeroline": False, "range": [-0.5, side - 0.5]}
    upright = {"tickangle": 90} if small and count > 2 else {}  # else most of them are left out
    figure.update_xaxes(title="predicted", **ticks, **upright)
    figure.update_yaxes(title="true", **{**ticks, "range": [side - 0.5, -0.5]})
    figure.update_layout(
        margin=MARGIN,
        height=(240 if count <= 2 else 300) if small else 340 if count <= 12 else 520,
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


def _cell(value: float | np.integer) -> str:
    if not value:
        return ""
    return str(value) if isinstance(value, np.integer) else f"{100 * value:.0f}\u00a0%"


def scatter_figure(of: Scatter) -> go.Figure:
    """True against read values, the band of what counts as correct; point i is sample i."""
    import plotly.graph_objects as go

    true, read, threshold = of.true, of.read, of.threshold
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
    markers = _verdict_markers(of.right, np.arange(len(true)), of.told)
    figure.add_scatter(x=true, y=read, **markers)
    figure.update_xaxes(title="true value")
    figure.update_yaxes(title="predicted value")
    figure.update_layout(margin=MARGIN, height=260, showlegend=False)
    return figure


def _ink(share: float, *, dark: bool) -> str:
    strong = abs(share) > 0.4
    return "#ffffff" if strong or dark else "#3a3531"


def _verdict_markers(
    right: Mask, positions: Positions, told: Callable[[int], str]
) -> dict[str, Any]:
    """How samples are drawn as points: by verdict, with what is said of them on hover."""
    return {
        "mode": "markers",
        "marker": {
            "color": [GOOD if ok else BAD for ok in right],
            "symbol": ["circle" if ok else "x" for ok in right],
            "size": 8,
        },
        "hovertext": [label(told(int(position))) for position in positions],
        "hoverinfo": "text",
    }
