"""A figure's toolbar has a row of its own; one place draws all figures."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.figures.plot import BAR
from tests.waiting import PATIENCE

COMPONENTS = Path(__file__).parents[3] / "components"


def page(tools: str) -> None:
    import plotly.graph_objects as go

    from components.figures.plot import Tools, plot

    figure = go.Figure(go.Bar(y=[1, 2]), {"margin": {"t": 10, "l": 5}, "height": 300})
    plot(figure, "bars", "Two bars", tools=Tools[tools], name="my bars")


def drawn(tools):
    app = AppTest.from_function(page, kwargs={"tools": tools}, default_timeout=PATIENCE).run()
    assert not app.exception
    (element,) = app.get("plotly_chart")
    return json.loads(element.proto.config), json.loads(element.proto.spec)["layout"]


@pytest.mark.parametrize("tools", ["PICTURE", "ALL"])
def test_a_toolbar_stands_above_what_is_drawn(tools):
    config, layout = drawn(tools)
    assert layout["margin"] == {"t": 10 + BAR, "l": 5}
    assert layout["height"] == 300 + BAR
    assert config["displayModeBar"] is True
    assert config["modeBarButtons"][0] == ["toImage"]
    assert config["toImageButtonOptions"]["filename"] == "my bars"


def test_without_tools_no_room_is_taken():
    config, layout = drawn("NONE")
    assert (layout["margin"]["t"], layout["height"]) == (10, 300)
    assert config["displayModeBar"] is False
    assert "modeBarButtons" not in config


def test_no_other_file_draws_figures():
    drawing = [
        path.relative_to(COMPONENTS).as_posix()
        for path in sorted(COMPONENTS.rglob("*.py"))
        if "plotly_chart(" in path.read_text(encoding="utf-8")
    ]
    assert drawing == ["figures/plot.py"]
