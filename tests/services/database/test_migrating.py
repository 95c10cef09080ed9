"""The schema: the code's own from any older one, by many at once, and never from a newer one."""

import multiprocessing
import sqlite3
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from services.database.chosen import FILE, database
from services.database.migrating import HEAD, MIGRATIONS, is_current
from services.database.tables import METADATA
from services.database.transactions import have_schema, reading, writing
from services.errors import DatabaseError
from services.notes.flags import flags_of
from services.notes.notebook import opinions, say
from services.notes.opinion import Flag, Opinion, Subject
from services.people.person import NOBODY_ELSE
from services.settings import settings

ROOT = Path(__file__).parents[3]
# Each room keeps its tables in a file of this name.
for _path in sorted((ROOT / "services").glob("*/tables.py")):
    import_module(f"services.{_path.parent.name}.tables")
# What the first version of this product made by itself.
BEFORE_ALEMBIC = """
CREATE TABLE schema (version INTEGER NOT NULL, PRIMARY KEY (version));
CREATE TABLE opinion (
    person TEXT NOT NULL, sample TEXT NOT NULL, network TEXT NOT NULL, part TEXT NOT NULL,
    flag TEXT NOT NULL, label TEXT NOT NULL, note TEXT NOT NULL, name TEXT NOT NULL,
    changed TEXT NOT NULL, PRIMARY KEY (person, sample, network, part));
CREATE TABLE event (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, person TEXT NOT NULL,
    sample TEXT NOT NULL, network TEXT NOT NULL, part TEXT NOT NULL, name TEXT NOT NULL,
    before JSON NOT NULL, after JSON NOT NULL);
INSERT INTO schema VALUES (1);
INSERT INTO opinion VALUES
    ('', '5a', '', '', 'label wrong', 'car', 'hidden', 'a.jpg', '2026-01-01T00:00:00+00:00');
INSERT INTO event VALUES
    (7, '2026-01-01T00:00:00+00:00', '', '5a', '', '', 'a.jpg',
     '{"flag": "", "label": "", "note": ""}',
     '{"flag": "label wrong", "label": "car", "note": "hidden"}');
"""


def configured(connection):
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(connection=connection, metadata=METADATA)
    return config


def write_old_file():
    settings().notes.mkdir()
    with sqlite3.connect(settings().notes / FILE) as connection:
        connection.executescript(BEFORE_ALEMBIC)


def test_what_migrations_make_is_what_the_code_says(each_database):
    have_schema()
    with writing() as connection:
        command.check(configured(connection))  # raises where they differ


def test_migrations_are_one_line_of_numbers():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    (head,) = ScriptDirectory.from_config(config).get_heads()
    steps = list(ScriptDirectory.from_config(config).walk_revisions())
    files = sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("*.py"))
    assert head == HEAD
    assert [step.revision for step in reversed(steps)] == files
    assert files == [f"{number:04}" for number in range(1, len(files) + 1)]


def test_a_file_from_before_there_were_migrations_is_taken_over():
    write_old_file()
    assert flags_of("net").about(Subject("5a")) == Opinion(Flag.LABEL_WRONG, "car", "hidden")
    (number,) = say(NOBODY_ELSE, Subject("5a"), "a.jpg", lambda old: old.noted("seen"))
    assert number == 8
    with writing() as connection:
        assert is_current(connection)
        command.check(configured(connection))


def test_a_product_from_before_there_were_migrations_refuses_a_file_of_today():
    say(NOBODY_ELSE, Subject("5a"), "a.jpg", lambda old: old.toggled(Flag.UNCLEAR))
    with reading() as connection:
        assert connection.execute(text("SELECT version FROM schema")).scalar_one() > 1


def test_a_newer_schema_is_refused_in_a_sentence_and_left_alone(each_database):
    have_schema()
    with writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for action in (reading, writing):
        with pytest.raises(DatabaseError, match="newer version of this dashboard; i"), action():
            pytest.fail("it was opened")
    with database().begin_reading() as connection:
        (version,) = connection.execute(text("SELECT version_num FROM alembic_version")).one()
    assert version == "9999"


def test_a_migration_that_fails_leaves_what_was_there(monkeypatch):
    write_old_file()

    def broken(connection):
        connection.execute(text("DROP TABLE opinion"))
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("services.database.migrating._run", broken)
        with pytest.raises(DatabaseError):
            have_schema()
    assert len(opinions("net")) == 1


def _start(ready):
    ready.wait()
    have_schema()
    say(NOBODY_ELSE, Subject("shared"), "s", lambda old: old.noted(f"{old.note} x"))


def test_processes_that_migrate_at_once_do_it_once(each_database):
    if each_database == "sqlite":
        write_old_file()
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(3)
    workers = [spawn.Process(target=_start, args=(ready,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    with reading() as connection:
        assert is_current(connection)
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1
    said = {each.subject: each.opinion.note for each in opinions("net")}
    assert said[Subject("shared")] == "x x x"


def test_alembic_is_imported_where_a_migration_is_due_and_nowhere_else():
    code = """
import sys
from services.notes.flags import flags_of
from services.notes.notebook import opinions, say
from services.notes.opinion import Flag, Subject
from services.people.person import NOBODY_ELSE
print("alembic" in sys.modules)
assert opinions("net") == [] or len(opinions("net")) == 1
print("alembic" in sys.modules)
say(NOBODY_ELSE, Subject("5a"), "a", lambda old: old.noted("seen"))
print("alembic" in sys.modules)
"""

    def told():
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    assert told() == ["False", "False", "True"]
    assert told() == ["False", "False", "False"]
