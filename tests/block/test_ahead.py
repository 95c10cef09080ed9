"""`--ahead`: what pages would have people wait for, made before; by whoever, the same bytes."""

import sqlite3
from pathlib import Path

import pytest

from services.engines.engine import Engine
from services.keeping.database import FILE
from services.settings import settings
from tests.block.test_workers import ended

LAYERED = ("--layer", "parts_conv")


def kept(cache):
    """All that a cache holds of it."""
    rows = sorted(sqlite3.connect(cache / FILE).execute("SELECT * FROM predictions"))
    files = [path for kind in ("scans", "embeddings") for path in (cache / kind).iterdir()]
    assert not list(cache.glob("passes/.*"))
    return rows, {path.name: path.read_bytes() for path in files}


def made_by(cache, monkeypatch, *whose):
    monkeypatch.setenv("GRADCAM_CACHE", str(cache))
    return ended("--demo", "cars", "--ahead", "scan", "embedding", *LAYERED, *whose)


def test_predictions_are_kept_for_whoever_opens_the_project(run, folder):
    first = run("--project", folder, "--ahead", "predictions")
    assert (first.code, first.out) == (0, "10 samples predicted, 10 of them now\n")
    again = run("--project", folder, "--ahead", "predictions")
    assert again.out == "10 samples predicted, 0 of them now\n"
    assert (settings().cache / FILE).is_file()
    assert not Path("gradcam-output").exists()


def test_what_cannot_be_made_is_refused(run, folder):
    asked = run("--project", folder, "--ahead", "scan", "--layer", "none")
    assert asked.code == 2
    assert "none" in asked.sentence


@pytest.mark.whole
@pytest.mark.parametrize("engine", list(Engine))
def test_others_make_the_same_to_the_byte(tmp_path, monkeypatch, engine):
    if engine is Engine.RAY:
        pytest.importorskip("ray", reason="pip install -r requirements-ray.txt")
    alone = made_by(tmp_path / "alone", monkeypatch)
    assert alone.out.startswith("160 samples predicted, 160 of them now\n160 samples scanned: ")
    others = made_by(tmp_path / "others", monkeypatch, "--workers", "2", "--engine", engine)
    assert others.out == alone.out, others.err
    rows, files = kept(tmp_path / "alone")
    assert (len(rows), len(files)) == (160, 4)  # the scan; features, their structure and picture
    assert kept(tmp_path / "others") == (rows, files)
