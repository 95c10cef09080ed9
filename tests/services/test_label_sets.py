"""Several labels of one sample in one text."""

import pytest

from services.label_sets import holds_several, joined_labels, labels_in, names_held

COLOURS = ("red", "green", "blue")


def test_names_are_joined_and_come_apart_again():
    for names in (("red",), ("red", "blue"), COLOURS, ()):
        assert labels_in(joined_labels(names), COLOURS) == names
    assert joined_labels(()) == "-"


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("blue red", ("red", "blue")),  # in the order of the known ones
        ("blue,red", ("red", "blue")),
        ("blue; red ;", ("red", "blue")),
        ("blue\tred", ("red", "blue")),
        ('["blue", "red"]', ("red", "blue")),
        ("['green']", ("green",)),
        ("blue + red", ("red", "blue")),
        ("red red", ("red",)),
        ("-", ()),
        ("[]", ()),
        ("No Finding", ()),
        ("no_finding", ()),
        ("None", ()),
        ("bluered", None),
        ("blue pink", None),
        ("Blue RED", ("red", "blue")),
    ],
)
def test_a_cell_is_read_by_the_names_it_can_hold(label, names):
    assert labels_in(label, COLOURS) == names


def test_a_label_that_says_none_may_be_a_name_itself():
    assert labels_in("none", ("None", "red")) == ("None",)
    assert names_held(["No Finding", "red|blue", "red"], 2) == ("blue", "red")
    assert names_held(["none", "red|blue", "red"], 3) == ("blue", "none", "red")


def test_a_name_may_hold_what_stands_between_others():
    known = ("red", "red car", "car|bus", "it's", "-")
    assert labels_in("red car red", known) == ("red", "red car")
    assert labels_in("red car|bus", known) == ("red", "car|bus")
    assert labels_in("it's, red", known) == ("red", "it's")
    assert labels_in("-", known) == ("-",)


def test_names_that_only_their_case_tells_apart_stay_apart():
    assert labels_in("A", ("A", "a")) == ("A",)
    assert labels_in("a A", ("A", "a", "b")) == ("A", "a")


def test_of_two_ways_to_read_it_the_one_without_a_rest_counts():
    assert labels_in("a b c", ("a b", "a", "b c")) == ("a", "b c")


def test_a_cell_made_to_be_read_in_very_many_ways_is_refused_at_once():
    assert labels_in("a " * 2000 + "x", [("a " * n).strip() for n in range(1, 30)]) is None


@pytest.mark.parametrize(
    ("labels", "count", "names"),
    [
        ({"red", "blue red", "green"}, 3, ("blue", "green", "red")),
        ({"red", "blue,red", "green"}, 3, ("blue", "green", "red")),
        ({"red car|bus", "bus", "-"}, 2, ("bus", "red car")),
        ({'["a b", "c"]', '["c"]'}, 2, ("a b", "c")),
        ({"red", "blue", "green"}, 3, ()),  # one each
        ({"red", "blue red", "green"}, 4, ()),
        (set(), 2, ()),
    ],
)
def test_where_nobody_listed_the_names_their_number_tells_how_they_are_parted(labels, count, names):
    assert names_held(labels, count) == names


def test_a_source_says_itself_that_there_are_several():
    assert holds_several(joined_labels(("red", "blue")))
    assert not holds_several(joined_labels(("red",)))
    assert not holds_several("blue red")
