import os
import threading
from types import SimpleNamespace

import pytest

from services.edge_impulse.host import PUBLIC
from services.edge_impulse.shelf import (
    AN_HOUR,
    Shelf,
    files_by_name,
    remove_others,
    shelf_of,
    shelve,
)
from services.errors import Cancelled, ProjectError
from services.keeping.locks import unused
from services.settings import settings
from services.work.progress import Progress
from tests.services.edge_impulse.visits import half_made, kept_files, refused
from tests.services.keeping.waiting import Told
from tests.waiting import PATIENCE

FULL = "What Studio sends cannot be kept on this server; its disk may be full."


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf")


# ------------------------------------------------------------------------------------ where it is


def test_a_shelf_lies_under_the_cache_by_studio_and_project():
    folder = shelf_of(PUBLIC, 12).folder
    assert folder.name == "12"
    assert folder.parent.name.startswith("studio.edgeimpulse.com-")
    assert folder.parent.parent == settings().cache / "edge-impulse"
    assert shelf_of(PUBLIC, 12) == shelf_of(PUBLIC, 12)


def test_no_two_projects_share_a_shelf():
    origins = [
        PUBLIC,
        "http://studio.edgeimpulse.com",
        "https://studio.edgeimpulse.com:8443",
        "https://studio.edgeimpulse.com_8443",
        "https://[::1]:4800",
        "https://[::14800]",
    ]
    folders = {shelf_of(origin, number).folder for origin in origins for number in (1, 2, 12)}
    assert len(folders) == len(origins) * 3
    assert not any(a in b.parents for a in folders for b in folders)


@pytest.mark.parametrize("origin", ["https://../../x", "https://a/../../b", "https://a%2F..", "x"])
def test_no_origin_leads_out_of_the_cache(origin):
    folder = shelf_of(origin, 1).folder
    inside = settings().cache / "edge-impulse"
    assert folder.resolve().parent.parent == inside.resolve()


def test_a_model_is_named_by_its_block_and_moment(shelf):
    first = shelf.model(7, "2026-01-01T00:00:00.000Z")
    assert first.name.startswith("7-")
    assert first.name.endswith(".h5.zip")
    assert first.parent == shelf.folder / "models"
    others = {
        shelf.model(7, "2026-01-01T00:00:00.001Z"),
        shelf.model(17, "2026-01-01T00:00:00.000Z"),
    }
    assert len({first, *others}) == 3
    assert shelf.model(7, "../../x").parent == first.parent


def test_what_belongs_where(shelf):
    places = [shelf.pictures, shelf.sized, shelf.exports]
    assert [place.relative_to(shelf.folder).as_posix() for place in places] == [
        "pictures",
        "sized",
        "exports",
    ]


# ------------------------------------------------------------------------------------------ notes


def test_a_note_is_read_back_until_it_is_forgotten(shelf):
    assert shelf.notes("export") == {}
    shelf.note("export", {"listing": "a", "n": [1, "ü"]})
    shelf.note("seen-7", {"b": 2})
    assert shelf.notes("export") == {"listing": "a", "n": [1, "ü"]}
    shelf.note("export", {"listing": "b"})
    assert shelf.notes("export") == {"listing": "b"}
    shelf.forget("export")
    assert shelf.notes("export") == {}
    assert shelf.notes("seen-7") == {"b": 2}
    shelf.forget("export")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"null"])
def test_a_note_that_cannot_be_read_is_none(shelf, content):
    shelve(shelf.folder / "export.json", content)
    assert shelf.notes("export") == {}


# ------------------------------------------------------------------------------------ whole files


def test_a_file_is_written_with_its_folders(tmp_path):
    target = tmp_path / "a" / "b" / "c.jpg"
    shelve(target, b"one")
    shelve(target, b"two")
    assert target.read_bytes() == b"two"
    assert half_made(tmp_path) == []


def test_other_people_of_the_machine_cannot_look_into_it(tmp_path):
    shelve(tmp_path / "pictures" / "c.jpg", b"one")
    assert (tmp_path / "pictures").stat().st_mode & 0o077 == 0


def test_nobody_ever_sees_a_part_of_a_file(tmp_path, monkeypatch):
    target = tmp_path / "c.jpg"
    shelve(target, b"old")
    original = type(target).write_bytes

    def half(path, content):
        original(path, content[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(target), "write_bytes", half)
    assert refused(lambda: shelve(target, b"new"), ProjectError) == FULL
    assert target.read_bytes() == b"old"
    assert half_made(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    assert refused(lambda: shelve(tmp_path / "file" / "c.jpg", b""), ProjectError) == FULL


def test_two_threads_may_write_the_same_file(tmp_path):
    contents = [bytes([n]) * 200_000 for n in range(4)]
    target = tmp_path / "c.jpg"
    threads = [threading.Thread(target=shelve, args=(target, c)) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert target.read_bytes() in contents
    assert half_made(tmp_path) == []


def test_files_are_found_by_their_name_without_its_ending(tmp_path):
    for name in ("aa.jpg", "bb.png", ".cc.jpg.1.2.part", "dd"):
        shelve(tmp_path / name, b"")
    assert files_by_name(tmp_path) == {
        "aa": tmp_path / "aa.jpg",
        "bb": tmp_path / "bb.png",
        "dd": tmp_path / "dd",
    }
    assert files_by_name(tmp_path / "none") == {}


def test_what_is_no_longer_needed_is_thrown_away(tmp_path):
    for name in ("aa.jpg", "bb.jpg", "cc/dd.jpg"):
        shelve(tmp_path / name, b"")
    remove_others(tmp_path, ["aa.jpg", "missing"])
    assert list(kept_files(tmp_path)) == ["aa.jpg"]
    remove_others(tmp_path, [])
    assert kept_files(tmp_path) == {}
    remove_others(tmp_path / "none", [])


def test_what_somebody_else_may_be_writing_is_left_alone_for_an_hour(tmp_path, monkeypatch):
    now = 1_700_000_000.0
    monkeypatch.setattr("services.edge_impulse.shelf.time", SimpleNamespace(time=lambda: now))
    young, old = tmp_path / ".young.part", tmp_path / ".old.part"
    for path, age in ((young, AN_HOUR - 1), (old, AN_HOUR + 1)):
        path.touch()
        os.utime(path, (now - age,) * 2)
    remove_others(tmp_path, [])
    assert half_made(tmp_path) == [".young.part"]


# ------------------------------------------------------------------------------------ reservation


def test_only_one_fills_a_shelf(shelf, tmp_path):
    inside, go_on, second = threading.Event(), threading.Event(), threading.Event()
    waiting = Told()

    def first():
        with shelf.reserved(Progress()):
            inside.set()
            assert go_on.wait(PATIENCE)

    def other():
        with Shelf(shelf.folder).reserved(waiting):
            second.set()

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert inside.wait(PATIENCE)
    threads.append(threading.Thread(target=other))
    threads[1].start()
    assert waiting.told.wait(PATIENCE)
    assert waiting.step.name == "Waiting for somebody else who opens this project"
    with Shelf(tmp_path / "another").reserved(Progress()):  # is free
        assert not second.is_set()
    go_on.set()
    assert second.wait(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)


def test_a_shelf_is_free_again_after_a_failure(shelf):
    with pytest.raises(KeyError), shelf.reserved(Progress()):
        raise KeyError
    with shelf.reserved(Progress()):
        pass


def test_who_waits_for_a_shelf_can_leave(shelf):
    leaving = Progress()
    leaving.cancel()
    with shelf.reserved(Progress()), pytest.raises(Cancelled), shelf.reserved(leaving):
        pass
    assert not (shelf.folder / ".lock").exists()


def test_a_shelf_is_not_thrown_away_while_its_project_is_open(shelf):
    with shelf.reserved(Progress()) as held, unused(shelf.folder) as free:
        assert not free
    with unused(shelf.folder) as free:
        assert not free
    held.release()
    with unused(shelf.folder) as free:
        assert free
