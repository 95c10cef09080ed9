"""Pages of the demo of sounds: heat in colour where a strip was not heard, and words for sounds."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
SOURCE = "demo:words"


def test_a_heatmap_is_in_colour_though_the_last_moment_was_not_heard(visitor: Visitor) -> None:
    visitor.open("explain", source=SOURCE, true_class="start", predicted_class="stop")
    heat = visitor.page.locator(".board canvas.heat.heat").first
    heat.wait_for()
    visitor.page.wait_for_function(
        "canvas => canvas.dataset.painted === 'jet'", arg=heat.element_handle()
    )
    pixels = np.asarray(Image.open(io.BytesIO(heat.screenshot())).convert("RGB"), np.int64)
    assert np.ptp(pixels, axis=2).mean() > 60  # jet is blue where there is no heat


def test_the_scan_says_where_in_seconds_and_hertz(visitor: Visitor) -> None:
    visitor.open("scan", source=SOURCE)
    page = visitor.page
    page.locator(".st-key-make_scan button").click()
    page.get_by_text("Could the network recognise “stop” by the hum in its sounds?").wait_for()
    said = page.get_by_test_id("stMain").inner_text()
    assert "because of what is below 650 Hz" in said
    assert "140 sounds" in said
    assert "listening to the wrong thing" in said
    assert "picture" not in said
