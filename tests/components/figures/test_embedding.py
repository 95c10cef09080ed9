"""The picture of an embedding: which points are told apart."""

from types import SimpleNamespace

import numpy as np

from components.figures.embedding import GROUPS, embedding_figure
from services.choices.choices import Choices
from services.tasks.shown import ByGroup


def drawn(groups, names):
    count = len(groups)
    answers = SimpleNamespace(said=str, uncertain=np.zeros(count, bool))
    predictions = SimpleNamespace(answers=answers, correct=lambda _threshold: np.ones(count))
    embedded = SimpleNamespace(
        positions=np.arange(count),
        picture=SimpleNamespace(coordinates=np.zeros((count, 2)), explained=(0.5, 0.2)),
    )
    figure = embedding_figure(predictions, embedded, Choices(), ByGroup("Class", names, groups))
    return {trace.name: [point[0] for point in trace.customdata] for trace in figure.data}


def test_each_group_is_told_apart():
    groups = np.array([1, 0, 1, -1])
    assert drawn(groups, ("a", "b")) == {"a": [1], "b": [0, 2], "not labelled": [3]}


def test_of_many_groups_the_largest_are_told_apart_and_the_others_are_counted():
    groups = np.repeat(np.arange(GROUPS + 5), [1] * 5 + [2] * GROUPS)
    names = tuple(f"g{number}" for number in range(GROUPS + 9))  # four of them have no point
    traces = drawn(groups, names)
    assert traces.pop("5 others") == [0, 1, 2, 3, 4]
    assert list(traces) == [f"g{number}" for number in range(5, GROUPS + 5)]
    assert traces["g5"] == [5, 6]
