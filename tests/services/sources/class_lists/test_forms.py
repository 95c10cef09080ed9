"""How class names are written."""

import json

import pytest

from services.imagenet import imagenet
from services.sources.class_lists.forms import class_list


def names(text, file="labels.txt"):
    listed = class_list(file, text)
    return listed and listed.names


@pytest.mark.parametrize(
    "text",
    [
        "cat\ndog\n",
        "\n cat \n\ndog",
        "0 cat\n1 dog",
        "0: cat\n1: dog",
        "0,cat\n1,dog",
        "0;cat\n1;dog",
        "0. cat\n1. dog",
        "0) cat\n1) dog",
        "0 - cat\n1 - dog",
        "0=cat\n1=dog",
        "0\tcat\n1\tdog",
        "1 cat\n2 dog",
        "1 dog\n0 cat",  # their numbers say the order
        "cat:0\ndog:1",
        "dog: 1\ncat: 0",
        "cat,0\ndog,1",
        "cat 0\ndog 1",
        "cat\t1\ndog\t2",
        "00 cat\n01 dog",
        "'cat',\n'dog',",
        '"cat"\n"dog"',
        "- cat\n- dog",
        "cat,dog",
        "cat; dog",
        "{0: 'cat', 1: 'dog'}",
        "{'dog': 1, 'cat': 0}",
        "['cat', 'dog']",
        "class_names = ['cat', 'dog']",
        "labels: list[str] = [\n  'cat',\n  'dog',\n]",
        '{"cat": 0, "dog": 1}',
        '{"0": "cat", "1": "dog"}',
        'item {\n  id: 1\n  name: "cat"\n}\nitem {\n  id: 2\n  name: "dog"\n}',
        "item { name: 'dog' id: 2 }\nitem { name: '/m/1' id: 1 display_name: 'cat' }",
        "n02121808 cat, house cat\nn02084071 dog",
        "# the classes\ncat\n // and\ndog",
    ],
)
def test_a_text_names_cat_and_dog(text):
    assert names(text) == ("cat", "dog")


def test_a_name_may_begin_with_a_hash():
    assert names("#1\n#other") == ("#1", "#other")


@pytest.mark.parametrize(
    "value",
    [
        ["cat", "dog"],
        {"cat": 0, "dog": 1},
        {"cat": "0", "dog": "1"},
        {"dog": 2, "cat": 1},
        {"1": "dog", "0": "cat"},
        {"0": ["n02121808", "cat"], "1": ["n02084071", "dog"]},
        {"0": {"name": "cat"}, "1": {"name": "dog"}},
        {"classes": ["cat", "dog"]},
        {"class_indices": {"cat": 0, "dog": 1}, "accuracy": 0.9},
        {"tfVersion": "1", "labels": ["cat", "dog"]},
        {"id2label": {"0": "cat", "1": "dog"}},
        [{"id": 2, "name": "dog"}, {"id": 1, "name": "cat"}],
        {"categories": [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}]},
        [{"label": "cat"}, {"label": "dog"}],
    ],
)
def test_json_names_cat_and_dog(value):
    assert names(json.dumps(value), "class_indices.json") == ("cat", "dog")


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"cat": 0, "dog": 5},  # what are the others?
        {"cat": 0, "dog": 0},
        {"0": 1.5, "1": 0.7},  # weights of classes
        {"cat": 0.5, "dog": 0.5},
        {"epochs": 20},
        [1, 2, 3],
        [["cat", 0]],
        "cat",
        3,
        None,
        {"classes": {"classes": {"classes": {"classes": {"classes": ["deep"]}}}}},
    ],
)
def test_json_that_names_no_classes_in_an_order_says_nothing(value):
    assert names(json.dumps(value), "class_indices.json") is None


def test_broken_json_says_nothing():
    assert names('{"cat": 0,', "classes.json") is None
    assert names("[" * 100_000, "classes.json") is None


@pytest.mark.parametrize(
    "text",
    [
        "0\n1",
        "0 a\nb",
        "3 wheels\n4 wheels",
        "1 euro\n2 euro",
        "0.5\n1.5",
        "0.5\n1.7",
        "0-2\n4-6",
        "2 cats\n5 dogs",
        "room 1\nroom 2",
        "A4\nA3",
    ],
)
def test_numbers_that_are_part_of_the_names_stay(text):
    assert names(text) == tuple(text.split("\n"))


def test_numbers_that_were_taken_off_can_be_had_back():
    listed = class_list("labels.txt", "2 dog\n1 cat\n")
    assert (listed.names, listed.first) == (("cat", "dog"), 1)
    assert listed.written == ("1 cat", "2 dog")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nc: 2\nnames: ['cat', 'dog']\n", ("cat", "dog")),
        ("names: [cat, dog]", ("cat", "dog")),
        ("train: x\nnames:\n- cat\n- dog\nnc: 2", ("cat", "dog")),
        ("names:\n  0: cat\n  1: dog\npath: y", ("cat", "dog")),
        ("path: y\n", None),
    ],
)
def test_the_names_of_a_yaml_file(text, expected):
    assert names(text, "data.yaml") == expected


def test_of_two_classes_of_one_name_the_second_gets_its_place():
    assert names("crane\nheron\ncrane") == ("crane", "heron", "crane (2)")


def test_of_two_of_imagenet_the_second_gets_its_synset_id():
    own = ["crane" if name == "crane bird" else name for name in imagenet().names]
    listed = names("\n".join(own), "imagenet_labels.txt")
    assert (listed[134], listed[517]) == ("crane", "crane n03126707")
    listed = names("\n".join(["background", *own]), "ImageNetLabels.txt")
    assert (listed[135], listed[518]) == ("crane", "crane n03126707")


def test_a_label_for_each_picture_is_no_list_of_classes():
    assert names("cat\ndog\ncat\ncat\ndog\n") is None
