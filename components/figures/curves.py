"""Figures over thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.figures.style import BAD, GOOD, MARGIN
from services.tasks.facets import OverThresholds

if TYPE_CHECKING:
    import plotly.graph_objects as go

_BLUE = "#3b76af"


def curve_figure(curve: OverThresholds, live: float) -> go.Figure:
    """Precision, recall and F1 over thresholds, and a line at the one that counts."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for name, values, colour, dash in (
        ("precision", curve.precision, _BLUE, "dash"),
        ("recall", curve.recall, BAD, "dot"),
        ("F1", curve.f1, GOOD, "solid"),
    ):
        figure.add_scatter(
            x=curve.thresholds,
            y=values,
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            hovertemplate=f"above %{{x:.2f}}: {name} %{{y:.1%}}<extra></extra>",
        )
    figure.add_vline(x=live, line={"color": "gray", "dash": "dash"})
    figure.add_annotation(
        x=live, y=1.06, text=f"threshold {live:g}", showarrow=False, font={"color": "gray"}
    )
    figure.update_yaxes(range=[0, 1.1], tickformat=".0%")
    figure.update_xaxes(title="threshold", range=[0, 1])
    figure.update_layout(margin=MARGIN, height=420, legend={"orientation": "h", "y": -0.2})
    return figure
