"""The Export page: what is on screen is what is made, in the background, to the byte."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

import block
from services.settings import settings
from tests.browser.conftest import NewVisitor
from tests.browser.server import Dashboard
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def make(visitor: Visitor) -> None:
    visitor.page.locator(".st-key-make_export button").first.click()
    expect(visitor.page.locator(".st-key-download_export button").first).to_be_visible()
    visitor.at_rest()


def downloaded(visitor: Visitor, folder: Path, key: str = "download_export") -> Path:
    with visitor.page.expect_download() as coming:
        visitor.page.locator(f".st-key-{key} button").first.click()
    target = folder / coming.value.suggested_filename
    coming.value.save_as(target)
    return target


def contents(packed: Path) -> dict[str, bytes]:
    """Files of an export by name, but for the date in its report and the times in its manifest."""
    with zipfile.ZipFile(packed) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest.pop("times")["seconds"] >= 0
    report = re.sub(rb"<time>[^<]+ UTC</time>", b"", found.pop("report.html"))
    return found | {"manifest.json": json.dumps(manifest).encode(), "report.html": report}


def test_the_page_makes_what_the_command_makes(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("export", source="demo:gauge", alpha="0.7", threshold="0.05", pooling="sum_abs")
    make(visitor)
    packed = downloaded(visitor, tmp_path)
    assert packed.name == "Pressure-gauge-gradcam.zip"
    output = tmp_path / "command"
    words = ["--demo", "gauge", "--alpha", "0.7", "--threshold", "0.05"]
    words += ["--pooling-gradients", "sum_abs", "--target", "0", "--output", str(output)]
    assert block.main(words) == 0
    page, command = contents(packed), contents(output / "deploy.zip")
    assert page.keys() == command.keys()
    assert [name for name in page if page[name] != command[name]] == []
    assert len([name for name in page if name.endswith(".jpg")]) == 120


def test_opacity_moved_in_the_browser_is_what_is_made(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("export", verdict="Incorrect", scope="The filtered ones")
    slider = visitor.page.locator(".st-key-preview input[name=alpha]")
    slider.evaluate(
        "s => { s.value = '0.9'; s.dispatchEvent(new Event('input', {bubbles: true}));"
        " s.dispatchEvent(new Event('change', {bubbles: true})) }"
    )
    visitor.page.wait_for_url("**alpha=0.9**")
    make(visitor)
    manifest = json.loads(contents(downloaded(visitor, tmp_path))["manifest.json"])
    assert manifest["settings"]["alpha"] == 0.9


@pytest.fixture
def its_folders(dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command knows what people said and scanned at the dashboard; its report tells it."""
    for name in ("notes", "cache"):
        monkeypatch.setenv(f"GRADCAM_{name.upper()}", str(dashboard.log.parent / name))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("its_folders")
def test_the_filter_is_what_is_made_and_what_the_shown_command_makes(
    visitor: Visitor, tmp_path: Path
) -> None:
    visitor.open("export", verdict="Incorrect", true_class="no car", scope="The filtered ones")
    expect(visitor.page.get_by_text("20 samples")).to_be_visible()
    make(visitor)
    expect(visitor.page.get_by_text("20 explained: 0 correct, 20 incorrect.")).to_be_visible()
    found = contents(downloaded(visitor, tmp_path))
    assert {name.split("/")[1] for name in found if name.endswith(".jpg")} == {"incorrect"}
    chosen = {"verdict": "Incorrect", "true_class": "no car"}
    told = json.loads(found["manifest.json"])["chosen"]
    assert told == {"samples": 20, "of": 160, "filter": chosen}
    visitor.page.locator(".st-key-show_command button").first.click()
    python, script, *words = shlex.split(visitor.page.get_by_test_id("stCode").inner_text())
    assert (python, script) == ("python", "block.py")
    assert block.main([*words, "--output", str(tmp_path / "command")]) == 0
    command = contents(tmp_path / "command" / "deploy.zip")
    assert found.keys() == command.keys()
    assert [name for name in found if found[name] != command[name]] == []
    assert b"This report shows 20 of 160: incorrect, true: no car." in found["report.html"]


@pytest.mark.whole
def test_a_filter_that_passes_nothing_is_said(visitor: Visitor) -> None:
    visitor.open("export", text="nothing is called so", scope="The filtered ones")
    assert visitor.notices() == ["No sample passes this filter. Remove a condition:"]
    expect(visitor.page.locator(".st-key-make_export")).to_have_count(0)
    assert visitor.exceptions() == []


@pytest.mark.whole
def test_the_report_comes_alone(visitor: Visitor, tmp_path: Path) -> None:
    visitor.open("export", scope="The filtered ones", verdict="Incorrect", percentile="97")
    make(visitor)
    report = downloaded(visitor, tmp_path, "download_report")
    assert report.name == "Car-or-not-report.html"
    assert "<h1>Car or not</h1>" in report.read_text(encoding="utf-8")


def test_an_export_is_there_when_one_comes_back(visitor: Visitor, new_visitor: NewVisitor) -> None:
    choices = {"scope": "The filtered ones", "verdict": "Incorrect", "percentile": "93"}
    visitor.open("export", **choices)
    make(visitor)
    visitor.go("Samples").go("Export")
    expect(visitor.page.locator(".st-key-download_export button").first).to_be_visible()
    other = new_visitor().open("export", **choices)
    expect(other.page.locator(".st-key-download_export button").first).to_be_visible()
    visitor.choose("percentile", "maximum")
    expect(visitor.page.locator(".st-key-make_export button").first).to_be_visible()


def test_the_command_is_of_what_is_on_screen(visitor: Visitor) -> None:
    visitor.open("export", colormap="viridis", alpha="0.3", shared_scale="1", target="true")
    visitor.page.locator(".st-key-show_command button").first.click()
    told = visitor.page.get_by_test_id("stCode").inner_text()
    assert told.startswith("python block.py --demo cars --layer things_relu")
    for words in ("--alpha 0.3", "--colormap viridis", "--shared-scale", "--target true"):
        assert words in told
