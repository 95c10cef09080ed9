import pytest

from services.opening.opening import open_source
from services.sources.labels.reading import read_samples
from services.sources.reference import SourceKind, SourceReference
from services.sources.tree import read_tree
from tests.services.projects import BLUE, RED, entry, folder_project, info_labels, solid


def boxed(name, label, *classes):
    boxes = [{"label": each, "x": 1, "y": 1, "width": 3, "height": 3} for each in classes]
    return entry(name, label, boundingBoxes=boxes)


def labels(folder, *entries):
    info_labels(folder, list(entries))
    for each in entries:
        solid(folder / each["path"])
    return [sample.label for sample in read_samples(read_tree(folder)).samples]


@pytest.mark.parametrize(
    "files",
    [
        {"scene.0000.png": "0", "scene.0012.png": "12", "scene.0100.png": "100"},
        {"frame_0755.png": "frame_0755", "frame_0756.png": "frame_0756"},
        {"5.png": "5", "6.jpg.2a1b.ingestion-1.png": "6"},
        {"IMG-20.a.png": "IMG-20", "IMG-21.b.png": "IMG-21"},
    ],
)
def test_labels_that_repeat_the_file_names_give_way_to_the_boxes(tmp_path, files):
    entries = [boxed(name, label, "cup") for name, label in files.items()]
    assert set(labels(tmp_path, *entries, boxed("9.png", "9"))) == {"cup", "-"}


def test_several_classes_on_a_picture_are_several_labels(tmp_path):
    entries = [boxed("0.png", "0", "cup", "cup"), boxed("1.png", "1", "pen", "cup")]
    assert labels(tmp_path, *entries) == ["cup", "cup|pen"]


@pytest.mark.parametrize(
    "entries",
    [
        # As Studio names the files of a project for classification.
        [boxed(f"car.{n}.png", "car", "wheel") for n in range(3)],
        [boxed("cup.png", "cup", "cup"), boxed("pen.png", "pen", "cup")],
        [boxed("gauge.1.png", "0.33", "needle"), boxed("gauge.2.png", "0.97", "needle")],
        [entry("0.png", "0"), entry("1.png", "1")],
    ],
    ids=["begins each name", "is a box's", "values", "without boxes"],
)
def test_labels_that_say_something_stay(tmp_path, entries):
    assert labels(tmp_path, *entries) == [each["label"]["label"] for each in entries]


@pytest.mark.parametrize("place", ["", "testing"])
def test_a_file_of_boxes_beside_says_that_boxes_count(tmp_path, place):
    (tmp_path / place).mkdir(exist_ok=True)
    (tmp_path / place / "bounding_boxes.labels").touch()
    assert labels(tmp_path, boxed("a.png", "whatever", "cup")) == ["cup"]


def test_a_classification_network_is_judged_where_a_picture_has_one_class(
    tmp_path, blue_or_red_file
):
    pictures = {"0.png": BLUE, "1.png": RED, "2.png": RED, "3.png": BLUE}
    folder = folder_project(tmp_path / "marks", blue_or_red_file, pictures)
    info_labels(folder, [
        boxed("0.png", "0", "blue", "blue"), boxed("1.png", "1", "red"),
        boxed("2.png", "2", "red", "blue"), boxed("3.png", "3"),
    ])  # fmt: skip
    opened = open_source(SourceReference(SourceKind.FOLDER, str(folder)))
    assert opened.project.task.classes == ("blue", "red")
    assert [(each.id, each.label) for each in opened.project.samples] == [
        ("0.png", "blue"), ("1.png", "red"),
    ]  # fmt: skip
    assert opened.predictions.answers.correct().tolist() == [True, True]
    assert [(each.name, each.reason) for each in opened.project.left_out] == [
        ("2.png", "it carries several labels, and the network tells one class"),
        ("3.png", "it carries no label, and the network tells one class"),
    ]
    (fact,) = [each for each in opened.project.facts if each.what == "labels"]
    assert "its own labels repeat the file names" in fact.why
