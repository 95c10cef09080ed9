"""Where an unfinished export stands, and how a finished one takes its place."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from services.errors import OutputError
from services.export.work import FOLDER, GONE, MADE_BY, RESULTS, begin_work
from tests.services.export.exports import files_of

OURS = {"made_by": MADE_BY, "counts": {}}


@pytest.fixture
def output(tmp_path):
    return tmp_path / "a" / "new" / "folder"


def filled(work, mark="new"):
    """The working folder with results in it."""
    for side in ("correct", "incorrect"):
        (work.results / "gradcam" / side).mkdir(parents=True)
        (work.results / "gradcam" / side / f"{mark}.jpg").write_text(mark)
    for name in RESULTS[1:]:
        (work.results / name).write_text(mark)
    (work.results / "manifest.json").write_text(json.dumps({**OURS, "mark": mark}))
    return work


def published(output, mark):
    work = filled(begin_work(output, mark), mark)
    work.publish()
    return work


def marks(output):
    return {
        name: body.decode() if name != "manifest.json" else json.loads(body)["mark"]
        for name, body in files_of(output).items()
        if not name.startswith(".")
    } | {"deploy.zip": (output / "deploy.zip").read_text()}


def whole(mark):
    return dict.fromkeys(
        [f"gradcam/correct/{mark}.jpg", f"gradcam/incorrect/{mark}.jpg", *RESULTS[1:]], mark
    )


# ------------------------------------------------------------------------------- where it is made


def test_work_begins_in_a_hidden_folder_of_the_output(output):
    work = begin_work(output, "abc")
    assert work.output == output
    assert work.folder == output / FOLDER / "abc"
    assert [path.name for path in output.iterdir()] == [FOLDER]
    assert FOLDER.startswith(".")
    assert not work.is_complete
    assert work.results.parent == work.folder


def test_the_same_export_goes_on_and_another_begins_anew(output):
    first = begin_work(output, "abc")
    first.batch(3).write_text("kept")
    assert begin_work(output, "abc").batch(3).read_text() == "kept"
    second = begin_work(output, "def")
    assert not first.folder.exists()
    assert second.folder.is_dir()
    assert sorted(path.name for path in output.iterdir()) == [FOLDER]


def test_batches_are_numbered(output):
    work = begin_work(output, "abc")
    names = {work.batch(0), work.batch(1), work.drawn(0), work.drawn(1), work.batch(123456)}
    assert len(names) == 5
    assert {path.parent for path in names} == {work.folder}


def test_figures_of_a_batch_come_back(output):
    work = begin_work(output, "abc")
    figures = np.array([[1, 2, 0.5, np.nan, 0.25], [-1, -1, np.nan, np.nan, np.nan]])
    work.save_drawn(7, figures)
    np.testing.assert_array_equal(work.load_drawn(7), figures)
    assert not work.drawn(6).exists()


def test_figures_are_there_whole_or_not_at_all(output):
    work = begin_work(output, "abc")
    (work.folder / f".drawn-000007.npy.{os.getpid()}").symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"No space left|requested and"):
        work.save_drawn(7, np.zeros((32, 5)))
    assert not work.drawn(7).exists()


def test_a_batch_can_be_forgotten(output):
    work = begin_work(output, "abc")
    work.save_drawn(7, np.zeros((1, 5)))
    work.batch(7).write_text("x")
    work.batch(8).write_text("x")
    work.forget(7)
    work.forget(9)
    assert not work.drawn(7).exists()
    assert not work.batch(7).exists()
    assert work.batch(8).exists()


# --------------------------------------------------------------------------- whose output it is


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("folder", [True, False])
def test_what_no_export_made_is_not_touched(output, name, folder):
    output.mkdir(parents=True)
    own = output / name / "mine.jpg" if folder else output / name
    own.parent.mkdir(exist_ok=True)
    own.write_text("mine")
    with pytest.raises(OutputError) as refusal:
        begin_work(output, "abc")
    assert str(refusal.value) == (
        f"{output} already holds {name}, which is not of an earlier export; "
        "choose another output folder."
    )
    assert own.read_text() == "mine"
    assert not (output / FOLDER).exists()


@pytest.mark.parametrize(
    "manifest", ["", "{", "[]", "null", '"made_by"', "{}", '{"made_by": "others"}', "\xff\xfe"]
)
def test_a_manifest_of_somebody_else_is_no_earlier_export(output, manifest):
    (output / "gradcam").mkdir(parents=True)
    (output / "manifest.json").write_bytes(manifest.encode("latin-1"))
    with pytest.raises(OutputError, match="already holds gradcam"):
        begin_work(output, "abc")


def test_an_earlier_export_may_be_replaced(output):
    published(output, "old")
    begin_work(output, "new")
    assert marks(output).items() >= whole("old").items()


def test_an_export_that_was_broken_off_while_put_in_place_may_be_gone_on_with(output):
    filled(begin_work(output, "abc"))
    (output / "gradcam").mkdir()  # and no manifest yet
    assert begin_work(output, "abc").results.is_dir()


# ---------------------------------------------------------------------------------- the results


def test_results_take_their_place_and_nothing_else_stays(output):
    output.mkdir(parents=True)
    (output / "notes.txt").write_text("mine")
    (output / "pictures").mkdir()
    published(output, "new")
    assert marks(output) == {**whole("new"), "notes.txt": "mine"}
    assert {path.name for path in output.iterdir()} == {*RESULTS, "notes.txt", "pictures"}


def test_an_earlier_export_is_replaced_whole(output):
    published(output, "old")
    (output / "notes.txt").write_text("mine")
    published(output, "new")
    assert marks(output) == {**whole("new"), "notes.txt": "mine"}


def test_the_zip_goes_first_and_comes_last(output, monkeypatch):
    published(output, "old")
    seen = []
    original = Path.replace

    def watched(path, target):
        if Path(target).parent == output:
            seen.append((Path(target).name, (output / "deploy.zip").exists()))
        return original(path, target)

    monkeypatch.setattr(Path, "replace", watched)
    published(output, "new")
    assert seen == [(name, False) for name in RESULTS]
    assert RESULTS[-1] == "deploy.zip"


@pytest.mark.parametrize("count", range(6))
def test_putting_results_in_place_may_be_begun_again(output, monkeypatch, count):
    published(output, "old")
    work = filled(begin_work(output, "new"))
    original, left = Path.replace, [count]

    def breaking(path, target):
        if Path(target).parent == output:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
        return original(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", breaking)
        if count < len(RESULTS):
            with pytest.raises(KeyboardInterrupt):
                work.publish()
            assert not (output / "deploy.zip").exists()
            again = begin_work(output, "new")
            assert again.is_complete
        else:
            work.publish()
            again = None
    if again:
        again.publish()
    assert marks(output) == whole("new")
    assert {path.name for path in output.iterdir()} == set(RESULTS)


def test_half_of_a_working_folder_is_never_taken_for_an_unfinished_export(output, monkeypatch):
    """Removing takes its time: who is stopped in the middle of it must not find half of it."""
    import shutil

    first = begin_work(output, "abc")
    first.save_drawn(0, np.zeros((1, 5)))

    def stopped(path, *args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", stopped)
        with pytest.raises(KeyboardInterrupt):
            begin_work(output, "def")
    again = begin_work(output, "abc")
    assert not again.drawn(0).exists()
    filled(again)
    again.save_drawn(0, np.zeros((1, 5)))
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", stopped)
        with pytest.raises(KeyboardInterrupt):
            again.publish()
    assert marks(output).items() >= whole("new").items()
    last = begin_work(output, "abc")
    assert not last.is_complete
    assert not last.drawn(0).exists()
    assert not (output / GONE).exists()


def test_a_link_is_replaced_and_not_followed(output, tmp_path):
    published(output, "old")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.jpg").write_text("mine")
    for path in (output / "gradcam").rglob("*.jpg"):
        path.unlink()
    for path in [*(output / "gradcam").iterdir(), output / "gradcam"]:
        path.rmdir()
    (output / "gradcam").symlink_to(elsewhere)
    published(output, "new")
    assert (elsewhere / "mine.jpg").read_text() == "mine"
    assert marks(output) == whole("new")
