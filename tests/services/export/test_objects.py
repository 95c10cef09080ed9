"""An export of objects: one overlay a picture with its objects on it, and a table of them."""

import csv
import zipfile

import numpy as np
import pytest
from PIL import Image

from services.choices.choices import Choices, OverlaySize
from services.export.job import export
from services.export.marking import COLOURS
from services.export.plan import ExportPlan
from services.opening.opening import open_source
from services.sample import LabelledBox
from services.sources.reference import SourceKind, SourceReference
from services.tasks.marks import ObjectVerdict
from tests.services.detector import OBJECTS, SETTINGS, draw_objects, save_detector
from tests.services.sources.labels.boxes.written import info

LABELLED = {
    "a.png": OBJECTS["a.png"],
    "b.png": (LabelledBox("red", 30, 30, 8, 8),),  # nothing is there
    "c.png": (),  # a blue one is
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("objects") / "mine"
    info(draw_objects(folder / "test", {name: OBJECTS[name] for name in LABELLED}), LABELLED)
    save_detector(folder / "model.h5")
    (folder / "project.toml").write_text(SETTINGS)
    (folder / "labels.txt").write_text("red\nblue\n")
    return open_source(SourceReference(SourceKind.FOLDER, str(folder))).project


def exported(project, output, **choices):
    plan = ExportPlan.of(project, Choices(**choices))
    export(project, plan, project.samples, output, "a test")
    return output


def rows(output):
    with (output / "objects.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_object_is_a_row(project, tmp_path):
    output = exported(project, tmp_path / "out")
    told = [
        (row["sample"], row["number"], row["verdict"], row["labelled"], row["detected"])
        for row in rows(output)
    ]
    assert told == [
        ("a.png", "0", "hit", "red", "red"),
        ("a.png", "1", "hit", "blue", "blue"),
        ("b.png", "0", "missed", "red", ""),
        ("c.png", "0", "false alarm", "", "blue"),
    ]
    first = rows(output)[0]
    assert [float(first[name]) for name in ("x", "y", "width", "height")] == [8, 8, 8, 8]
    assert (float(first["centre_x"]), float(first["centre_y"])) == (12, 12)
    assert first["cells"] == "1:1"
    with zipfile.ZipFile(output / "deploy.zip") as packed:
        assert packed.read("objects.csv") == (output / "objects.csv").read_bytes()
    assert sorted(path.name for path in (output / "gradcam" / "correct").iterdir()) == ["a.jpg"]
    wrong = sorted(path.name for path in (output / "gradcam" / "incorrect").iterdir())
    assert wrong == ["b.jpg", "c.jpg"]


@pytest.mark.parametrize("size", OverlaySize)
def test_overlays_have_a_mark_where_each_object_is(project, tmp_path, size):
    output = exported(project, tmp_path / "out", overlay_size=size, alpha=0.0)
    for place, verdict, (x, y) in (
        ("correct/a.jpg", ObjectVerdict.HIT, (12, 12)),
        ("incorrect/b.jpg", ObjectVerdict.MISSED, (34, 34)),
        ("incorrect/c.jpg", ObjectVerdict.FALSE_ALARM, (20, 52)),
    ):
        picture = np.asarray(Image.open(output / "gradcam" / place)).astype(int)
        near = picture[y - 7 : y + 8, x - 7 : x + 8]
        away = np.abs(near - COLOURS[verdict]).sum(axis=2).min()
        assert away < 180, (place, away)  # JPEG takes some of its colour
        assert np.abs(picture[:4, -4:] - COLOURS[verdict]).sum(axis=2).min() > 250
