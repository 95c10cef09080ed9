"""Write the pictures of docs/images: `python -m tests.browser.screenshots`.

The README's pages are shown on the demo's cars. The deeper pages are also taken on every other
project at hand, to be looked at: does each make sense where it was not made for?
"""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.server import ROOT, running_dashboard
from tests.browser.visitor import TIMEOUT, Visitor
from tests.studio import Studio, demo_project, running_studio

IMAGES = ROOT / "docs" / "images"
SHOTS = {
    "project": {},
    "samples": {"tiles": "Overlay", "verdict": "Incorrect"},
    "explain": {"true_class": "no car", "predicted_class": "car", "alpha": "0.5"},
    "review": {"review_class": "no car"},
    "export": {"alpha": "0.5"},
}
DEEPER = {
    "mistakes": {"facet": "By picture"},
    "layers": {},
    "embeddings": {},
    "scan": {},
    "network": {},
}
REAL = ROOT.parent / "shared" / "real"  # made by others, beside the repository
PROJECTS = {name: f"demo:{name}" for name in ("cars", "gauge", "marks", "words")} | {
    name: f"folder:{REAL / name}"
    for name in ("meter_digits", "potato_leaves")
    if (REAL / name).is_dir()
}
SURE = {"meter_digits", "potato_leaves"}  # their networks make no mistake to look at


def main() -> None:
    """Take each page, light and dark."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=TIMEOUT)
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
                visitor.open(name, **query)
                take(visitor, name, IMAGES / f"{name}-{theme}.png")
            for project, source in PROJECTS.items():
                for name, query in DEEPER.items():
                    own = {} if project in SURE else query
                    visitor.open(name, source=source, **own)
                    begin(visitor, name)
                    take(visitor, name, IMAGES / f"{name}-{project}-{theme}.webp")
            connect(visitor, studio)
            take(visitor, "edge-impulse", IMAGES / f"edge-impulse-{theme}.png")
            context.close()
        browser.close()


def begin(visitor: Visitor, name: str) -> None:
    """Press the button of what a page does not do by itself."""
    if name != "scan":
        return
    button = visitor.page.locator(".st-key-make_scan button")
    if button.count():
        button.click()
    expect(visitor.page.get_by_text("checks on")).to_be_visible()
    visitor.at_rest()


def connect(visitor: Visitor, studio: Studio) -> None:
    """Open an Edge Impulse project by its key."""
    visitor.open("project")
    visitor.unfold("Open another project")
    visitor.at_rest().choose("host", studio.url)
    visitor.page.locator(".st-key-api_key input").fill("ei_demo_cars")
    visitor.page.locator(".st-key-connect button").first.click()
    expect(visitor.page.locator(".st-key-studio")).to_be_visible()
    visitor.settle()
    visitor.page.locator(".st-key-fetch_own button").first.click()
    expect(visitor.page.locator(".st-key-studios_own_pair .tile").last).to_be_visible()


def take(visitor: Visitor, name: str, target: Path) -> None:
    """One picture of the page as it is, once everything on it is drawn."""
    heats = visitor.page.locator(".board canvas.heat")
    stands = {
        "samples": ".st-key-confusion .nsewdrag",
        "mistakes": ".js-plotly-plot, .board .tile",
        "embeddings": ".js-plotly-plot .scatterlayer",
        "scan": "[data-testid=stExpander]",
        "network": ".st-key-blocks .slice",
    }.get(name, ".board .tile")
    expect(visitor.page.locator(stands).first).to_be_attached()
    expect(visitor.page.locator(".board canvas.heat[data-painted]")).to_have_count(heats.count())
    # Streamlit loads each kind of widget when it first meets it.
    expect(visitor.page.get_by_test_id("stSkeleton")).to_have_count(0)
    if name == "project":
        expect(visitor.page.locator(".st-key-scaling [role=combobox]")).to_be_visible()
    seen = visitor.page.screenshot(animations="disabled")
    Image.open(BytesIO(seen)).save(target)  # the name says in what format
    print(target.relative_to(ROOT))


if __name__ == "__main__":
    main()
