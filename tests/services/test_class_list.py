"""Which of several lists names the classes of a network."""

import pytest

from services.class_list import ClassList, suited, told_apart

CATS = ClassList("labels.txt", ("cat", "dog"))


def test_the_list_with_as_many_names_as_classes_is_taken():
    three = ClassList("classes.txt", ("a", "b", "c"))
    assert suited([CATS, three], [3], ["a"]) == three
    assert suited([CATS, three], [2], ["a"]) == CATS
    assert suited([], [2], ["a"]) is None


def test_of_two_the_one_that_holds_the_labels_is_taken():
    other = ClassList("class_indices.json", ("Katze", "Hund"))
    assert suited([CATS, other], [2], ["katze"]) == other
    assert suited([CATS, other], [2], ["dog"]) == CATS
    assert suited([CATS, other], [2], []) == CATS


def test_one_that_does_not_fit_is_told_only_where_it_can_be_nothing_else():
    assert suited([CATS], [5], ["cat"]) == CATS
    assert suited([ClassList("file_names.txt", ("a", "b"), meant=False)], [5], ["a"]) is None


def test_numbers_come_back_where_the_labels_have_them():
    numbered = ClassList("labels.txt", ("a", "b"), first=1, written=("1 a", "2 b"))
    assert suited([numbered], [2], ["1 a"]).names == ("1 a", "2 b")
    assert suited([numbered], [2], ["1_a"]).names == ("a", "b")
    assert suited([numbered], [2], ["a"]).names == ("a", "b")


@pytest.mark.parametrize("word", ["background", "Background", "???"])
def test_a_background_is_taken_off(word):
    assert ClassList("x", (word, "cat", "dog")).sized(2).names == ("cat", "dog")
    assert ClassList("x", ("bird", "cat", "dog")).sized(2) is None


def test_a_background_is_put_before_names_that_are_counted_from_1():
    assert ClassList("x", ("cat", "dog"), first=1).sized(3).names == ("background", "cat", "dog")
    assert CATS.sized(3) is None


def test_no_name_is_twice():
    assert told_apart(["a", "b", "a", "a", "a (2)"]) == ("a", "b", "a (2) (2)", "a (3)", "a (2)")
