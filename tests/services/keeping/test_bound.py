"""The bound of the cache: what goes first, what stays, and that nobody counts in vain."""

import hashlib
import os

import numpy as np
import pytest

from services.keeping import ageing, bound, database, drawers
from services.keeping.ageing import AGEING, age_once
from services.keeping.bound import growing, grown, make_room
from services.keeping.drawers import CONTEXTS, EXPORTS, SCANS, STUDIO_SHELVES, SURVEYS, UPLOADS
from services.keeping.files import size_of, write_whole
from services.keeping.kept import Kept
from services.keeping.known import Record, file_digests, keep_records, load_records
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


def owned(person, name, used):
    """An export of somebody's."""
    folder = entry(EXPORTS, name, 1_000, used)
    EXPORTS.note_owner(folder, person)
    os.utime(folder, (used, used))
    return folder


def test_who_has_the_most_exports_loses_theirs_first(monkeypatch):
    bounded(monkeypatch, 10**9)
    few = owned("idp:ann", "ann's only", used=1)
    many = [owned("idp:ben", f"ben's {n}", used=2 + n) for n in range(8)]
    youngest()
    bounded(monkeypatch, 650_000)
    make_room()
    assert there(few) == [True]
    assert there(*many) == [False] * 4 + [True] * 4  # his oldest ones


def test_an_export_is_of_who_made_it_first_and_tells_nobody_s_name():
    folder = owned("idp:ann", "a", used=1)
    EXPORTS.note_owner(folder, "idp:ben")
    EXPORTS.note_owner(entry(EXPORTS, "b", 1, used=2), "")
    owners = {each.path.name: each.owner for each in EXPORTS.entries()}
    assert owners == {"a": hashlib.sha256(b"idp:ann").hexdigest(), "b": ""}


def test_other_kinds_go_by_time_alone_and_exports_take_their_own_places(monkeypatch):
    bounded(monkeypatch, 10**9)
    first = entry(SCANS, "old", 1_000, used=1)
    ann = owned("idp:ann", "ann's", used=2)
    ben = [owned("idp:ben", f"ben's {n}", used=3 + n) for n in range(2)]
    last = entry(SCANS, "young", 1_000, used=9)
    youngest()
    bounded(monkeypatch, 400_000)
    make_room()
    assert there(first, ann, *ben, last) == [False, True, False, True, True]


# --------------------------------------------------------------------------------------------- age

NOW, DAYS = 10**9, 86_400


@pytest.fixture
def ten_days(monkeypatch):
    bounded(monkeypatch, 10**9)
    monkeypatch.setenv("GRADCAM_CACHE_DAYS", "10")
    settings.cache_clear()


def test_what_was_not_opened_for_so_many_days_goes_and_what_is_held_stays(ten_days):
    old = [entry(drawer, "old", 10, NOW - 11 * DAYS) for drawer in (UPLOADS, EXPORTS)]
    old.append(entry(STUDIO_SHELVES, "studio/7", 10, NOW - 11 * DAYS))
    young = entry(UPLOADS, "young", 10, NOW - 9 * DAYS)
    held = entry(EXPORTS, "held", 10, NOW)
    hand = hold(held)
    os.utime(held, (NOW - 11 * DAYS,) * 2)
    assert age_once(NOW) == 3
    assert there(*old, young, held) == [False, False, False, True, True]
    hand.release()


def test_contexts_that_nobody_uses_go_from_the_file_too(ten_days):
    for name, days in (("old", 11), ("young", 9)):
        hold_made(CONTEXTS.folder / name).release()
        keep_records(name, records(20))
        os.utime(CONTEXTS.folder / name, (NOW - days * DAYS,) * 2)
    keep_records("of the version before", records(20))  # when it was used is not known
    assert age_once(NOW) == 1
    kept = {name for (name,) in database.read_rows("SELECT DISTINCT context FROM predictions")}
    assert kept == {"young", "of the version before"}


def test_it_is_looked_over_once_an_hour_and_by_one(ten_days):
    assert age_once(NOW) == 0
    old = entry(UPLOADS, "old", 10, NOW - 11 * DAYS)
    assert age_once(NOW + 3_500) is None
    with unused(settings().cache / AGEING):
        assert age_once(NOW + 3_700) is None  # another process is at it
    assert there(old) == [True]
    assert age_once(NOW + 3_700) == 1


def test_what_is_opened_while_it_is_looked_at_stays(ten_days, monkeypatch):
    folder = entry(UPLOADS, "old", 10, NOW - 11 * DAYS)
    original = bound.unused

    def opened_just_before(path):
        os.utime(folder, (NOW, NOW))
        return original(path)

    monkeypatch.setattr(bound, "unused", opened_just_before)
    assert age_once(NOW) == 0
    assert there(folder) == [True]


def test_the_tally_knows_what_went(ten_days):
    grown(1)
    entry(UPLOADS, "old", 5_000, NOW - 11 * DAYS)
    grown(500_000)
    before = bound.cached_bytes()
    age_once(NOW)
    assert bound.cached_bytes() == before - 500_000


def test_nothing_is_looked_over_where_nobody_wants_it(monkeypatch):
    monkeypatch.setattr(ageing.threading, "Thread", lambda **_: pytest.fail("a thread"))
    ageing.begin_ageing()


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
    file_digests(paths)
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
