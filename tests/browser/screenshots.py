"""Write the README's pictures: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.server import ROOT, running_dashboard
from tests.browser.visitor import Visitor
from tests.studio import Studio, demo_project, running_studio

IMAGES = ROOT / "docs" / "images"
SHOTS = {
    "project": {},
    "samples": {"tiles": "Overlay", "verdict": "Incorrect"},
    "explain": {"true_class": "no car", "predicted_class": "car", "alpha": "0.5"},
    "review": {"review_class": "no car"},
    "network": {},
    "export": {"alpha": "0.5"},
}


def main() -> None:
    """Take each page, light and dark."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_studio(demo_project("cars", with_results=True)) as studio,
        running_dashboard(Path(folder), GRADCAM_STUDIO_HOSTS=studio.url) as dashboard,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 1440, "height": 1000}, color_scheme=theme
            )
            visitor = Visitor(context.new_page(), dashboard.url)
            for name, query in SHOTS.items():
                take(visitor, name, query, theme)
            connect(visitor, studio)
            take_now(visitor, "edge-impulse", theme)
            context.close()
        browser.close()


def take(visitor: Visitor, name: str, query: dict[str, str], theme: str) -> None:
    """One picture of one page by its link."""
    visitor.open(name, **query)
    take_now(visitor, name, theme)


def connect(visitor: Visitor, studio: Studio) -> None:
    """Open an Edge Impulse project by its key."""
    visitor.open("project")
    visitor.page.get_by_text("Open another project").click()
    visitor.at_rest().choose("host", studio.url)
    visitor.page.locator(".st-key-api_key input").fill("ei_demo_cars")
    visitor.page.locator(".st-key-connect button").first.click()
    expect(visitor.page.locator(".st-key-studio")).to_be_visible()
    visitor.settle()
    visitor.page.locator(".st-key-fetch_sized button").first.click()
    expect(visitor.page.locator(".st-key-sized .tile").last).to_be_visible()


def take_now(visitor: Visitor, name: str, theme: str) -> None:
    """One picture of the page as it is, once everything on it is drawn."""
    heats = visitor.page.locator(".board canvas.heat")
    if name == "network":
        expect(visitor.page.locator(".st-key-blocks .slice").first).to_be_visible()
    else:
        expect(visitor.page.locator(".board .tile").first).to_be_visible()
    expect(visitor.page.locator(".board canvas.heat[data-painted]")).to_have_count(heats.count())
    if name == "samples":
        expect(visitor.page.locator(".st-key-confusion .nsewdrag").first).to_be_attached()
    # Streamlit loads each kind of widget when it first meets it.
    expect(visitor.page.get_by_test_id("stSkeleton")).to_have_count(0)
    if name == "project":
        expect(visitor.page.locator(".st-key-scaling [role=combobox]")).to_be_visible()
    target = IMAGES / f"{name}-{theme}.png"
    visitor.page.screenshot(path=target, animations="disabled")
    print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
