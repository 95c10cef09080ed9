"""The device's eye in the browser: the test set through a firmware, and a print with its fault."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from gradcam.device.firmware import FIRMWARES, DeviceEye, Pixels
from gradcam.device.resizing import DeviceResize
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
DEMO = Path(__file__).parents[2] / "demo" / "cars"


def printed(fault: str) -> str:
    """What a device would print of a test picture, with blue and red exchanged or as it is."""
    path = min((DEMO / "testing").glob("*.jpg"))
    picture = np.asarray(Image.open(path).convert("RGB"))
    eye = DeviceEye(FIRMWARES["impulse"], (160, 120), DeviceResize.SQUASH, Pixels.RGB888)
    seen = eye.seen(picture, 96, 96)[..., :: -1 if fault else 1]
    packed = (seen.astype(int) * (0x10000, 0x100, 1)).sum(axis=-1).ravel()
    lines = (packed[at : at + 96] for at in range(0, len(packed), 96))
    return "\n".join(
        f"12:00:0{n % 10}.000 -> " + ", ".join(f"0x{value:06x}" for value in line)
        for n, line in enumerate(lines)
    )


def test_the_test_set_through_a_device(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("device", source="demo:cars", firmware="esp32", frame="320x240")
    expect(page.get_by_text("It crops to the shortest side")).to_be_visible()
    page.get_by_role("button", name="Look through the device").click()
    expect(page.get_by_test_id("stMetric")).to_have_count(3)
    visitor.settle()
    assert (visitor.exceptions(), visitor.notices()) == ([], [])
    # What the device does not see is grey, and what it sees has its colours.
    tile = page.locator(".board .tile:has(.unseen) .stage").first
    shown = np.asarray(Image.open(io.BytesIO(tile.screenshot())).convert("HSV"))
    height, width, _ = shown.shape
    middle = shown[height // 2 - 9 : height // 2 + 9, width // 2 - 9 : width // 2 + 9, 1]
    assert middle.mean() > 60
    assert shown[3:12, 6:-6, 1].mean() < 30


def test_a_print_is_shown_with_its_heat_and_its_fault(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open("device", source="demo:cars")
    box = page.get_by_role("textbox", name="Paste what the firmware")
    box.fill(printed("blue first"))
    box.blur()
    visitor.told("Blue and red are exchanged")
    expect(page.get_by_text("a number a pixel, 96 × 96 pixels")).to_be_visible()
    expect(page.locator(".st-key-printed_board .tile")).to_have_count(2)
    page.get_by_role("button", name="Explain it").click()
    page.wait_for_url("**/explain*")
    visitor.settle()
    expect(page.get_by_text("your own picture, not labelled")).to_be_visible()
    assert visitor.exceptions() == []


def test_what_is_no_print_is_refused_in_a_sentence(visitor: Visitor) -> None:
    visitor.open("device", source="demo:cars")
    box = visitor.page.get_by_role("textbox", name="Paste what the firmware")
    box.fill("1 2 3")
    box.blur()
    visitor.told("a picture of 96 × 96 has 9,216 or 27,648")
