"""Of many classes no sample's words, target or label goes through all."""

import numpy as np
import pytest

from services.tasks.classification.targets import ClassTargets
from services.tasks.classification.task import Classification
from services.tasks.likeness import members_of, most_alike
from tests.services.projects import said

MANY = 300


class Names(tuple):
    """Names that count how often all of them are gone through."""

    __slots__ = ()
    walked = 0

    def __iter__(self):
        Names.walked += 1
        return super().__iter__()

    def __contains__(self, name):
        Names.walked += 1
        return super().__contains__(name)

    def index(self, *wanted):
        Names.walked += 1
        return super().index(*wanted)


@pytest.fixture
def names():
    Names.walked = 0
    return Names(f"class {number}" for number in range(MANY))


def test_labels_are_looked_up(names):
    task = Classification(names)
    assert {task.obstacle(f"class {number}") for number in range(50)} == {""}
    assert task.obstacle("other") != ""
    assert Names.walked < 5


def test_targets_are_looked_up(names):
    targets, scores = ClassTargets(names), np.eye(MANY, dtype=np.float32)
    asked = [targets.of("true", "=class 7", scores[n], f"class {n + 1}") for n in range(50)]
    assert [(each.index, each.against) for each in asked[:2]] == [(1, 7), (2, 7)]
    assert Names.walked < 5


def test_a_sample_is_said_by_its_own_two_names(blue_or_red, names):
    answers = [(f"{n}", names[n + 1]) for n in range(50)]
    one = said(blue_or_red, answers, classes=names, outputs=np.eye(MANY)[:50])
    object.__setattr__(one.answers, "classes", names)
    Names.walked = 0
    assert one.answers.said(3) == "class 4 → class 3 100\N{NO-BREAK SPACE}%"
    for position in range(50):
        one.answers.said(position)
    assert Names.walked < 5


@pytest.mark.parametrize("count", [1, 3, 5, 40, 50])
def test_the_most_alike_are_those_of_a_whole_sort(count):
    alike = np.random.default_rng(0).integers(0, 4, 40).astype(np.float32)
    alike[[3, 7]] = [-np.inf, np.nan]
    expected = np.argsort(-alike, kind="stable")[:count]
    assert most_alike(alike, count).tolist() == expected.tolist()


def test_members_of_each_group_are_found_at_once():
    of = np.array([2, -1, 0, 2, 4, 0, -1])
    assert [each.tolist() for each in members_of(of, 5)] == [[2, 5], [], [0, 3], [], [4]]
    assert members_of(np.zeros(0, int), 2)[1].tolist() == []
