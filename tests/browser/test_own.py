"""A picture of one's own, as only a browser can bring it: dropped on the page, or pasted."""

import base64

import pytest
from playwright.sync_api import expect

from tests.browser.server import ROOT

pytestmark = pytest.mark.browser

PICTURE = min((ROOT / "demo" / "cars" / "testing").glob("*.jpg"))
BRING = """([event, name, type, content]) => {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0))
    const transfer = new DataTransfer()
    transfer.items.add(new File([bytes], name, { type }))
    const more = { bubbles: true, cancelable: true }
    document.querySelector('h1').dispatchEvent(event === 'drop'
        ? new DragEvent('drop', { dataTransfer: transfer, ...more })
        : new ClipboardEvent('paste', { clipboardData: transfer, ...more }))
}"""


def bring(visitor, event, name, content):
    expect(visitor.page.locator(".brought[data-listening]")).to_be_attached()
    packed = base64.b64encode(content).decode()
    visitor.page.evaluate(BRING, [event, name, "image/jpeg", packed])


def test_a_picture_that_is_dropped_or_pasted_is_explained(visitor):
    visitor.open("explain")
    bring(visitor, "drop", "mine.jpg", PICTURE.read_bytes())
    expect(visitor.page.get_by_text("your own picture, not labelled")).to_be_visible()
    expect(visitor.board("viewer").locator("canvas.heat[data-painted]")).to_have_count(2)
    expect(visitor.board("nearest").locator(".tile")).to_have_count(6)
    visitor.settle()
    assert visitor.query["sample"].endswith("/mine.jpg")
    visitor.board("nearest").locator("button.frame").first.click()
    expect(visitor.page.get_by_text("your own picture, not labelled")).to_have_count(0)
    visitor.settle()
    assert PICTURE.name.startswith(visitor.query["sample"].split(".jpg")[0])  # it is a sample
    bring(visitor, "paste", "pasted.jpg", b"no picture")
    expect(visitor.page.get_by_text("pasted.jpg cannot be explained")).to_be_visible()
    assert not visitor.exceptions()
