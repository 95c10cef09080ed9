"""What a person's words mean, sample by sample."""

import numpy as np
import pytest

from gradcam import Target
from services.errors import ProjectError
from services.tasks.classification.targets import ClassTargets
from services.tasks.regression.targets import ValueTargets

CLASSES = ClassTargets(("a", "b", "c"))
SCORES = np.array([0.2, 0.5, 0.3], np.float32)  # so b is predicted, and c is the second
VALUES = ValueTargets(3, 1)
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
    assert CLASSES.of(wanted, "", SCORES, label) == expected


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
    assert CLASSES.of(wanted, against, SCORES, label) == contrast(expected)


def test_of_two_that_are_second_best_it_is_the_first():
    even = np.array([0.25, 0.5, 0.25], np.float32)
    assert CLASSES.of("predicted", "second", even, None) == contrast("b-a")


def test_a_class_may_be_called_like_a_word_of_ours():
    odd = ClassTargets(("true", "second", "="))
    for words, expected in (("=true", A), ("=second", B), ("==", C), ("true", B)):
        assert odd.of(words, "", SCORES, None) == expected
    assert odd.of("=true", "=second", SCORES, None) == contrast("a-b")
    assert odd.of("=second", "second", SCORES, None) == contrast("b-c")


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
    ],
)
def test_an_output_and_its_direction_are_read(wanted, expected):
    assert VALUES.of(wanted) == expected
    assert VALUES.checked(wanted, "left over") == (wanted, "")


@pytest.mark.parametrize("wanted", ["=3", "-3", "=-1", "--1", "=", "-", "=a", "=²"])
def test_an_output_that_is_not_there_means_the_projects_own_and_no_export_takes_it(wanted):
    assert VALUES.of(wanted) == Target.for_output(1)
    with pytest.raises(ProjectError, match=r"There is no output “.*” in this network; it has 3"):
        VALUES.checked(wanted, "")


@pytest.mark.parametrize(
    ("targets", "target", "names"),
    [
        (CLASSES, Target.for_class(2), ("c", "")),
        (CLASSES, Target.contrast(2, 0), ("c", "a")),
        (VALUES, Target.for_output(2), ("output 2", "")),
        (VALUES, Target.for_output(0, lowers=True), ("output 0", "")),
        (ValueTargets(1, 0), Target.for_output(0), ("the value", "")),
    ],
)
def test_a_target_has_names(targets, target, names):
    assert targets.names(target) == names
