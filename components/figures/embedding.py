"""The picture of an embedding: a point a sample, in the colour that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.basedatatypes import BaseTraceType

from components.figures.style import BAD, GOOD, MARGIN, short
from components.tiles.said import GLYPHS, said
from services.choices.browse import confidence
from services.choices.choices import Choices
from services.choices.options import Colouring, Reduction
from services.embedding.asked import Found
from services.predictions.predictions import Predictions

# Okabe and Ito 2008, told apart by those who see colours differently. Eight colours and seven
# symbols are together new for 56 groups.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7a00", "#7f7f7f")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon")
MANY = 2500  # points; more are drawn by WebGL
VERDICTS = {
    "correct": ("correct", GOOD, "circle"),
    "incorrect": ("incorrect", BAD, "x"),
    "": ("not labelled", "#7f7f7f", "circle-open"),
}


@dataclass(frozen=True)
class Part:
    """Points of one colour: its name, its colour, its symbol, and which they are."""

    name: str
    colour: str
    symbol: str
    points: NDArray[np.int64]


def embedding_figure(
    predictions: Predictions,
    found: Found,
    choices: Choices,
    colouring: Colouring,
    *,
    passing: NDArray[np.bool_] | None = None,
    marked: int | None = None,
) -> go.Figure:
    """Draw an embedding.

    `customdata` of each point is (position of the sample, caption, verdict).

    Args:
        predictions: of the project.
        found: the embedding of N samples.
        choices: reduction, and threshold of a regression.
        colouring: what the colours stand for.
        passing: (N,) which points the filter lets pass; None where there is no filter.
        marked: the point that gets a ring.
    """
    figure = go.Figure()
    scatter = go.Scattergl if len(found.positions) > MANY else go.Scatter
    told = _told(predictions, found, choices)
    size = 9 if len(found.positions) <= 500 else 6
    scale = _scale(predictions, found, colouring)
    if scale is not None:
        every = np.arange(len(found.positions))
        marker = {"color": scale[0], "colorscale": "Cividis", "size": size,
                  "colorbar": {"title": {"text": scale[1]}, "thickness": 12}}  # fmt: skip
        figure.add_trace(_trace(scatter, found, every, told, passing, marker, ""))
    else:
        for part in _parts(predictions, found, choices, colouring):
            marker = {"color": part.colour, "symbol": part.symbol, "size": size}
            figure.add_trace(_trace(scatter, found, part.points, told, passing, marker, part.name))
    if marked is not None:
        x, y = found.picture.coordinates[marked]
        figure.add_scatter(
            x=[x], y=[y], mode="markers", hoverinfo="skip", showlegend=False,
            marker={"symbol": "circle-open", "size": 20, "color": "#d6336c", "line": {"width": 3}},
        )  # fmt: skip
    first, second = _axes(choices.reduction, found)
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
    found: Found,
    points: NDArray[np.int64],
    told: Sequence[tuple[int, str, str]],
    passing: NDArray[np.bool_] | None,
    marker: Mapping[str, object],
    name: str,
) -> BaseTraceType:
    selected = None if passing is None else np.flatnonzero(passing[points]).tolist()
    x, y = found.picture.coordinates[points].T
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


def _told(predictions: Predictions, found: Found, choices: Choices) -> list[tuple[int, str, str]]:
    verdicts = verdicts_of(predictions, found.positions, choices)
    return [
        (int(p), said(predictions, p), GLYPHS[verdict])
        for p, verdict in zip(found.positions, verdicts, strict=True)
    ]


def verdicts_of(
    predictions: Predictions, positions: NDArray[np.int64], choices: Choices
) -> list[str]:
    """`correct`, `incorrect` or "" of each sample, at once for many."""
    correct = predictions.correct(choices.filter.threshold)[positions]
    return ["correct" if one == 1 else "incorrect" if one == 0 else "" for one in correct]


def _scale(
    predictions: Predictions, found: Found, colouring: Colouring
) -> tuple[NDArray[np.float32], str] | None:
    """Numbers to colour by and what they are; None where colours stand for groups."""
    positions = found.positions
    if colouring is Colouring.CONFIDENCE:
        return confidence(predictions)[positions], "confidence"
    if not predictions.project.is_regression:
        return None
    match colouring:
        case Colouring.TRUE:
            return predictions.true_values[positions], "true value"
        case Colouring.PREDICTED:
            return predictions.values[positions], "read value"
        case Colouring.ERROR:
            return np.abs(predictions.errors[positions]), "size of error"
        case _:
            return None


def _parts(
    predictions: Predictions, found: Found, choices: Choices, colouring: Colouring
) -> list[Part]:
    if colouring is Colouring.VERDICT:
        verdicts = np.array(verdicts_of(predictions, found.positions, choices))
        parts = [
            Part(name, colour, symbol, np.flatnonzero(verdicts == verdict))
            for verdict, (name, colour, symbol) in VERDICTS.items()
        ]
    elif colouring is Colouring.CLUSTER:
        clusters = found.structure.clusters
        names = [f"cluster {number + 1}" for number in range(int(clusters.max()) + 1)]
        parts = _groups(names, clusters)
    else:
        of = predictions.true if colouring is Colouring.TRUE else predictions.predicted
        groups = of[found.positions]
        parts = _groups([short(name, 24) for name in predictions.project.classes], groups)
        unknown = np.flatnonzero(groups < 0)
        parts.append(Part("not labelled", "#7f7f7f", "circle-open", unknown))
    return [part for part in parts if len(part.points)]


def _groups(names: list[str], groups: NDArray[np.int64]) -> list[Part]:
    return [
        Part(
            name,
            COLOURS[number % len(COLOURS)],
            SYMBOLS[number % len(SYMBOLS)],
            np.flatnonzero(groups == number),
        )
        for number, name in enumerate(names)
    ]


def _axes(reduction: Reduction, found: Found) -> tuple[str, str]:
    if reduction is not Reduction.PCA:
        return f"{reduction} 1", f"{reduction} 2"
    first, second = (
        f"PCA {number}, {100 * share:.0f} % of the variance"
        for number, share in enumerate(found.picture.explained, 1)
    )
    return first, second
