"""Plotly figures of kernels: how a 1 × 1 convolution mixes its inputs, and all weights together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from components.figures.style import DIVERGING, GOOD, MARGIN
from gradcam.arrays import Floats

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW, LEAST, MOST = 14, 260, 720  # pixels: of a row, and of the whole figure


def mixing_figure(weights: Floats, outputs: Sequence[int]) -> go.Figure:
    """What each output channel of a 1 × 1 convolution takes of each input channel.

    Args:
        weights: (R, input channels) float32, a row for each of R output channels.
        outputs: their numbers, from top to bottom.
    """
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Heatmap(
            z=weights,
            y=[str(number) for number in outputs],
            colorscale=DIVERGING,
            zmid=0,
            colorbar={"title": {"text": "weight"}, "thickness": 12, "len": 1.0},
            hovertemplate="output %{y}, input %{x}: %{z:.3g}<extra></extra>",
        )
    )
    figure.update_xaxes(title="input channel", nticks=16)
    figure.update_yaxes(title="output channel", type="category", autorange="reversed", nticks=24)
    height = int(np.clip(ROW * len(weights) + 90, LEAST, MOST))
    figure.update_layout(margin=MARGIN, height=height)
    return figure


def weights_figure(kernels: Floats) -> go.Figure:
    """How often each weight occurs among all filters of a layer.

    Args:
        kernels: (F, rows, columns, input channels) float32.
    """
    import plotly.graph_objects as go

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
    figure.update_yaxes(title="count")
    figure.update_layout(margin=MARGIN, height=260, showlegend=False, bargap=0)
    return figure
