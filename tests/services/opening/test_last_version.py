"""A cache folder that commit 7d7e964 wrote, the last one before the cache was bounded.

It holds what was predicted, scanned, surveyed and embedded (by PCA) of the demo `gauge` with the
choices as they are at first, and the scan of the demo `cars`. Paths of the machine that wrote it
were taken out, as were its exports and uploads, which are plain folders with the same names.
"""

import shutil
from pathlib import Path

import pytest

from services.choices.choices import Choices
from services.choices.options import Reduction
from services.choices.recipe import Recipe
from services.embedding.asked import Embedding
from services.findings.report import finding_named
from services.heatmaps.channels import all_wanted
from services.keeping.bound import make_room
from services.keeping.known import load_records
from services.opening.opening import open_source
from services.scan.scanning import Scan
from services.settings import settings
from services.sources.reference import parse_reference

LAST = Path(__file__).parents[1] / "keeping" / "last_version"
CONTEXT = "bda25394b446502a265fbbbaf19a1f723b513b8d9c13f99efaadceba7242715e"


@pytest.fixture(autouse=True)
def last_version(monkeypatch):
    monkeypatch.setenv("GRADCAM_FOLD", "0")  # what is folded has answers of its own
    settings.cache_clear()
    shutil.copytree(LAST, settings().cache)


def test_what_it_kept_is_found():
    predictions = open_source(parse_reference("demo:gauge")).predictions
    assert (len(predictions), predictions.computed) == (120, 0)
    pca = Choices().having(reduction=Reduction.PCA)
    assert Scan(predictions, Recipe()).found.pictures == 120
    assert all_wanted(predictions, Recipe()).found.count == 120
    assert len(Embedding(predictions, pca).found.positions) == 120


def test_links_to_its_findings_still_show_them():
    findings = [finding_named(f"c660485736c4758d.{number}") for number in range(4)]
    assert [finding is not None for finding in findings] == [True, True, True, False]
    assert len(findings[0].members) == 34


def test_it_is_bounded_as_well(monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE_GB", "0.00008")
    settings.cache_clear()
    assert len(load_records(CONTEXT)) == 120
    make_room()
    assert load_records(CONTEXT) == {}
    assert finding_named("c660485736c4758d.0") is not None
    assert sum(path.stat().st_size for path in settings().cache.rglob("*.*")) < 80_000
