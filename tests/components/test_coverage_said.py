"""What is said of a layer that does not see all that the network decides by."""

import pytest

from components.controls.heatmap import coverage_said
from gradcam import Layer
from gradcam.layers import Coverage

SAID = {
    Coverage(): "",
    Coverage(bypassed=True): "A skip connection bypasses it.",
    Coverage(bypassed=True, branches=2, seen=1): (
        "It covers one of two branches; the others bypass it."
    ),
    Coverage(bypassed=True, branches=12, seen=3): (
        "It covers three of 12 branches; the others bypass it."
    ),
    Coverage(bypassed=True, branches=1, seen=0): (
        "No branch ends in it: what it shows reaches the output only as a weight on other maps, "
        "or not at all."
    ),
}


@pytest.mark.parametrize("coverage", SAID)
def test_what_a_layer_covers_is_said_where_it_is_not_all(coverage):
    layer = Layer("last", "Conv2D", 6, 6, 8, coverage=coverage)
    assert coverage_said(layer) == SAID[coverage]
