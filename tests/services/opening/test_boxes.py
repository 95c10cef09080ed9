"""A detector opens the same whatever format its boxes are in, and whatever else labels pictures."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from services.opening.opening import open_source
from services.people.person import NOBODY_ELSE
from services.sample import LabelledBox
from services.sources.reference import SourceKind, SourceReference
from services.sources.upload import keep_upload
from services.tasks.marks import ObjectVerdict
from tests.services.detector import (
    NAMES,
    OBJECTS,
    SETTINGS,
    SIDE,
    draw_objects,
    save_detector,
)
from tests.services.sources.labels.boxes import written


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    path = tmp_path_factory.mktemp("detector") / "model.h5"
    save_detector(path)
    return path.read_bytes()


@pytest.fixture(autouse=True)
def same_size(monkeypatch):
    monkeypatch.setattr(written, "WIDTH", SIDE)
    monkeypatch.setattr(written, "HEIGHT", SIDE)


def as_coco(test):
    written.coco(test / "_annotations.coco.json", OBJECTS, NAMES)


def as_yolo(test):
    for name, boxes in OBJECTS.items():
        lines = (written.yolo_line(box, NAMES, SIDE, SIDE) for box in boxes)
        (test / Path(name).with_suffix(".txt")).write_text("".join(lines))
    (test / "classes.txt").write_text("\n".join(NAMES))


def as_voc(test):
    written.voc(test, OBJECTS)
    (test.parent / "labels.txt").write_text("background\nred\nblue\n")


def as_info(test):
    written.info(test, OBJECTS)
    (test.parent / "labels.txt").write_text("red\nblue\n")


def project(folder, detector, write):
    write(draw_objects(folder / "test"))
    (folder / "model.h5").write_bytes(detector)
    (folder / "project.toml").write_text(SETTINGS)
    return folder


def opened(folder):
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def looked(one):
    answers = one.predictions.answers
    return [
        (sample.id, sample.label, [each.verdict for each in own])
        for sample, own in zip(one.predictions.samples, answers.objects(), strict=True)
    ]


HITS = [ObjectVerdict.HIT]
ALL = [("a.png", "blue|red", HITS * 2), ("b.png", "-", []), ("c.png", "blue", HITS),
       ("d.png", "red", HITS)]  # fmt: skip


def test_every_format_makes_the_same_project(tmp_path, detector):
    ways = {each.__name__: each for each in (as_coco, as_yolo, as_voc, as_info)}
    made = {
        name: opened(project(tmp_path / name / "same", detector, write))
        for name, write in ways.items()
    }
    first = made["as_info"]
    assert looked(first) == ALL
    assert first.project.task.classes == ("background", "red", "blue")
    for name, other in made.items():
        assert looked(other) == ALL, name
        assert other.project.task == first.project.task, name
        assert other.predictions.digest_of_names == first.predictions.digest_of_names
        assert other.predictions.digest_of_files == first.predictions.digest_of_files
        np.testing.assert_array_equal(other.predictions.outputs, first.predictions.outputs)
        for mine, sample in zip(other.project.samples, first.project.samples, strict=True):
            assert [box.label for box in mine.boxes] == [box.label for box in sample.boxes]
            np.testing.assert_allclose(
                [box.box for box in mine.boxes], [box.box for box in sample.boxes], atol=0.01
            )


@pytest.mark.parametrize("write", [as_coco, as_yolo, as_voc])
def test_an_upload_keeps_the_files_of_boxes(tmp_path, detector, write):
    folder = tmp_path / "mine"
    write(draw_objects(folder / "test"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder).as_posix())
        archive.writestr("project.toml", SETTINGS)
    upload = keep_upload(NOBODY_ELSE, "detector.h5", io.BytesIO(detector), packed)
    assert looked(open_source(upload)) == ALL


def test_class_folders_give_way_to_boxes_and_so_does_what_was_said_of_them(tmp_path, detector):
    folder = tmp_path / "mine"
    for side, names in {"day": ("a.png", "b.png"), "night": ("c.png", "d.png")}.items():
        here = {name: OBJECTS[name] for name in names}
        draw_objects(folder / "test" / side, here)
        written.yolo(folder / "test" / side, here, NAMES)
    (folder / "model.h5").write_bytes(detector)
    (folder / "project.toml").write_text(SETTINGS)
    (folder / "test" / "classes.txt").write_text("\n".join(NAMES))
    one = opened(folder)
    assert [label for _, label, _ in looked(one)] == ["blue|red", "-", "blue", "red"]
    facts = {(fact.what, fact.value) for fact in one.project.facts}
    assert ("labels", "YOLO text files") in facts
    assert ("labels", "class folders") not in facts


def test_boxes_of_no_class_of_the_network_are_drawn_and_said(tmp_path, detector):
    folder = project(tmp_path / "mine", detector, as_info)
    dot = LabelledBox("dot", 1, 1, 5, 5)
    written.info(folder / "test", {"c.png": (*OBJECTS["c.png"], dot), "b.png": (dot,)})
    one = opened(folder)
    assert [box.label for sample in one.project.samples for box in sample.boxes] == ["blue", "dot"]
    assert [each.name for each in one.project.left_out] == ["b.png"]
    (fact,) = (fact for fact in one.project.facts if fact.what == "boxes")
    assert (fact.value, fact.warns) == ("dot", True)
    assert one.predictions.answers.correct().tolist() == [1.0]


def test_nobody_drew_boxes(tmp_path, detector):
    folder = tmp_path / "mine"
    draw_objects(folder / "test")
    (folder / "model.h5").write_bytes(detector)
    (folder / "project.toml").write_text(SETTINGS)
    one = opened(folder)
    assert {sample.label for sample in one.project.samples} == {None}
    assert np.isnan(one.predictions.answers.correct()).all()
    (fact,) = (fact for fact in one.project.facts if fact.what == "labels")
    assert "nobody drew any" in fact.why


def test_numbers_of_yolo_are_the_classes_behind_the_background(tmp_path, detector):
    def without_a_list(test):
        as_yolo(test)
        (test / "classes.txt").unlink()
        (test.parent / "labels.txt").write_text("background\nred\nblue\n")

    assert looked(opened(project(tmp_path / "mine", detector, without_a_list))) == ALL
