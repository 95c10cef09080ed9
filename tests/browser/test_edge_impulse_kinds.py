"""Sounds, objects and anomalies of Edge Impulse: connect, browse, explain, export."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.connecting import Person, Site
from tests.studio import StudioProject, anomaly_project, object_project, sound_project

pytestmark = pytest.mark.browser
HEAT = ".st-key-viewer canvas[role=img]"


@dataclass(frozen=True)
class Kind:
    """A project of the imitation, and what the dashboard has to say of it.

    Attributes:
        make: the project.
        samples: how many the dashboard shows.
        facts: on its Project page.
        comparison: the button that shows Studio's own work on a sample.
        same: what that says.
    """

    make: Callable[..., StudioProject]
    samples: int
    facts: tuple[str, ...]
    comparison: str
    same: str


KINDS = {
    "sounds": Kind(
        sound_project,
        13,
        (
            "windows: 500 ms every 250 ms, 8,000 values a second",
            "Studio's features: ours are the same",
            "6 samples sound by sound",
        ),
        "Compare with Studio's own features",
        "Ours differ by 0.00 % of their range on average",
    ),
    "objects": Kind(
        object_project,
        6,
        ("classes: red, blue", "the boxes that were drawn in Studio"),
        "Compare with Studio's own picture",
        "Ours differs by 0.0 of 255 on average",
    ),
    "anomalies": Kind(
        anomaly_project,
        6,
        ("threshold: 3", "input: 48 × 48, resize squash (Lanczos)"),
        "Compare with Studio's own picture",
        "Ours differs by 0.0 of 255 on average",
    ),
}


@pytest.mark.few(2)
@pytest.mark.parametrize("name", KINDS)
def test_what_is_no_classified_picture_is_connected_browsed_explained_and_exported(
    regular: Person, site: Site, tmp_path: Path, name: str
) -> None:
    kind, person = KINDS[name], regular
    key = site.hold(project := kind.make(with_results=True))
    person.connect(key)
    expect(person.title).to_have_text(project.name)
    for fact in kind.facts:
        expect(person.page.get_by_role("listitem").filter(has_text=fact).first).to_be_visible()
    agreement = person.page.get_by_test_id("stMetric").filter(has_text="Agreement")
    expect(agreement).to_contain_text(f"{kind.samples} of {kind.samples} samples")
    expect(agreement).to_contain_text("100.0 %")
    person.do(person.page.get_by_role("button", name=kind.comparison).first.click)
    expect(person.page.get_by_text(kind.same)).to_be_visible()

    person.go("Samples")
    expect(person.page.locator(".st-key-gallery button.frame")).to_have_count(kind.samples)
    person.go("Explain")
    assert len(set(person.pixels(HEAT))) > 2
    for page in ("Review", "Mistakes"):
        person.go(page)
        assert person.exceptions() == []

    person.go("Export")
    person.page.locator(".st-key-make_export button").first.click()
    download = person.page.locator(".st-key-download_export button").first
    expect(download).to_be_visible()
    person.at_rest()
    with person.page.expect_download() as coming:
        download.click()
    coming.value.save_as(tmp_path / "export.zip")
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        names = archive.namelist()
        rows = list(csv.DictReader(io.TextIOWrapper(archive.open("predictions.csv"), "utf-8")))
    assert len(rows) == kind.samples
    drawn = [each for each in names if {"correct", "incorrect"} & set(Path(each).parts[:-1])]
    pictures = [each for each in drawn if each.endswith((".png", ".jpg"))]
    assert len(pictures) == kind.samples, names
    assert person.exceptions() == []
