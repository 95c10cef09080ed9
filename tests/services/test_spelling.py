"""Names that mean the same although two people wrote them."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.imagenet import imagenet
from services.spelling import by_number, matched


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("cat", "cat"),
        ("cat", "Cat"),
        ("red_circle", "red circle"),
        ("red-circle", "Red  Circle"),
        ("red\tcircle", "red circle"),
        ("With Mask", "0 With Mask"),
        ("0_cat", "cat"),
        ("001.Black_footed_Albatross", "Black footed Albatross"),
        ("1, cat", "cat"),
        ("WithMask", "with mask"),
        ("tench", "tench, Tinca tinca"),
        (unicodedata.normalize("NFD", "Äpfel"), unicodedata.normalize("NFC", "Äpfel")),
        ("STRASSE", "Straße"),
        ("n01440764", "tench"),
        ("n01440764_tench", "tench"),
        ("n02504458", "African elephant"),
    ],
)
def test_a_label_means_a_class_however_it_is_written(label, name):
    assert matched([label], [name, "something else"]) == {label: name}
    assert matched([name], [label, "something else"]) == {name: label}


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["CAT"], ["Cat", "cat"]),  # which?
        (["cat", "Cat"], ["CAT", "dog"]),  # two folders are not one class
        (["euro"], ["1 euro", "2 euro"]),
        (["cat"], ["dog"]),
        (["0.5"], ["5"]),
        (["-"], ["_"]),
    ],
)
def test_what_may_mean_two_means_none(labels, classes):
    assert matched(labels, classes) == {}


def test_the_same_text_comes_before_all_that_is_alike():
    assert matched(["cat", "Cat"], ["Cat", "cat"]) == {"cat": "cat", "Cat": "Cat"}
    assert matched(["1 euro", "2 euro"], ["1 euro", "2 euro"]) == {
        "1 euro": "1 euro",
        "2 euro": "2 euro",
    }
    assert matched(["cat", "Cat"], ["Cat", "dog"]) == {"Cat": "Cat"}


names = st.text(st.sampled_from("aAbÄ_ -01,"), min_size=1, max_size=4)


@given(st.sets(names, max_size=6), st.sets(names, max_size=6))
def test_two_are_never_taken_for_one(labels, classes):
    pairs = matched(labels, sorted(classes))
    assert set(pairs) <= labels
    assert set(pairs.values()) <= classes
    assert len(set(pairs.values())) == len(pairs)
    assert all(pairs[label] == label for label in labels & classes)


@pytest.mark.parametrize(
    ("labels", "count", "first", "places"),
    [
        (["0", "1"], 2, 0, {"0": 0, "1": 1}),
        (["3"], 10, 0, {"3": 3}),
        (["3"], 10, 1, {"3": 2}),
        (["0", "3"], 10, 1, {"0": 0, "3": 3}),
        (["1", "2"], 2, 0, {"1": 0, "2": 1}),
        (["03", "1.0"], 5, 0, {"03": 3, "1.0": 1}),
        (["5"], 5, 0, {"5": 4}),
        (["0", "2"], 2, 0, {}),
        (["6"], 5, 0, {}),
        (["1", "cat"], 5, 0, {}),
        (["1", "01"], 5, 0, {}),
        (["1.5"], 5, 0, {}),
        (["-1"], 5, 0, {}),
        ([], 5, 0, {}),
    ],
)
def test_a_number_means_the_class_of_that_number(labels, count, first, places):
    assert by_number(labels, count, first) == places


def test_imagenet_has_a_thousand_classes_of_a_thousand_names():
    classes = imagenet()
    assert len(set(classes.names)) == len(set(classes.synsets)) == 1000
    assert (classes.names[0], classes.synsets[999]) == ("tench", "n15075141")
    assert classes.for_units(1001)[:2] == ("background", "tench")
    assert classes.for_units(999) == ()


def test_every_class_of_imagenet_is_known_by_its_synset_id():
    classes = imagenet()
    pairs = zip(classes.synsets, classes.names, strict=True)
    assert matched(classes.synsets, classes.names) == dict(pairs)
