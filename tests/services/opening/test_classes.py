"""What the classes of an opened project are called, and which of them a label means."""

import json
import unicodedata

import numpy as np
import pytest

from gradcam import GradcamError
from gradcam.backends.keras.network import KerasNetwork
from services.fact import Fact
from services.imagenet import imagenet
from services.opening.assembly import assemble
from services.sources.folder import read_folder
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress
from tests.services.projects import BLUE, RED, blue_or_red, pointwise, solid


@pytest.fixture(scope="module")
def network():
    """Output 0 for blue pictures, output 1 for red ones."""
    return KerasNetwork(blue_or_red(), "model.h5", digest="blue or red")


@pytest.fixture(scope="module")
def thousand():
    """1000 outputs: 0 for blue pictures, 1 for red ones."""
    return KerasNetwork(of_many(1000), "model.h5", digest="a thousand")


def of_many(units):
    head = np.eye(2, units) * 4 - np.eye(2, units)[::-1]
    return pointwise([[0, 1], [0, 0], [1, 0]], [0, 0], head, np.zeros(units), activation="softmax")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "my_project"
    made.mkdir()
    (made / "model.h5").touch()
    return made


def opened(folder, network, **picks):
    reference = SourceReference(SourceKind.FOLDER, str(folder)).picking(**picks)
    return assemble(read_folder(folder), network, reference, Progress())[0]


def labels(project):
    return {sample.id: sample.label for sample in project.samples}


def facts(project, what):
    return [(fact.value, fact.why) for fact in project.facts if fact.what == what]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("class_indices.json", json.dumps({"deep blue": 0, "bright red": 1})),
        ("labels.txt", "0 deep blue\n1 bright red\n"),
        ("labels.txt", "1: deep blue\n2: bright red\n"),
        ("labels.txt", "{0: 'deep blue', 1: 'bright red'}"),
        ("labels.txt", "Deep Blue\r\nBright-Red\r\n"),
    ],
)
def test_labels_are_shown_as_the_list_of_classes_writes_them(folder, network, file, text):
    solid(folder / "test" / "deep_blue" / "a.png", BLUE)
    solid(folder / "test" / "bright_red" / "b.png", RED)
    (folder / file).write_text(text)
    project = opened(folder, network)
    names = project.task.names
    assert [name.lower().replace("-", " ") for name in names] == ["deep blue", "bright red"]
    assert labels(project) == {"deep_blue/a.png": names[0], "bright_red/b.png": names[1]}
    assert project.left_out == ()
    assert facts(project, "classes")[0][0] == file
    respelled = f"bright_red → {names[1]}, deep_blue → {names[0]}"
    assert (respelled, f"named as in {file}") in facts(project, "labels")


def test_labels_that_are_alike_to_the_eye_are_one(folder, network):
    solid(folder / "test" / unicodedata.normalize("NFD", "Äpfel") / "a.png", BLUE)
    (folder / "labels.txt").write_text(unicodedata.normalize("NFC", "Äpfel\nÖl\n"), "utf-8")
    project = opened(folder, network)
    assert list(labels(project).values()) == [unicodedata.normalize("NFC", "Äpfel")]
    assert facts(project, "labels")[-1][0] == unicodedata.normalize("NFC", "Äpfel")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blue\nred\n", {"0/a.png": "blue", "1/b.png": "red"}),
        ("0 blue\n1 red\n", {"0/a.png": "blue", "1/b.png": "red"}),
        ("1\n0\n", {"0/a.png": "0", "1/b.png": "1"}),  # these are names
    ],
)
def test_a_number_is_the_class_of_that_number_unless_it_is_a_name(folder, network, text, expected):
    solid(folder / "test" / "0" / "a.png", BLUE)
    solid(folder / "test" / "1" / "b.png", RED)
    (folder / "labels.txt").write_text(text)
    assert labels(opened(folder, network)) == expected


def test_labels_of_which_some_are_no_classes_are_told(folder, network):
    for name in ("Blue", "green"):
        solid(folder / "test" / name / "a.png", BLUE)
    (folder / "labels.txt").write_text("blue\nred\n")
    project = opened(folder, network)
    assert labels(project) == {"Blue/a.png": "blue"}
    assert [left.name for left in project.left_out] == ["green/a.png"]
    told = "no class in labels.txt (blue, red): their samples are left out"
    assert Fact("labels", "green", told, warns=True) in project.facts


def test_labels_of_which_none_is_a_class_show_both_sides(folder, network):
    for name in ("bleu", "rouge"):
        solid(folder / "test" / name / "a.png", BLUE)
    (folder / "class_indices.json").write_text(json.dumps({"blue": 0, "red": 1}))
    with pytest.raises(GradcamError) as caught:
        opened(folder, network)
    assert str(caught.value) == (
        "No label of the samples is a class: they are labelled bleu, rouge (class folders), but "
        "the classes are blue, red (class_indices.json); write the same names in "
        "class_indices.json."
    )


def test_a_sample_with_several_labels_is_left_out_where_the_network_tells_one(folder, network):
    for name in ("blue.png", "both.png"):
        solid(folder / "test" / name, BLUE)
    text = "file,blue,red\nblue.png,1,0\nboth.png,1,1\n"
    (folder / "test" / "_classes.csv").write_text(text)
    project = opened(folder, network)
    assert labels(project) == {"blue.png": "blue"}
    reason = "it carries several labels, and the network tells one class"
    assert [(left.name, left.reason) for left in project.left_out] == [("both.png", reason)]


def test_one_column_a_class_says_the_order_of_the_classes(folder, network):
    solid(folder / "test" / "a.png", BLUE)
    (folder / "test" / "_classes.csv").write_text("file,zebra,ant\na.png,1,0\n")
    project = opened(folder, network)
    assert project.task.names == ("zebra", "ant")
    assert facts(project, "classes") == [("_classes.csv", "one column a class")]


def test_the_list_that_fits_network_and_labels_is_taken(folder, network):
    for name in ("blue", "red"):
        solid(folder / "test" / name / "a.png", BLUE)
    (folder / "labels.txt").write_text("a\nb\nc\n")
    (folder / "class_names.json").write_text(json.dumps(["red", "blue"]))
    (folder / "file_names.txt").write_text("one\ntwo\nthree\nfour\n")
    project = opened(folder, network)
    assert project.task.names == ("red", "blue")
    assert facts(project, "classes")[1:] == [
        ("labels.txt", "names 3, but the network tells 2 apart"),
        ("file_names.txt", "names 4, but the network tells 2 apart"),
    ]


def test_a_list_of_another_length_does_not_stop_a_project_unless_it_is_labels_txt(folder, network):
    for name in ("blue", "red"):
        solid(folder / "test" / name / "a.png", BLUE)
    (folder / "class_indices.json").write_text(json.dumps({"a": 0, "b": 1, "c": 2}))
    project = opened(folder, network)
    assert project.task.names == ("blue", "red")
    told = ("class_indices.json", "names 3, but the network tells 2 apart")
    assert told in facts(project, "classes")
    (folder / "labels.txt").write_text("a\nb\nc\n")
    with pytest.raises(GradcamError, match="3 classes are named in labels"):
        opened(folder, network)


@pytest.mark.parametrize("tested", [("red",), ("",)])
def test_class_folders_of_another_split_name_what_the_test_split_lacks(folder, network, tested):
    for name in ("red", "blue"):
        solid(folder / "train" / name / "a.png", {"blue": BLUE, "red": RED}[name])
    for name in tested:
        solid(folder / "test" / name / "b.png", RED)
        solid(folder / "test" / name / "c.png", RED)
    project = opened(folder, network)
    assert project.task.names == ("blue", "red")
    assert set(labels(project).values()) == {tested[0] or None}
    told = ("train", "the class folders of the training split, in sorted order")
    assert told in facts(project, "classes")


@pytest.mark.parametrize("place", ["models", "config"])
def test_a_list_in_a_folder_of_its_own_says_the_order(folder, network, place):
    for name in ("blue", "red"):
        solid(folder / "test" / name / "a.png", {"blue": RED, "red": BLUE}[name])
    (folder / place).mkdir()
    (folder / place / "class_indices.json").write_text(json.dumps({"red": 0, "blue": 1}))
    assert opened(folder, network).task.names == ("red", "blue")
    (folder / place / "labels.txt").write_text("of\nanother\nnetwork\n")
    assert opened(folder, network).task.names == ("red", "blue")


# --------------------------------------------------------------------------------------- ImageNet


@pytest.mark.parametrize("name", ["n01440764", "tench", "Tench", "n01440764_tench"])
def test_a_thousand_outputs_get_imagenets_names_where_the_labels_are_its(folder, thousand, name):
    solid(folder / "test" / name / "a.png", BLUE)
    solid(folder / "test" / "n01443537" / "b.png", RED)
    project = opened(folder, thousand)
    assert project.task.names == imagenet().names
    assert labels(project) == {f"{name}/a.png": "tench", "n01443537/b.png": "goldfish"}
    how = "2 of 2 labels are ImageNet's; labels.txt can name others"
    assert facts(project, "classes") == [("ImageNet", how)]


def test_a_thousand_outputs_get_them_where_nobody_says_anything(folder, thousand):
    solid(folder / "test" / "a.png", BLUE)
    project = opened(folder, thousand)
    assert project.task.names == imagenet().names
    how = "1000 outputs that nobody named; labels.txt can name others"
    assert facts(project, "classes") == [("ImageNet", how)]


def test_of_1001_outputs_the_first_is_the_background(folder):
    solid(folder / "test" / "tench" / "a.png", BLUE)
    network = KerasNetwork(of_many(1001), "model.h5", digest="1001")
    assert opened(folder, network).task.names == ("background", *imagenet().names)


def test_a_thousand_outputs_with_names_of_their_own_keep_them(folder, thousand):
    solid(folder / "test" / "tench" / "a.png", BLUE)
    own = [f"own {number}" for number in range(999)]
    (folder / "labels.txt").write_text("\n".join(["tench", *own]))
    assert opened(folder, thousand).task.names == ("tench", *own)


def test_numbered_labels_get_imagenets_names_where_project_toml_asks(folder, thousand):
    solid(folder / "test" / "0" / "a.png", BLUE)
    (folder / "project.toml").write_text('classes = "imagenet"\n')
    project = opened(folder, thousand)
    assert labels(project) == {"0/a.png": "tench"}
    (folder / "project.toml").unlink()
    project = opened(folder, thousand)
    assert project.task.names[:3] == ("0", "1", "10")
    assert any("imagenet" in why for _, why in facts(project, "classes"))


def test_numbered_labels_get_imagenets_names_by_one_click(folder, thousand):
    solid(folder / "test" / "0" / "a.png", BLUE)
    project = opened(folder, thousand)
    (offer,) = project.alternatives
    assert (offer.name, offer.taken, list(offer.values)) == ("classes", "", ["", "imagenet"])
    picked = opened(folder, thousand, classes="imagenet")
    assert picked.task.names == imagenet().names
    assert labels(picked) == {"0/a.png": "tench"}
    assert [other.taken for other in picked.alternatives] == ["imagenet"]


def test_nothing_is_offered_where_the_names_are_known_or_are_not_as_many(folder, thousand, network):
    solid(folder / "test" / "tench" / "a.png", BLUE)
    assert opened(folder, thousand).alternatives == ()
    solid(folder / "test" / "other" / "a.png", BLUE)
    assert opened(folder, network).alternatives == ()
    (folder / "labels.txt").write_text("\n".join(["tench", *map(str, range(999))]))
    assert opened(folder, thousand).alternatives == ()
