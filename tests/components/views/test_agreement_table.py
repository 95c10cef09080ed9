"""The table of neighbours' agreement, whose last column has to stay in sight."""

from types import SimpleNamespace

import numpy as np

from components.views import embeddings
from services.tasks.likeness import SameTruth


class Three(SimpleNamespace):
    """What is asked of predictions of three samples."""

    def __init__(self, likeness):
        super().__init__(answers=SimpleNamespace(likeness=likeness))

    def __len__(self):
        return 3


def test_classes_stand_without_the_words_that_all_of_them_begin_with(monkeypatch):
    names = ("Potato___Early_blight", "Potato___healthy")
    kinds = [
        SameTruth(name, np.array(positions))
        for name, positions in zip(names, ([0], [1, 2]), strict=True)
    ]
    likeness = SimpleNamespace(kinds=kinds, kind="Class")
    opened = SimpleNamespace(predictions=Three(likeness))
    drawn = []
    monkeypatch.setattr(embeddings.st, "dataframe", lambda rows, **_: drawn.append(rows))
    embedded = SimpleNamespace(positions=np.array([0, 1, 2]))
    embeddings._agreement_by_kind(opened, embedded, np.array([0.4, 1.0, 0.5]))
    (rows,) = drawn
    assert [list(row.values()) for row in rows] == [["Early_blight", 1, 40.0], ["healthy", 2, 75.0]]
