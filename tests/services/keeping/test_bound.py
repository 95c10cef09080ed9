"""The bound of the cache: what goes first, what stays, and that nobody counts in vain."""

import os

import numpy as np
import pytest

from services.keeping import bound, database, drawers
from services.keeping.bound import growing, grown, make_room
from services.keeping.drawers import CONTEXTS, EXPORTS, SCANS, STUDIO_SHELVES, SURVEYS, UPLOADS
from services.keeping.files import size_of, write_whole
from services.keeping.kept import Kept
from services.keeping.known import Record, keep_records, load_records, sample_digests
from services.keeping.locks import hold, hold_made, unused
from services.keeping.store import BoundedStore
from services.settings import settings


@pytest.fixture(autouse=True)
def one_megabyte(monkeypatch):
    """A small bound, but one that SQLite's own pages do not pass."""
    bounded(monkeypatch, 1_000_000)


@pytest.fixture
def counts(monkeypatch):
    """How often the whole folder was counted."""
    times = []
    original = bound._swept

    def counted(limit):
        times.append(limit)
        return original(limit)

    monkeypatch.setattr(bound, "_swept", counted)
    return times


def bounded(monkeypatch, limit):
    monkeypatch.setenv("GRADCAM_CACHE_GB", str(limit / 1e9))
    settings.cache_clear()


def entry(drawer, name, size, used):
    """A folder of a drawer with hundreds of bytes, last used at some time."""
    folder = drawer.folder / name
    write_whole(folder / "inside" / "file", b"x" * size * 100)
    os.utime(folder, (used, used))
    return folder


def youngest():
    """Something small that was used last."""
    return entry(EXPORTS, "young", 1, used=99)


def total():
    return size_of(settings().cache)


def there(*folders):
    return [folder.exists() for folder in folders]


# ------------------------------------------------------------------------------------ what goes


def test_what_was_not_used_for_the_longest_time_goes_first_whatever_it_is():
    upload, export = entry(UPLOADS, "a", 4000, used=2), entry(EXPORTS, "b", 4000, used=1)
    shelf = entry(STUDIO_SHELVES, "studio/7", 4000, used=3)
    grown(1)
    assert there(export, upload, shelf) == [False, True, True]
    assert total() <= 1_000_000


def test_below_the_bound_nothing_goes():
    folders = [entry(UPLOADS, "a", 4900, used=1), entry(EXPORTS, "b", 4900, used=2)]
    grown(1)
    assert there(*folders) == [True, True]


def test_opening_makes_it_the_youngest():
    old, young = entry(UPLOADS, "a", 4000, used=1), entry(UPLOADS, "b", 4000, used=2)
    hold(old).release()
    entry(UPLOADS, "c", 4000, used=3)
    grown(1)
    assert there(old, young) == [True, False]


def test_what_is_in_use_stays_though_the_bound_is_passed():
    used, free = entry(UPLOADS, "a", 30_000, used=1), entry(UPLOADS, "b", 4000, used=2)
    youngest()
    held = hold(used)
    os.utime(used, (1, 1))
    grown(1)
    assert there(used, free) == [True, False]
    held.release()
    make_room()
    assert there(used) == [False]


def test_what_was_kept_just_now_stays_though_all_else_is_in_use():
    used, new = entry(UPLOADS, "a", 30_000, used=1), entry(UPLOADS, "b", 4000, used=2)
    held = hold(used)
    os.utime(used, (1, 1))
    grown(1)
    assert there(used, new) == [True, True]
    held.release()


def test_a_project_of_a_studio_goes_and_the_others_stay():
    one, two = (
        entry(STUDIO_SHELVES, "studio/7", 6000, used=1),
        entry(STUDIO_SHELVES, "studio/8", 6000, used=2),
    )
    grown(1)
    assert there(one, two) == [False, True]


def test_it_goes_at_once_for_whoever_looks(monkeypatch):
    folder = entry(UPLOADS, "a", 20_000, used=1)
    youngest()
    seen = []
    original = drawers.throw_away.__globals__["shutil"].rmtree

    def watched(path, *arguments, **options):
        seen.append((folder.exists(), path.name.startswith("."), path.exists()))
        return original(path, *arguments, **options)

    monkeypatch.setattr("shutil.rmtree", watched)
    grown(1)
    assert seen == [(False, True, True)]
    assert list(UPLOADS.folder.iterdir()) == []


def test_what_a_killed_process_left_half_made_goes_first():
    left = entry(UPLOADS, ".part-x", 6000, used=10)
    old = entry(UPLOADS, "a", 6000, used=1)
    grown(1)
    assert there(left, old) == [False, True]


def test_what_is_being_made_just_now_stays():
    half = UPLOADS.folder / ".part-x"
    write_whole(half / "file", b"x" * 2_000_000)
    grown(1)
    assert half.exists()


def test_results_go_by_when_they_were_looked_at():
    kept = Kept(SURVEYS, "txt", str.encode, bytes.decode, BoundedStore(8))
    for age, name in enumerate("abc"):
        kept.put(name, name * 300_000)
        os.utime(SURVEYS.folder / f"{name}.txt", (age, age))
    assert kept.get("a")
    kept.put("d", "d" * 300_000)
    assert sorted(path.stem for path in SURVEYS.folder.iterdir()) == ["a", "d"]


# ------------------------------------------------------------------------------------- predictions


def records(count, size=100):
    noise = np.random.default_rng(0).standard_normal
    return {
        f"{n:064}": Record(np.float32([1]), noise(size).astype(np.float32), 8, 8)
        for n in range(count)
    }


def file_size():
    return sum(map(size_of, database.files()))


def test_contexts_that_are_unused_for_long_go_and_the_file_becomes_smaller(monkeypatch):
    bounded(monkeypatch, 10**9)
    held = [hold_made(CONTEXTS.folder / name) for name in ("old", "young", "open")]
    for age, name in enumerate(("open", "old", "young")):
        keep_records(name, records(200, 500))
        os.utime(CONTEXTS.folder / name, (age, age))
    for each in held[:2]:
        each.release()
    before = file_size()
    bounded(monkeypatch, round(0.9 * before))
    make_room()
    assert [len(load_records(name)) for name in ("open", "old", "young")] == [200, 0, 200]
    assert file_size() < 0.8 * before
    assert not (CONTEXTS.folder / "old").exists()


def test_contexts_of_the_version_before_go_first(monkeypatch):
    bounded(monkeypatch, 10**9)
    keep_records("before", records(200, 500))  # nothing stands for it in the folder
    old = entry(UPLOADS, "a", 100, used=1)
    bounded(monkeypatch, round(0.9 * (file_size() + 10_000)))
    make_room()
    assert there(old) == [True]
    assert load_records("before") == {}


def test_digests_of_files_that_are_gone_are_forgotten(tmp_path):
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    for path in paths:
        path.write_bytes(b"x")
    sample_digests(paths)
    paths[0].unlink()
    entry(UPLOADS, "a", 20_000, used=1)
    grown(1)
    assert database.read_rows("SELECT path FROM digests") == [(str(paths[1]),)]


# ---------------------------------------------------------------------------------- the tally


def test_a_folder_is_counted_once_and_then_only_when_the_bound_may_be_passed(counts):
    for _ in range(31):
        grown(30_000)
    assert len(counts) == 1
    grown(100_001)
    assert len(counts) == 2


def test_what_is_all_in_use_is_not_counted_at_every_step(counts):
    held = hold_made(UPLOADS.folder / "a")
    write_whole(UPLOADS.folder / "a" / "file", b"x" * 3_000_000)
    for _ in range(101):
        grown(100)
    assert len(counts) == 1
    grown(100)  # a hundredth of the bound was added
    assert len(counts) == 2
    held.release()


def test_folders_say_how_much_they_grow(tmp_path, counts):
    grown(1)
    with growing(tmp_path):
        (tmp_path / "file").write_bytes(b"x" * 900_000)
    assert len(counts) == 1
    with growing(tmp_path):
        (tmp_path / "file").write_bytes(b"x" * 950_000)
        (tmp_path / "another").write_bytes(b"x" * 60_000)
    assert len(counts) == 2


def test_a_torn_tally_is_counted_anew(counts):
    grown(1)
    (settings().cache / bound.TALLY).write_bytes(b"12")
    grown(1)
    assert len(counts) == 2


def test_one_sweeps_and_the_others_go_on(counts):
    grown(1)
    path = settings().cache / bound.SWEEPING
    with unused(path) as mine:
        assert mine
        entry(UPLOADS, "a", 20_000, used=1)
        youngest()
        grown(2_000_000)
        assert len(counts) == 1
    grown(1)
    assert there(UPLOADS.folder / "a") == [False]


def test_where_nothing_can_be_written_nothing_is_swept(caplog):
    settings().cache.parent.mkdir(parents=True, exist_ok=True)
    settings().cache.write_text("a file in the way")
    grown(1)
    make_room()
    assert "not bounded" in caplog.text


def test_every_kind_of_entry_has_its_own_drawer():
    names = [drawer.name for drawer in drawers.DRAWERS]
    assert len(set(names)) == len(names)
    assert SCANS in drawers.DRAWERS
