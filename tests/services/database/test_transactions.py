"""One transaction at a time, all or nothing, and what is said where there is no database."""

import logging
import threading
import traceback

import pytest
from sqlalchemy import func, select, text

from services.database import network_disks
from services.database import postgresql as postgresql_kind
from services.database.chosen import database
from services.database.network_disks import network_disk
from services.database.transactions import have_schema, reading, writing
from services.errors import DatabaseError
from services.notes.notebook import say
from services.notes.opinion import Flag, Subject
from services.notes.tables import OPINIONS
from services.people.person import NOBODY_ELSE
from services.settings import settings
from tests.waiting import PATIENCE

COUNT = select(func.count()).select_from(OPINIONS)
SECRET = "s3cr3t/pa:ss"


def use(monkeypatch, address):
    monkeypatch.setenv("GRADCAM_DATABASE", address)
    settings.cache_clear()


def refused():
    with pytest.raises(DatabaseError) as caught:
        have_schema()
    return caught


def test_reading_makes_nothing_where_nobody_has_written():
    with reading() as connection:
        assert connection is None
    assert not settings().notes.exists()


def test_what_fails_half_way_leaves_nothing(each_database):
    def half_way():
        with writing() as connection:
            row = dict.fromkeys((each.name for each in OPINIONS.columns), "x")
            connection.execute(OPINIONS.insert().values(row))
            raise KeyError("half way")

    with pytest.raises(KeyError):
        half_way()
    with reading() as connection:
        assert connection.execute(COUNT).scalar_one() == 0


def test_who_reads_sees_one_state_while_others_write(each_database):
    have_schema()
    with reading() as connection:
        assert connection.execute(COUNT).scalar_one() == 0
        say(NOBODY_ELSE, Subject("5a"), "a", lambda old: old.toggled(Flag.UNCLEAR))
        assert connection.execute(COUNT).scalar_one() == 0
    with reading() as connection:
        assert connection.execute(COUNT).scalar_one() == 1


def test_who_writes_waits_for_who_writes_already(each_database):
    have_schema()
    begun, seen = threading.Event(), []

    def second():
        begun.set()
        with writing() as connection:
            seen.append(connection.execute(COUNT).scalar_one())

    with writing() as connection:
        thread = threading.Thread(target=second)
        thread.start()
        begun.wait()
        row = dict.fromkeys((each.name for each in OPINIONS.columns), "x")
        connection.execute(OPINIONS.insert().values(row))
    thread.join()
    assert seen == [1]


def test_the_file_is_one_that_is_read_while_somebody_writes():
    have_schema()
    with reading() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("postgresql+psycopg://ann:{}@127.0.0.1:1/reviews", "reviews on 127.0.0.1 does not answer"),
        ("postgresql://ann:{}@[::1]:1/reviews", "reviews on ::1 does not answer"),
        ("postgresql+psycopg://ann:{}@host:5432x/reviews", "cannot be read; write postgresql"),
        ("mysql://ann:{}@host/reviews", "of a kind that is not known here"),
        ("ann:{}", "cannot be read"),
    ],
)
@pytest.mark.parametrize("written", [SECRET, "s3cr3t%2Fpa%3Ass"])
def test_a_password_is_in_no_sentence_log_or_traceback(
    monkeypatch, caplog, address, sentence, written
):
    use(monkeypatch, address.format(written))
    with caplog.at_level(logging.DEBUG):
        caught = refused()
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(settings())
    assert "s3cr3t" not in told
    assert "pa:ss" not in told
    if written != SECRET or "answer" not in sentence:
        assert sentence in str(caught.value)


def test_the_database_shows_no_password(monkeypatch):
    use(monkeypatch, "postgres://ann:s3cr3t@db.example/reviews")
    assert str(database()) == "reviews on db.example"
    assert "s3cr3t" not in repr(database())
    assert "s3cr3t" not in repr(database().engine)


def test_without_the_driver_it_is_said_how_to_install_it(monkeypatch):
    use(monkeypatch, "postgresql://ann@127.0.0.1/reviews")
    database().__dict__.pop("engine", None)
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    assert "pip install -r requirements-postgresql.txt" in str(refused().value)


def test_a_server_that_was_restarted_is_reached_again(monkeypatch, postgresql):
    use(monkeypatch, postgresql.make_database())
    say(NOBODY_ELSE, Subject("5a"), "a", lambda old: old.toggled(Flag.UNCLEAR))
    assert postgresql.cut_off() > 0
    say(NOBODY_ELSE, Subject("5b"), "b", lambda old: old.toggled(Flag.UNCLEAR))
    with reading() as connection:
        assert connection.execute(COUNT).scalar_one() == 2


def test_a_page_that_asks_several_times_waits_for_a_server_that_is_away_but_once(monkeypatch):
    import psycopg

    use(monkeypatch, "postgresql://ann@127.0.0.1:1/away")
    monkeypatch.setattr(postgresql_kind, "AWAY", PATIENCE)
    said, asked = str(refused().value), []

    def away(*_, **__):
        asked.append(1)
        raise psycopg.OperationalError("away")

    monkeypatch.setattr(psycopg.Connection, "connect", away)
    monkeypatch.setattr(psycopg, "connect", away)
    assert str(refused().value) == said
    assert asked == []
    monkeypatch.setattr(postgresql_kind, "AWAY", 0)
    refused()
    assert asked


MOUNTS = """\
/dev/sda / ext4 rw 0 0
server:/notes /net nfs4 rw 0 0
//server/share /win cifs rw 0 0
ann@host: /home/ann/far\\040away fuse.sshfs rw 0 0
tmpfs /net/here tmpfs rw 0 0
/dev/sdb /usb fuseblk rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/notes", ""),
        ("/net/notes", "nfs4"),
        ("/net/here/notes", ""),
        ("/network/notes", ""),
        ("/win", "cifs"),
        ("/home/ann/far away/notes", "fuse.sshfs"),
        ("/usb/notes", ""),
    ],
)
def test_a_network_disk_is_known_by_its_mount(monkeypatch, tmp_path, path, kind):
    from pathlib import Path

    (tmp_path / "mounts").write_text(MOUNTS)
    monkeypatch.setattr(network_disks, "MOUNTS", tmp_path / "mounts")
    assert network_disk(Path(path)) == kind


def test_a_file_on_a_network_disk_is_refused_in_a_sentence(monkeypatch, tmp_path):
    (tmp_path / "mounts").write_text(f"server:/ {tmp_path} nfs rw 0 0\n")
    monkeypatch.setattr(network_disks, "MOUNTS", tmp_path / "mounts")
    assert "GRADCAM_DATABASE" in str(refused().value)
    with pytest.raises(DatabaseError, match=r"network disk \(nfs\)"), reading():
        pytest.fail("it was read")
    assert not settings().notes.exists()
