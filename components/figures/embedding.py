"""The picture of an embedding: a point a sample, in the colour that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from components.figures.style import BAD, GOOD, MARGIN, short
from components.tiles.said import GLYPHS
from gradcam.arrays import Floats
from services.choices.choices import Choices
from services.choices.options import Reduction
from services.embedding.asked import Found
from services.predictions.predictions import Predictions
from services.short_names import short_names
from services.tasks.shown import ByGroup, ByNumber, Colouring

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from plotly.basedatatypes import BaseTraceType

# Okabe and Ito 2008, told apart by those who see colours differently. Eight colours and seven
# symbols are together new for 56 groups.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#7f7f7f")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon")
GROUPS = 20  # at most that are told apart, those with the most points; the others look alike
MANY = 2500  # points; more are drawn by WebGL
VERDICTS = {
    "correct": ("correct", GOOD, "circle"),
    "incorrect": ("incorrect", BAD, "x"),
    "uncertain": ("uncertain", "#b98a1e", "diamond"),
    "": ("not labelled", "#7f7f7f", "circle-open"),
}


@dataclass(frozen=True)
class ColouredPoints:
    """Points of one colour: its name, its colour, its symbol, and which they are."""

    name: str
    colour: str
    symbol: str
    points: NDArray[np.int64]


@dataclass(frozen=True)
class ByVerdict:
    """Points coloured by whether they are right."""

    name: str = "Verdict"


@dataclass(frozen=True)
class ByCluster:
    """Points coloured by the groups that were found."""

    name: str = "Cluster"


def embedding_figure(
    predictions: Predictions,
    embedded: Found,
    choices: Choices,
    colouring: Colouring | ByVerdict | ByCluster,
    *,
    passing: NDArray[np.bool_] | None = None,
    marked: int | None = None,
) -> go.Figure:
    """Draw an embedding.

    `customdata` of each point is (position of the sample, caption, verdict).

    Args:
        predictions: of the project.
        embedded: the embedding of N samples.
        choices: reduction, and threshold.
        colouring: what the colours stand for.
        passing: (N,) which points the filter lets pass; None where there is no filter.
        marked: the point that gets a ring.
    """
    import plotly.graph_objects as go

    scatter = go.Scattergl if len(embedded.positions) > MANY else go.Scatter
    told = _told(predictions, embedded, choices)
    size = 9 if len(embedded.positions) <= 500 else 6
    scale = _scale(colouring, embedded)
    if scale is not None:
        every = np.arange(len(embedded.positions))
        marker = {"color": scale[0], "colorscale": "Cividis", "size": size,
                  "colorbar": {"title": {"text": scale[1]}, "thickness": 12}}  # fmt: skip
        traces = [_trace(scatter, embedded, every, told, passing, marker, "")]
    else:
        traces = [
            _trace(
                scatter, embedded, part.points, told, passing,
                {"color": part.colour, "symbol": part.symbol, "size": size}, part.name,
            )
            for part in _parts(colouring, predictions, embedded, choices)
            if len(part.points)
        ]  # fmt: skip
    figure = go.Figure(traces)
    if marked is not None:
        x, y = embedded.picture.coordinates[marked]
        figure.add_scatter(
            x=[x], y=[y], mode="markers", hoverinfo="skip", showlegend=False,
            marker={"symbol": "circle-open", "size": 20, "color": "#d6336c", "line": {"width": 3}},
        )  # fmt: skip
    first, second = _axes(choices.reduction, embedded)
    axis = {"zeroline": False, "showgrid": False, "showticklabels": False, "showline": False}
    figure.update_xaxes(title=first, **axis)
    figure.update_yaxes(title=second, **axis)
    figure.update_layout(
        margin=MARGIN,
        height=560,
        dragmode="lasso",
        hovermode="closest",
        clickmode="event+select",
        showlegend=scale is None,
        legend={"orientation": "h", "y": -0.08, "x": 0, "itemsizing": "constant"},
    )
    return figure


def _trace(
    scatter: Callable[..., BaseTraceType],
    embedded: Found,
    points: NDArray[np.int64],
    told: Sequence[tuple[int, str, str]],
    passing: NDArray[np.bool_] | None,
    marker: Mapping[str, object],
    name: str,
) -> BaseTraceType:
    selected = None if passing is None else np.flatnonzero(passing[points]).tolist()
    x, y = embedded.picture.coordinates[points].T
    return scatter(
        x=x,
        y=y,
        mode="markers",
        name=name,
        marker=marker,
        customdata=[told[point] for point in points],
        hoverinfo="none",  # `peek` shows what Plotly cannot
        selectedpoints=selected,
        unselected={"marker": {"opacity": 0.15}},
    )


def _told(
    predictions: Predictions, embedded: Found, choices: Choices
) -> list[tuple[int, str, str]]:
    verdicts = verdicts_of(predictions, embedded.positions, choices)
    return [
        (int(p), predictions.answers.said(int(p)), GLYPHS[verdict])
        for p, verdict in zip(embedded.positions, verdicts, strict=True)
    ]


def verdicts_of(
    predictions: Predictions, positions: NDArray[np.int64], choices: Choices
) -> list[str]:
    """`correct`, `incorrect`, `uncertain` or "" of each sample, at once for many."""
    correct = predictions.correct(choices.filter.threshold)[positions]
    uncertain = predictions.answers.uncertain[positions]
    return [
        "uncertain" if unsure else "correct" if one == 1 else "incorrect" if one == 0 else ""
        for one, unsure in zip(correct, uncertain, strict=True)
    ]


@singledispatch
def _scale(colouring: object, embedded: Found) -> tuple[Floats, str] | None:  # noqa: ARG001 - groups
    """Numbers to colour by and what they are; None where colours stand for groups."""
    return None


@_scale.register
def _(colouring: ByNumber, embedded: Found) -> tuple[Floats, str]:
    return colouring.values[embedded.positions], colouring.said


@singledispatch
def _parts(colouring: object, *_context: object) -> list[ColouredPoints]:
    raise TypeError(f"there is no colouring by {type(colouring).__name__}")


@_parts.register
def _(
    _colouring: ByVerdict, predictions: Predictions, embedded: Found, choices: Choices
) -> list[ColouredPoints]:
    verdicts = np.array(verdicts_of(predictions, embedded.positions, choices))
    return [
        ColouredPoints(name, colour, symbol, np.flatnonzero(verdicts == verdict))
        for verdict, (name, colour, symbol) in VERDICTS.items()
    ]


@_parts.register
def _(
    _colouring: ByCluster, _predictions: Predictions, embedded: Found, _choices: Choices
) -> list[ColouredPoints]:
    clusters = embedded.structure.clusters
    return _groups([f"cluster {number + 1}" for number in range(int(clusters.max()) + 1)], clusters)


@_parts.register
def _(
    colouring: ByGroup, _predictions: Predictions, embedded: Found, _choices: Choices
) -> list[ColouredPoints]:
    groups = colouring.of[embedded.positions]
    without = ColouredPoints(
        colouring.without, "#7f7f7f", "circle-open", np.flatnonzero(groups < 0)
    )
    cut = short_names(colouring.names)
    return [*_groups([short(cut[name], 24) for name in colouring.names], groups), without]


def _groups(names: list[str], groups: NDArray[np.int64]) -> list[ColouredPoints]:
    count = np.bincount(groups[groups >= 0], minlength=len(names))
    largest = np.sort(np.argsort(-count, kind="stable")[:GROUPS])
    parts = [
        ColouredPoints(
            names[number],
            COLOURS[number % len(COLOURS)],
            SYMBOLS[number % len(SYMBOLS)],
            np.flatnonzero(groups == number),
        )
        for number in largest
    ]
    others = np.flatnonzero((groups >= 0) & ~np.isin(groups, largest))
    of = int(np.count_nonzero(count)) - GROUPS
    return [*parts, ColouredPoints(f"{of:,} others", "#7f7f7f", "circle", others)]


def _axes(reduction: Reduction, embedded: Found) -> tuple[str, str]:
    if reduction is not Reduction.PCA:
        return f"{reduction} 1", f"{reduction} 2"
    first, second = (
        f"PCA {number}, {100 * share:.0f} % of the variance"
        for number, share in enumerate(embedded.picture.explained, 1)
    )
    return first, second
