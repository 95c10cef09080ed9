import json

import pytest

from services.sample import LabelledBox
from services.sources.data import find_data
from services.sources.labels.boxes.reading import read_objects
from services.sources.labels.reading import read_samples
from services.sources.tree import read_tree
from tests.services.sources.labels.boxes.written import (
    NAMES,
    OBJECTS,
    bounding_boxes,
    coco,
    info,
    open_images,
    pictures,
    table,
    voc,
    voc_xml,
    yolo,
    yolo_line,
)

LABELS = {"a.png": "box|cross", "b.png": "-", "c.png": "cross"}


def read(project):
    tree = read_tree(project)
    data = find_data(tree)[0].folder
    return read_objects(data, tree, read_samples(data, tree))


def facts(labelled):
    return [f"{fact.value}: {fact.why}" for fact in labelled.facts]


def beside_coco(project):
    coco(pictures(project / "test") / "_annotations.coco.json")


def coco_apart(project):
    pictures(project / "val2017")
    coco(project / "annotations" / "instances_val2017.json")


def yolo_beside(project):
    yolo(pictures(project / "test"))
    (project / "test" / "classes.txt").write_text("\n".join(NAMES))


def yolo_apart(project):
    pictures(project / "test" / "images")
    yolo(project / "test" / "labels")
    (project / "data.yaml").write_text(f"nc: 2\nnames: {list(NAMES)}\n")


def yolo_split_inside(project):
    pictures(project / "images" / "val")
    yolo(project / "labels" / "val")
    (project / "obj.names").write_text("\n".join(NAMES))


def voc_beside(project):
    voc(pictures(project / "test"))


def voc_apart(project):
    pictures(project / "JPEGImages")
    voc(project / "Annotations")


def in_info(project):
    info(pictures(project))


def uploaded(project):
    bounding_boxes(pictures(project / "testing"))


def table_beside(project):
    table(pictures(project / "test") / "_annotations.csv")


def table_before(project):
    open_images(pictures(project / "test").parent / "test-annotations-bbox.csv")


WAYS = [
    beside_coco, coco_apart, yolo_beside, yolo_apart, yolo_split_inside, voc_beside, voc_apart,
    in_info, uploaded, table_beside, table_before,
]  # fmt: skip


@pytest.mark.parametrize("write", WAYS, ids=lambda write: write.__name__)
def test_every_format_says_the_same(tmp_path, write):
    write(tmp_path)
    labelled = read(tmp_path)
    own = {sample.path.name: sample for sample in labelled.samples}
    assert {name: sample.label for name, sample in own.items()} == LABELS
    assert labelled.classes(3) == {"cross", "box"}
    assert labelled.left_out == ()
    assert labelled.facts == ()
    for name, boxes in OBJECTS.items():
        assert [box.label for box in own[name].boxes] == [box.label for box in boxes]
        for mine, other in zip(own[name].boxes, boxes, strict=True):
            assert (mine.x, mine.y, mine.width, mine.height) == pytest.approx(
                (other.x, other.y, other.width, other.height), abs=0.01
            )


@pytest.mark.parametrize("write", [beside_coco, yolo_beside, yolo_apart, yolo_split_inside])
def test_numbers_have_the_names_of_the_nearest_list(tmp_path, write):
    write(tmp_path)
    assert [each.names for each in read(tmp_path).class_lists] == [NAMES]


def test_what_is_passed_over_is_counted_and_the_rest_of_a_picture_stays(tmp_path):
    data = pictures(tmp_path / "test")
    odd = (LabelledBox("cross", 5, 5, 0, 9), LabelledBox("cross", 200, 5, 9, 9),
           LabelledBox("box", -4, 110, 10, 40))  # fmt: skip
    coco(data / "_annotations.coco.json", {**OBJECTS, "b.png": odd})
    labelled = read(tmp_path)
    assert labelled.samples[1].boxes == (LabelledBox("box", 0, 110, 6, 10),)  # cut to the picture
    said = "_annotations.coco.json: boxes passed over, as they {}: 1; the first is on b.png"
    problems = ("have no size", "lie outside of their picture")
    assert facts(labelled) == [said.format(problem) for problem in problems]


def test_an_export_s_odd_boxes_are_passed_over_too(tmp_path):
    odd = (LabelledBox("cross", 300, 5, 9, 9), LabelledBox("box", 1, 1, 5, 5))
    info(pictures(tmp_path), {**OBJECTS, "b.png": odd})
    labelled = read(tmp_path)
    assert labelled.samples[1].boxes == odd[1:]
    assert labelled.samples[1].label == "box"
    assert "outside of their picture: 1; the first is on b.png" in facts(labelled)[0]


def test_a_table_s_odd_rows_are_counted_or_named_and_the_rest_stays(tmp_path):
    file = pictures(tmp_path / "test") / "boxes.csv"
    file.write_text(
        "File;Label;XMin;YMin;XMax;YMax\n"
        "a.png;cross;5;6;15;26\n"
        "a.png;cross;5;6;;26\n"
        "a.png;;5;6;15;26\n"
        "a.png;box;50;60;40;70\n"
        "gone.png;box;5;6;15;26\n"
        "gone.png;box;7;6;15;26\n"
    )
    labelled = read(tmp_path)
    assert labelled.samples[0].boxes == (LabelledBox("cross", 5, 6, 10, 20),)
    assert [sample.label for sample in labelled.samples] == ["cross", None, None]
    said = "boxes.csv: boxes passed over, as they {}: 1; the first is on a.png"
    problems = ("have no four corners", "have no name", "have no size")
    assert facts(labelled) == [said.format(problem) for problem in problems]
    assert [each.name for each in labelled.left_out] == ["gone.png"]
    assert "its corners in pixels; pictures that they do not speak of: 2" in labelled.why


def test_one_damaged_file_does_not_stop_the_others(tmp_path):
    voc(pictures(tmp_path / "test"))
    (tmp_path / "test" / "a.xml").write_text("<annotation><object>")
    labelled = read(tmp_path)
    assert [sample.label for sample in labelled.samples] == [None, "-", "cross"]
    assert [(each.name, each.reason) for each in labelled.left_out] == [
        ("a.xml", "it is no XML that can be read")
    ]
    assert labelled.why.endswith("pictures that they do not speak of: 1")


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa">]>',
        '<!DOCTYPE annotation SYSTEM "file:///etc/passwd">',
        '<?xml version="1.0"?><!DOCTYPE annotation [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_entities_is_refused(tmp_path, head, encoding):
    voc(pictures(tmp_path / "test"))
    text = voc_xml("a.png", OBJECTS["a.png"], head)
    (tmp_path / "test" / "a.xml").write_text(text, encoding=encoding)
    labelled = read(tmp_path)
    assert labelled.samples[0].label is None
    assert "entities of its own" in labelled.left_out[0].reason


def test_a_damaged_text_file_leaves_its_picture_without_a_label(tmp_path):
    yolo_beside(tmp_path)
    (tmp_path / "test" / "c.txt").write_text("0 0.5 0.5\n")
    labelled = read(tmp_path)
    assert [sample.label for sample in labelled.samples] == ["box|cross", "-", None]
    assert [(each.name, each.reason) for each in labelled.left_out] == [
        ("c.txt", "it is no text file of YOLO: “0 0.5 0.5” is no box")
    ]


def test_a_picture_without_a_text_file_has_nothing_on_it(tmp_path):
    yolo_beside(tmp_path)
    (tmp_path / "test" / "b.txt").unlink()
    labelled = read(tmp_path)
    assert [sample.label for sample in labelled.samples] == ["box|cross", "-", "cross"]
    assert labelled.why.endswith("nothing is on the 1 pictures without one")


def test_outlines_and_scores_of_yolo_are_read(tmp_path):
    data = pictures(tmp_path / "test")
    (data / "a.txt").write_text("0 0.25 0.5 0.5 0.75 0.375 0.25\n")  # a triangle
    (data / "c.txt").write_text("1.0 0.5 0.5 0.25 0.5 0.93\n")  # with a score
    labelled = read(tmp_path)
    assert labelled.samples[0].boxes == (LabelledBox("0", 40, 30, 40, 60),)
    assert labelled.samples[2].boxes == (LabelledBox("1", 60, 30, 40, 60),)


def test_a_turned_picture_s_boxes_are_shares_of_what_is_shown(tmp_path):
    from PIL import Image

    data = tmp_path / "test"
    data.mkdir()
    exif = Image.Exif()
    exif[274] = 6  # to be turned by a quarter
    Image.new("RGB", (160, 120)).save(data / "a.jpg", exif=exif)
    (data / "a.txt").write_text("0 0.5 0.5 0.5 0.25\n")
    assert read(tmp_path).samples[0].boxes == (LabelledBox("0", 30, 60, 60, 40),)


def test_pictures_that_coco_does_not_list_are_without_a_label(tmp_path):
    data = pictures(tmp_path / "test")
    coco(data / "_annotations.coco.json", {name: OBJECTS[name] for name in ("a.png", "b.png")})
    assert [sample.label for sample in read(tmp_path).samples] == ["box|cross", "-", None]


def test_of_several_the_one_that_speaks_of_most_counts(tmp_path):
    pictures(tmp_path / "val2017")
    coco(tmp_path / "annotations" / "instances_val2017.json")
    coco(tmp_path / "annotations" / "instances_train2017.json", {"a.png": ()})
    yolo(tmp_path / "val2017", {"a.png": OBJECTS["a.png"]})
    labelled = read(tmp_path)
    assert labelled.labelled_by == "instances_val2017.json"
    best = labelled.labelled_by
    assert facts(labelled) == [
        f"instances_train2017.json: speaks of 1 of these pictures; {best} of 3, and counts",
        f"YOLO text files: speak of these pictures too, and {best} count",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"annotations": [{"image_id": 0, "category_id": 9, "bbox": [1, 1, 5, 5]}]},
        {"annotations": [{"image_id": 0, "category_id": 1, "bbox": [1, 1, "five", 5]}]},
        {"annotations": [{"image_id": 0, "category_id": 1}]},
    ],
)
def test_odd_annotations_are_counted(tmp_path, change):
    coco(pictures(tmp_path / "test") / "_annotations.coco.json", **change)
    labelled = read(tmp_path)
    assert labelled.samples[0].boxes == ()
    assert len(labelled.facts) == 1
    assert labelled.facts[0].why.endswith(": 1; the first is on a.png")


def test_a_parent_of_all_categories_is_no_class(tmp_path):
    data = pictures(tmp_path / "test")
    coco(data / "_annotations.coco.json", names=("bench-parts", *NAMES))
    assert read(tmp_path).class_lists[0].names == NAMES


def test_a_bad_list_of_boxes_leaves_its_pictures_without_a_label(tmp_path):
    data = pictures(tmp_path / "testing")
    (data / "bounding_boxes.labels").write_text(json.dumps({"boundingBoxes": []}))
    labelled = read(tmp_path)
    assert {sample.label for sample in labelled.samples} == {None}
    assert "nobody drew any" in labelled.why


def test_class_folders_are_no_labels_of_objects(tmp_path):
    pictures(tmp_path / "test" / "bright")
    pictures(tmp_path / "test" / "dark", ("d.png",))
    (tmp_path / "test" / "dark" / "d.txt").write_text(yolo_line(OBJECTS["c.png"][0]))
    labels = {sample.id: sample.label for sample in read(tmp_path).samples}
    assert labels == {"bright/a.png": "-", "bright/b.png": "-", "bright/c.png": "-",
                      "dark/d.png": "0"}  # fmt: skip


def test_lists_of_splits_say_which_pictures_are_tested(tmp_path):
    voc_apart(tmp_path)
    lists = tmp_path / "ImageSets" / "Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("a\n")
    assert len(read(tmp_path).samples) == 3  # one list alone leaves nothing out
    (lists / "test.txt").write_text("b\nc  1\n")
    labelled = read(tmp_path)
    assert [sample.path.name for sample in labelled.samples] == ["b.png", "c.png"]
    assert labelled.why.endswith("; only those of ImageSets/test.txt: 2")
    (lists / "test.txt").write_text("x\ny\n")
    assert len(read(tmp_path).samples) == 3  # it names nothing here
