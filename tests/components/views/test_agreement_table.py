"""The table of neighbours' agreement, whose last column has to stay in sight."""

from types import SimpleNamespace

import numpy as np

from components.views import embeddings


def test_classes_stand_without_the_words_that_all_of_them_begin_with(monkeypatch):
    names = ("Potato___Early_blight", "Potato___healthy")
    kinds = [
        SimpleNamespace(name=name, those=np.array([place == 0, place == 1, place == 1]))
        for place, name in enumerate(names)
    ]
    likeness = SimpleNamespace(kinds=kinds, kind="Class")
    opened = SimpleNamespace(
        predictions=SimpleNamespace(answers=SimpleNamespace(likeness=likeness))
    )
    drawn = []
    monkeypatch.setattr(embeddings.st, "dataframe", lambda table, **_: drawn.append(table))
    embedded = SimpleNamespace(positions=np.array([0, 1, 2]))
    embeddings._agreement_by_kind(opened, embedded, np.array([0.4, 1.0, 0.5]))
    (table,) = drawn
    assert table.values.tolist() == [["Early_blight", 1, 40.0], ["healthy", 2, 75.0]]
