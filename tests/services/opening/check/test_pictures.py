from pathlib import Path

import numpy as np

from services.media.picture import Pictures
from services.opening.check.pictures import SAMPLES, read_handful, selected
from services.sample import Sample
from services.tasks.classification.task import Classification
from services.tasks.regression.task import Regression
from tests.services.projects import SPEC, solid

TASK = Classification(("a", "b"))


def samples(*labels):
    return [Sample(f"{i:03}", Path(f"{i}.png"), label) for i, label in enumerate(labels)]


def test_each_class_gives_as_many_as_long_as_it_has_some():
    some = samples(*"a" * 200, *"b" * 3)
    taken = selected(some, TASK)
    assert len({each.id for each in taken}) == SAMPLES
    assert [each.label for each in taken[:6]] == list("ababab")
    assert sum(each.label == "b" for each in taken) == 3
    assert [each.id for each in taken] == [each.id for each in selected(some[::-1], TASK)]


def test_the_first_few_are_spread_over_all():
    some = samples(*"a" * 300)
    first = [int(each.id) for each in selected(some, TASK)[:12]]
    assert first[0] == 0
    assert max(np.diff(sorted([*first, 300]))) < 50
    ages = [Sample(f"{i:03}", Path(), f"{i}") for i in range(100)]
    assert len({each.id for each in selected(ages, Regression())}) == SAMPLES


def test_of_many_classes_some_are_taken():
    some = samples(*(f"{i:03}" for i in range(1000)))
    taken = [int(each.label) for each in selected(some, Classification(("x",)))]
    assert len(set(taken)) == SAMPLES
    assert max(np.diff(sorted([*taken, 1000]))) < 40


def test_the_labelled_ones_are_taken_where_there_are_any():
    assert [each.label for each in selected(samples(None, "a", None), TASK)] == ["a"]
    assert len(selected(samples(None, None), TASK)) == 2
    assert selected([], TASK) == []


def test_those_that_cannot_be_read_are_left_out(tmp_path):
    good = Sample("good", solid(tmp_path / "good.png", (9, 8, 7)), "a")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    handful = read_handful([Sample("bad", tmp_path / "bad.png", "b"), good], Pictures(SPEC))
    assert (handful.samples, handful.labels, len(handful)) == ((good,), ["a"], 1)
    assert handful.cuts[0, 0, 0].tolist() == [9, 8, 7]
    assert read_handful([Sample("bad", tmp_path / "bad.png", "b")], Pictures(SPEC)) is None
