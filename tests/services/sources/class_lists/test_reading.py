"""Which files name the classes of a project."""

import json
import pickle

import numpy as np
import pytest

from services.sources.class_lists.reading import may_name_classes, read_class_lists


def names(folder):
    return [listed.names for listed in read_class_lists([folder]).lists]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_letters_of_any_editor_are_read(tmp_path, encoding, end):
    text = f"Äpfel{end}Brötchen{end}"
    (tmp_path / "labels.txt").write_bytes(text.encode(encoding))
    assert names(tmp_path) == [("Äpfel", "Brötchen")]


@pytest.mark.parametrize(
    "name",
    [
        "labels.txt",
        "Labels.TXT",
        "classes.txt",
        "class_names.txt",
        "class_indices.json",
        "classNames.json",
        "idx_to_class.json",
        "class_to_idx.json",
        "my_model_labels.txt",
        "ImageNetLabels.txt",
        "labelmap.txt",
        "label_map.pbtxt",
        "obj.names",
        "categories.json",
        "imagenet_class_index.json",
        "metadata.json",
        "synset_words.txt",
        "label_encoder_classes.npy",
        "signnames.csv",
        "class_dict.csv",
    ],
)
def test_a_file_is_known_by_its_name(name):
    assert may_name_classes(name)


@pytest.mark.parametrize(
    "name",
    ["README.txt", "requirements.txt", "model.json", "history.json", "test.csv", "classical.txt"],
)
def test_other_files_are_not(name):
    assert not may_name_classes(name)


@pytest.mark.parametrize(
    "text",
    [
        "ClassId,SignName\n0,Stop\n1,Give way\n",
        "0;Stop\n1;Give way\n",
        "name\tid\tinfo\nGive way\t2\tx\nStop\t1\ty\n",
    ],
)
def test_a_table_of_numbers_and_names_is_a_list(tmp_path, text):
    (tmp_path / "labels.csv").write_text(text)
    assert names(tmp_path) == [("Stop", "Give way")]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("labels.csv", "file,label\na.png,0\nb.png,1\n"),
        ("labels.csv", "file,label\na.png,cat\nb.png,dog\n"),
        ("labels.csv", "id,label\n5,cat\n7,dog\n"),
        ("labels.txt", "a.png 0\nb.png 1\n"),
        ("labels.json", '{"a.png": 0, "b.png": 1}'),
    ],
)
def test_a_table_of_files_is_none(tmp_path, file, text):
    (tmp_path / file).write_text(text)
    assert names(tmp_path) == []


def test_an_array_of_names_is_read_and_one_of_objects_is_not(tmp_path):
    np.save(tmp_path / "classes.npy", np.array(["cat", "dog"]))
    np.save(tmp_path / "label_classes.npy", np.array(["cat", "dog"], object), allow_pickle=True)
    assert names(tmp_path) == [("cat", "dog")]


class Trap:
    def __reduce__(self):
        return (open, ("opened.txt", "w"))


def test_a_pickle_is_named_and_never_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "classes.pkl").write_bytes(pickle.dumps(Trap()))
    told = read_class_lists([tmp_path])
    assert told.lists == ()
    assert [(fact.value, "is a pickle" in fact.why) for fact in told.facts] == [
        ("classes.pkl", True)
    ]
    np.save(tmp_path / "classes.npy", np.array([Trap()], object), allow_pickle=True)
    assert read_class_lists([tmp_path]).lists == ()
    assert not (tmp_path / "opened.txt").exists()


def test_a_list_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "class_indices.json").write_text(json.dumps({"cat": 0, "dog": 7}))
    told = read_class_lists([tmp_path])
    assert [fact.value for fact in told.facts] == ["class_indices.json"]


def test_the_usual_names_come_first_and_the_nearer_folder_before_the_farther(tmp_path):
    near, far = tmp_path / "near", tmp_path / "far"
    for folder, file, text in (
        (far, "labels.txt", "far\n"),
        (near, "a_labels.txt", "other\n"),
        (near, "labels.txt", "near\n"),
    ):
        folder.mkdir(exist_ok=True)
        (folder / file).write_text(text)
    told = read_class_lists([near, far, near])
    assert [(each.names, each.meant) for each in told.lists] == [
        (("near",), True),
        (("other",), False),
        (("far",), True),
    ]
