"""Plotly figures of a heatmap's curves and of shuffled weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.figures.style import BAD, GOOD, MARGIN, short
from components.frame.text import label
from gradcam.truth import ControlledFigures, Randomization

if TYPE_CHECKING:
    import plotly.graph_objects as go


def curves_figure(controlled: ControlledFigures) -> go.Figure:
    """Deletion and insertion of a heatmap, and of random maps beside them.

    Args:
        controlled: the measured heatmap.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, color, own, chance in (
        ("hidden", BAD, controlled.own.deletion, controlled.random.deletion),
        ("shown", GOOD, controlled.own.insertion, controlled.random.insertion),
    ):
        for curve, words, dash in (
            (own, f"{name} hottest first", "solid"),
            (chance, f"{name} in random order", "dot"),
        ):
            figure.add_scatter(
                x=100 * curve.shares,
                y=curve.values,
                name=words,
                mode="lines",
                line={"color": color, "dash": dash, "width": 2.5 if dash == "solid" else 1.5},
                hovertemplate="%{x:.0f} %: %{y:.3g}",
            )
    figure.update_xaxes(title="share of the input, %")
    figure.update_yaxes(title="distance from the value" if controlled.is_value else "score")
    figure.update_layout(
        margin=MARGIN, height=360, legend={"orientation": "h", "y": -0.25, "x": 0}, hovermode="x"
    )
    return figure


def similarity_figure(shuffling: Randomization) -> go.Figure:
    """How alike the heatmaps stay while layer after layer is shuffled, from the output down.

    Args:
        shuffling: the randomisation check.
    """
    import plotly.graph_objects as go

    names = [short(step.layer.rpartition("/")[2], 18) for step in shuffling.steps]
    places = list(range(len(names)))
    figure = go.Figure(
        go.Scatter(
            x=places,
            y=[step.mean for step in shuffling.steps],
            error_y={"array": [step.spread for step in shuffling.steps], "thickness": 1},
            mode="lines+markers",
            line={"color": GOOD},
            hovertext=[f"{label(step.layer)}: {step.mean:.2f}" for step in shuffling.steps],
            hoverinfo="text",
        )
    )
    figure.add_hline(y=0, line={"color": "gray", "width": 1, "dash": "dot"})
    ticks = places if len(places) <= 12 else places[:: -(-len(places) // 12)]
    figure.update_xaxes(
        title="weights shuffled down to this layer",
        tickvals=ticks,
        ticktext=[names[i] for i in ticks],
    )
    figure.update_yaxes(title="rank correlation with the heatmap", range=[-1.05, 1.05])
    figure.update_layout(margin=MARGIN, height=300, showlegend=False)
    return figure
