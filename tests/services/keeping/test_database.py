"""The SQLite file: shared by processes, thrown away where damaged, made smaller for good."""

import sqlite3
import threading
from contextlib import closing

import pytest

from services.keeping import database
from services.keeping.files import size_of
from services.keeping.locks import locked
from services.settings import settings
from tests.waiting import PATIENCE

ROW = "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?)"


def rows(count, context="one"):
    return [(context, f"{n:064}", b"\1" * 100, b"\2" * 2000, 8, 8) for n in range(count)]


def kept():
    return database.read_rows("SELECT context, COUNT(*) FROM predictions GROUP BY context")


def bytes_on_disk():
    return sum(map(size_of, database.files()))


def test_deleted_rows_give_their_space_back():
    database.write(ROW, rows(500) + rows(20, "two"))
    database.shrink()
    before = bytes_on_disk()
    assert before > 1_000_000
    database.write("DELETE FROM predictions WHERE context = ?", [("one",)])
    database.shrink()
    assert bytes_on_disk() < 0.1 * before
    assert kept() == [("two", 20)]


def earlier_version():
    """A file as the version before wrote it, which gives no space back."""
    settings().cache.mkdir(parents=True)
    with closing(sqlite3.connect(settings().cache / "kept.sqlite")) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript("""
            CREATE TABLE IF NOT EXISTS digests (
                path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, digest TEXT) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS predictions (
                context TEXT, sample TEXT, outputs BLOB, features BLOB, width INTEGER,
                height INTEGER, PRIMARY KEY (context, sample)) WITHOUT ROWID;
        """)
        connection.executemany(ROW, rows(500) + rows(20, "two"))


def test_a_file_of_the_version_before_is_taken_over_and_gives_space_back_too():
    earlier_version()
    assert kept() == [("one", 500), ("two", 20)]
    before = bytes_on_disk()
    database.write("DELETE FROM predictions WHERE context = ?", [("one",)])
    database.shrink()
    assert bytes_on_disk() < 0.1 * before
    assert kept() == [("two", 20)]
    ((mode,),) = database.read_rows("PRAGMA auto_vacuum")
    assert mode == database.INCREMENTAL


@pytest.mark.parametrize("content", [b"nothing that SQLite knows" * 200, b"SQLite format 3\0torn"])
def test_a_damaged_file_is_thrown_away(content):
    settings().cache.mkdir(parents=True)
    (settings().cache / "kept.sqlite").write_bytes(content)
    assert kept() == []
    database.write(ROW, rows(3))
    assert kept() == [("one", 3)]


def test_nobody_throws_away_what_another_process_has_put_right(monkeypatch):
    database.write(ROW, rows(3))
    database._forgive(sqlite3.DatabaseError("file is not a database"))
    assert kept() == [("one", 3)]


def test_a_damaged_file_stays_while_others_have_it_open(monkeypatch):
    knocks = threading.Event()

    def noted(path, *, shared=False):
        if not shared:
            knocks.set()
        return locked(path, shared=shared)

    monkeypatch.setattr(database, "locked", noted)
    settings().cache.mkdir(parents=True)
    path = settings().cache / "kept.sqlite"
    path.write_bytes(b"nothing that SQLite knows" * 200)
    reader = threading.Thread(target=kept)
    with locked(settings().cache / database.LOCK, shared=True):
        reader.start()
        assert knocks.wait(PATIENCE)  # it wants the file to itself
        assert path.exists()
    reader.join(PATIENCE)
    assert not path.exists()
