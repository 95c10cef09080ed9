"""The picture of a network's blocks and the table of its layers."""

from __future__ import annotations

import keras
import pytest

from components.views.network import COLORS, blocks_figure, layer_table
from gradcam.backends.keras.network import KerasNetwork
from gradcam.summary import Block, Family, Summary
from services.choices.options import Share
from tests.gradcam import networks

BLOCKS = (
    Block("", None, "", "", 100, 40),
    Block("base", "", "base", "", 75, 40),
    Block("base/<b>", "base", "<b>", "Conv2D", 75, 40, Family.CONVOLUTION),
    Block("y_pred", "", "y_pred", "Dense", 25, 0, Family.DENSE),
)


@pytest.fixture(scope="module")
def summary() -> Summary:
    return KerasNetwork(networks.nested_once(keras)).summary


def test_areas_are_shares_of_parameters_and_add_up() -> None:
    (drawn,) = blocks_figure(BLOCKS, Share.PARAMETERS).data
    assert list(drawn.values) == [100, 75, 75, 25]
    assert list(drawn.ids) == ["/", "base", "base/<b>", "y_pred"]
    assert list(drawn.parents) == ["", "/", "base", "/"]
    assert list(drawn.text) == ["100.0\u00a0%", "75.0\u00a0%", "75.0\u00a0%", "25.0\u00a0%"]
    assert drawn.branchvalues == "total"
    assert drawn.marker.colors[3] == COLORS[Family.DENSE]


def test_areas_by_multiply_adds_leave_out_what_has_none() -> None:
    (drawn,) = blocks_figure(BLOCKS, Share.MULTIPLY_ADDS).data
    assert list(drawn.values) == [40, 40, 40]
    assert "y_pred" not in drawn.ids


def test_names_of_layers_are_text_in_the_figure() -> None:
    (drawn,) = blocks_figure(BLOCKS, Share.PARAMETERS).data
    assert drawn.labels[2] == "&lt;b>"
    assert "base/&lt;b>" in drawn.hovertext[2]


def test_the_table_tells_each_layer_s_share(summary: Summary) -> None:
    table = layer_table(summary).set_index("layer")
    assert table["of all"].sum() == pytest.approx(1.0)
    assert table.loc["base/stem", "parameters"] == 108
    assert table.loc["base/stem", "output"] == "8 × 8 × 4"
    assert table.loc["base/stem", "receptive field"] == "3 × 3"
    assert table["multiply-adds"].sum() == summary.cost.multiply_adds
