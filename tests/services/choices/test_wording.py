"""What a person's words mean, sample by sample."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from gradcam import Target
from services.choices.wording import class_target, output_target, target_names
from services.project import Regression, Task
from tests.services.projects import project_of

CLASSES = project_of(None, (), classes=("a", "b", "c"))
SCORES = np.array([0.2, 0.5, 0.3], np.float32)  # so b is predicted, and c is the second
VALUES = project_of(
    SimpleNamespace(units=3), (), task=Task.REGRESSION, classes=(), regression=Regression(1)
)
A, B, C = (Target.for_class(index) for index in range(3))


def contrast(words):
    """`b-c`: class b against class c; `b` alone: against nothing."""
    chosen, *other = ("abc".index(name) for name in words.split("-"))
    return Target.contrast(chosen, *other) if other else Target.for_class(chosen)


@pytest.mark.parametrize(
    ("wanted", "label", "expected"),
    [
        ("predicted", "a", B),
        ("true", "a", A),
        ("true", "b", B),
        ("true", None, B),  # nobody said
        ("true", "of another project", B),
        ("=a", None, A),
        ("=c", "a", C),
        ("=of another project", "a", B),
        ("=", "a", B),
        ("=0", "a", B),  # outputs of a regression that was open before
        ("-0", "a", B),
        ("c", "a", B),  # a name has a sign before it
        ("xc", "a", B),
        ("second", "a", B),
        ("", "a", B),
    ],
)
def test_a_target_is_read(wanted, label, expected):
    assert class_target(CLASSES, wanted, "", SCORES, label) == expected


@pytest.mark.parametrize(
    ("wanted", "against", "label", "expected"),
    [
        ("predicted", "second", "a", "b-c"),
        ("=c", "second", "a", "c-b"),  # the best of the others is the predicted one
        ("true", "second", "a", "a-b"),
        ("true", "second", None, "b-c"),
        ("predicted", "true", "a", "b-a"),
        ("predicted", "true", "b", "b"),  # a class minus itself is nothing
        ("predicted", "true", None, "b"),
        ("=c", "true", None, "c-b"),  # where nobody said, the predicted one
        ("=c", "true", "of another project", "c-b"),
        ("true", "predicted", "a", "a-b"),
        ("true", "predicted", "b", "b"),
        ("=a", "=c", "b", "a-c"),
        ("=a", "=a", "b", "a"),
        ("predicted", "=b", "a", "b"),
        ("=a", "=of another project", "b", "a"),
        ("=a", "=", "b", "a"),
        ("=a", "c", "b", "a"),
        ("=a", "-0", "b", "a"),
        ("=of another project", "=a", "c", "b-a"),
    ],
)
def test_a_class_is_set_against_another(wanted, against, label, expected):
    assert class_target(CLASSES, wanted, against, SCORES, label) == contrast(expected)


def test_of_two_that_are_second_best_it_is_the_first():
    even = np.array([0.25, 0.5, 0.25], np.float32)
    assert class_target(CLASSES, "predicted", "second", even, None) == contrast("b-a")


def test_a_class_may_be_called_like_a_word_of_ours():
    odd = project_of(None, (), classes=("true", "second", "="))
    for words, expected in (("=true", A), ("=second", B), ("==", C), ("true", B)):
        assert class_target(odd, words, "", SCORES, None) == expected
    assert class_target(odd, "=true", "=second", SCORES, None) == contrast("a-b")
    assert class_target(odd, "=second", "second", SCORES, None) == contrast("b-c")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("=0", Target.for_output(0)),
        ("=2", Target.for_output(2)),
        ("-0", Target.for_output(0, lowers=True)),
        ("-2", Target.for_output(2, lowers=True)),
        ("predicted", Target.for_output(1)),  # the project's own
        ("true", Target.for_output(1)),
        ("", Target.for_output(1)),
        ("=3", None),
        ("-3", None),
        ("=-1", None),
        ("--1", None),
        ("=", None),
        ("-", None),
        ("=a", None),
        ("=²", None),
    ],
)
def test_an_output_and_its_direction_are_read(wanted, expected):
    assert output_target(VALUES, wanted) == expected


@pytest.mark.parametrize(
    ("project", "target", "names"),
    [
        (CLASSES, Target.for_class(2), ("c", "")),
        (CLASSES, Target.contrast(2, 0), ("c", "a")),
        (VALUES, Target.for_output(2), ("output 2", "")),
        (VALUES, Target.for_output(0, lowers=True), ("output 0", "")),
        (replace(VALUES, networks=(SimpleNamespace(units=1),)), Target.for_output(0),
         ("the value", "")),
    ],
)  # fmt: skip
def test_a_target_has_names(project, target, names):
    assert target_names(project, target) == names
