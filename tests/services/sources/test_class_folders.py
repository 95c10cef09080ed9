import pytest

from services.sources.labels.reading import read_samples
from services.sources.tree import read_tree
from tests.services.projects import solid


@pytest.fixture
def labelled(tmp_path):
    """Class folders with a picture, those ending in / without one."""

    def labelled(*names):
        for name in names:
            if name.endswith("/"):
                (tmp_path / name).mkdir()
            else:
                solid(tmp_path / name / "1.png")
        return read_samples(read_tree(tmp_path))

    return labelled


@pytest.mark.parametrize(
    ("folders", "count", "classes"),
    [
        ("a b", 2, "a b"),
        ("a b c/", 2, "a b"),
        ("a b c/", 3, "a b c"),
        ("a b c/ d/", 3, "a b"),
        ("a b val", 3, "a b val"),
        ("a b val", 2, "a b"),
        ("a b val c/", 3, "a b val"),
        ("a val b/", 2, "a val"),
        ("a val b/", 3, "a val b"),
        ("a b val test c/", 3, "a b c"),
        ("a b", 9, "a b"),
    ],
)
def test_as_many_class_folders_count_as_the_network_tells_apart(labelled, folders, count, classes):
    assert labelled(*folders.split()).classes(count) == set(classes.split())


def test_hidden_folders_are_no_classes(labelled, tmp_path):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    assert labelled("a", "b").empty == set()


def test_where_nothing_is_labelled_there_are_no_classes(labelled, tmp_path):
    solid(tmp_path / "1.png")
    assert labelled("a/").empty == set()
