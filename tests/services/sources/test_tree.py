import pytest

from services.settings import settings
from services.sources import tree
from services.sources.labels.reading import read_samples
from services.sources.tree import read_tree
from tests.rights import as_nobody, open_folder
from tests.services.projects import solid


def drawn(folder, *names):
    for name in names:
        solid(folder / name)
    return folder


def samples(folder):
    return [
        path.relative_to(folder.path).as_posix()
        for inner in folder.walk()
        for path in inner.samples
    ]


def labels(folder):
    return {each.id: each.label for each in read_samples(read_tree(folder)).samples}


def left_out(folder):
    return {each.name: each.reason for each in read_samples(read_tree(folder)).left_out}


def test_a_folder_is_read_with_all_below_it(tmp_path):
    drawn(tmp_path, "b/x/2.png", "b/1.png", "a/3.png", "0.png")
    (tmp_path / "b" / "notes.txt").touch()
    whole = read_tree(tmp_path)
    assert samples(whole) == ["0.png", "a/3.png", "b/1.png", "b/x/2.png"]
    assert (whole.count, [inner.name for inner in whole.folders]) == (4, ["a", "b"])
    assert [path.name for path in whole.folders[1].others] == ["notes.txt"]


@pytest.mark.parametrize(
    "name", [".hidden/1.png", "__MACOSX/a/1.png", "a/._1.png", "a/.ipynb_checkpoints/1.png"]
)
def test_what_is_hidden_or_left_behind_is_passed_over(tmp_path, name):
    drawn(tmp_path, "a/0.png", name)
    assert samples(read_tree(tmp_path)) == ["a/0.png"]


@pytest.mark.parametrize("name", ["Thumbs.db", ".DS_Store", "desktop.ini"])
def test_what_systems_put_into_folders_is_not_even_named(tmp_path, name):
    drawn(tmp_path, "a/0.png")
    (tmp_path / "a" / name).touch()
    assert left_out(tmp_path) == {}


def test_nested_class_folders_are_labelled_by_the_first(tmp_path):
    drawn(tmp_path, "cat/siamese/1.png", "cat/2.png", "dog/x/y/3.png", "4.png")
    assert labels(tmp_path) == {
        "4.png": None, "cat/2.png": "cat", "cat/siamese/1.png": "cat", "dog/x/y/3.png": "dog",
    }  # fmt: skip


# ----------------------------------------------------------------------------------------- links


@pytest.fixture
def shared(tmp_path, monkeypatch):
    """A server that opens what lies below `shared`; pictures within and beside."""
    monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path / "shared"))
    settings.cache_clear()
    drawn(tmp_path, "shared/project/cat/1.png", "shared/other/dog/2.png", "secret/dog/3.png")
    return tmp_path


def test_links_are_followed_within_what_may_be_opened(shared):
    project = shared / "shared" / "project"
    (project / "dog").symlink_to(shared / "shared" / "other" / "dog")
    (project / "cat" / "linked.png").symlink_to(shared / "shared" / "other" / "dog" / "2.png")
    assert labels(project) == {"cat/1.png": "cat", "cat/linked.png": "cat", "dog/2.png": "dog"}


def test_links_out_of_what_may_be_opened_are_named_and_not_followed(shared):
    project = shared / "shared" / "project"
    (project / "dog").symlink_to(shared / "secret" / "dog")
    (project / "cat" / "linked.png").symlink_to(shared / "secret" / "dog" / "3.png")
    assert labels(project) == {"cat/1.png": "cat"}
    reason = "a link that leads to nothing, or out of what may be opened here"
    assert left_out(project) == {"dog": reason, "cat/linked.png": reason}


def test_on_ones_own_machine_links_lead_anywhere(tmp_path):
    drawn(tmp_path, "project/cat/1.png", "elsewhere/2.png")
    (tmp_path / "project" / "dog").symlink_to(tmp_path / "elsewhere")
    assert labels(tmp_path / "project") == {"cat/1.png": "cat", "dog/2.png": "dog"}


def test_links_in_a_circle_end(tmp_path):
    drawn(tmp_path, "a/1.png", "b/2.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "a").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "self.png").symlink_to(tmp_path / "b" / "self.png")
    assert samples(read_tree(tmp_path)) == ["a/1.png", "b/2.png"]
    assert left_out(tmp_path) == {
        "b/self.png": "a link that leads to nothing, or out of what may be opened here"
    }


def test_links_that_lead_to_each_other_come_to_an_end(tmp_path, monkeypatch):
    # Fails: with twelve folders there are more ways through them than there is time.
    monkeypatch.setattr(tree, "FOLDERS", 100)
    names = "abcdefghijkl"
    drawn(tmp_path, *(f"{name}/1.png" for name in names))
    for name in names:
        for other in names.replace(name, ""):
            (tmp_path / name / other).symlink_to(tmp_path / other)
    assert len(list(read_tree(tmp_path).walk())) == 101


def test_folders_in_folders_end_at_a_depth(tmp_path):
    # Fails: a zip may hold folders so deep that reading them one in another ends Python's stack.
    deep = tmp_path.joinpath(*["d"] * 200)
    deep.mkdir(parents=True)
    drawn(tmp_path, "a/1.png")
    drawn(deep, "2.png")
    assert samples(read_tree(tmp_path)) == ["a/1.png"]


def test_a_folder_that_may_not_be_read_counts_as_empty():
    with open_folder() as folder:
        drawn(folder, "a/1.png", "b/2.png")
        (folder / "b").chmod(0)
        with as_nobody():
            assert samples(read_tree(folder)) == ["a/1.png"]
        (folder / "b").chmod(0o700)
