"""Everything to a file and back: equal to the row, merged elsewhere, and by command."""

import json
import sqlite3

import pytest
from sqlalchemy import select

from command.notes import main
from services.database.chosen import FILE
from services.database.transactions import have_schema, reading, writing
from services.errors import NotAllowedError, NotesError
from services.notes.backup import backup, restore
from services.notes.feed import changes
from services.notes.flags import flags_of
from services.notes.notebook import all_opinions, say, undo
from services.notes.opinion import Flag, Opinion, Subject
from services.notes.settling import assign, settle, shared_of, tag
from services.notes.shared import Shared
from services.notes.tables import EVENTS, OPINIONS, SHARED
from services.people.person import NOBODY_ELSE
from services.settings import settings
from tests.services.notes.people import ADA, ANN, BEN

LABEL, ANSWER = Subject("5a"), Subject("5a", "net")
TABLES = (OPINIONS, SHARED, EVENTS)


def flag(person, subject, word, label="", name="a.jpg"):
    return say(person, subject, name, lambda old: old.toggled(word, label))


def rows():
    with reading() as connection:
        return [sorted(map(repr, connection.execute(select(table)).mappings())) for table in TABLES]


def write_all_kinds():
    flag(ANN, LABEL, Flag.LABEL_WRONG, "=car", 'b "ü" \u2028.jpg')
    flag(BEN, LABEL, Flag.RIGHT_LABEL)
    flag(NOBODY_ELSE, Subject("5b", "other", "2"), Flag.WRONG_REASON)
    undo(BEN, flag(BEN, ANSWER, Flag.LOOK_AGAIN))
    tag(ANN, LABEL, "a.jpg", add=["night", "rain"])
    assign(ADA, [(ANSWER, "a.jpg")], [BEN.id])
    settle(BEN, "a.jpg", shared_of("net")[ANSWER], Shared(ANSWER, BEN.id, done=True))


@pytest.fixture
def another(monkeypatch, tmp_path, request):
    """Go to a server where nothing is yet, of either kind."""
    numbers = iter(range(9))

    def go(kind="sqlite"):
        monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / f"another{next(numbers)}"))
        monkeypatch.delenv("GRADCAM_DATABASE", raising=False)
        if kind == "postgresql":
            server = request.getfixturevalue("postgresql")
            monkeypatch.setenv("GRADCAM_DATABASE", server.make_database())
        settings.cache_clear()

    return go


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_an_empty_database_becomes_the_same(each_database, another, to):
    write_all_kinds()
    before, content = rows(), backup()
    another(to)
    restored = restore(ADA, content)
    assert rows() == before
    assert str(restored) == "8 changes taken over."
    assert (restored.states, restored.later) == (5, 0)
    again = restore(ADA, content)
    assert rows() == before
    assert str(again) == "0 changes taken over. 8 already here."
    (number,) = flag(ANN, ANSWER, Flag.LOOK_AGAIN)
    assert number == 9  # goes on after those that came


def test_of_two_servers_the_later_word_holds_and_all_that_happened_is_known(another):
    flag(ANN, LABEL, Flag.UNCLEAR)
    flag(BEN, LABEL, Flag.RIGHT_LABEL)
    tag(ANN, LABEL, "a.jpg", add=["night"])
    common = backup()
    flag(ANN, LABEL, Flag.UNCLEAR)  # takes it back
    settle(ANN, "a.jpg", Shared(ANSWER), Shared(ANSWER, done=True))
    mine = backup()
    another()
    restore(ADA, common)
    flag(BEN, LABEL, Flag.LABEL_WRONG, "car")
    tag(BEN, LABEL, "a.jpg", add=["rain"])
    restored = restore(ADA, mine)
    assert (restored.events, restored.known, restored.states, restored.later) == (2, 3, 2, 2)
    flags = flags_of("net", BEN.id)
    assert flags.said("5a") == "Ben: label wrong (should be car)"
    assert flags.label("5a").tags == {"night", "rain"}
    assert flags.answer("5a").done
    assert len(changes(0)) == 7


def test_a_settled_thing_that_came_is_seen_to_have_changed(another):
    tag(ANN, LABEL, "a.jpg", add=["night"])
    content = backup()
    another()
    for word in ("a", "b", "c"):
        tag(BEN, LABEL, "a.jpg", add=[word])
    later = content.replace(json.loads(content)["shared"][0]["changed"], "9001-01-01T00:00:00")
    restore(ADA, later)
    assert shared_of("net")[LABEL] == Shared(LABEL, tags=frozenset({"night"}))
    assert shared_of("net")[LABEL].version == 4


def test_only_an_admin_restores_what_others_said():
    with pytest.raises(NotAllowedError, match="delete what others wrote"):
        restore(ANN, backup())


def spoiled(change):
    flag(ANN, LABEL, Flag.UNCLEAR)
    told = json.loads(backup())
    change(told)
    return json.dumps(told)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.update(format="another"),
        lambda told: told["opinions"][0].update(flag="lovely"),
        lambda told: told["opinions"][0].update(note=5),
        lambda told: told["opinions"][0].update(more=""),
        lambda told: told["events"][0].pop("uid"),
        lambda told: told["events"][0].update(kind="another"),
        lambda told: told["events"][0].update(after={}),
        lambda told: told.pop("shared"),
        lambda told: told.update(opinions=5),
    ],
)
def test_another_or_a_damaged_file_is_refused_and_nothing_is_changed(change):
    content = spoiled(change)
    before = rows()
    with pytest.raises(NotesError, match="no backup of notes, or it is damaged"):
        restore(ADA, content)
    assert rows() == before


@pytest.mark.parametrize("content", ["", "[]", "null", "{", b"\xff\xfe\x00", b"PK\x03\x04"])
def test_what_is_no_json_of_ours_is_refused(content):
    with pytest.raises(NotesError, match="no backup of notes"):
        restore(ADA, content)


def test_a_file_of_a_newer_version_is_refused():
    with pytest.raises(NotesError, match="newer version of this dashboard"):
        restore(ADA, spoiled(lambda told: told.update(version=2)))


# ------------------------------------------------------------------------------- the command


def test_by_command_everything_goes_out_and_comes_back(tmp_path, another, capsys):
    write_all_kinds()
    before = rows()
    assert main(["export", str(tmp_path / "notes.json")]) == 0
    another()
    assert main(["import", str(tmp_path / "notes.json")]) == 0
    assert rows() == before
    assert capsys.readouterr().out.endswith("8 changes taken over.\n")


def test_by_command_a_table_keeps_authors_samples_and_networks(tmp_path, another, capsys):
    write_all_kinds()
    before = all_opinions()
    assert main(["export", str(tmp_path / "notes.csv")]) == 0
    another()
    assert main(["import", str(tmp_path / "notes.csv")]) == 0
    assert all_opinions() == before
    assert capsys.readouterr().out.endswith("3 flags taken over.\n")


def test_a_copy_of_the_file_holds_what_was_just_written(tmp_path, capsys):
    flag(ANN, LABEL, Flag.UNCLEAR)
    with writing():  # somebody writes meanwhile, and reads what was there
        assert main(["copy", str(tmp_path / "copy.sqlite")]) == 0
    with sqlite3.connect(tmp_path / "copy.sqlite") as connection:
        assert connection.execute("SELECT flag FROM opinion").fetchall() == [("unclear",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    before = rows()
    for ending in ("", "-wal", "-shm"):
        (settings().notes / f"{FILE}{ending}").unlink(missing_ok=True)
    (tmp_path / "copy.sqlite").rename(settings().notes / FILE)  # put in its place
    assert rows() == before
    flag(BEN, LABEL, Flag.UNCLEAR)
    assert flags_of("net").about(LABEL) == Opinion()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "notes.txt"], "Name a file .json, for everything, or .csv"),
        (["export", "no/such/folder/notes.json"], "can be neither read nor written: No such file"),
        (["import", "nowhere.json"], "nowhere.json can be neither read nor written"),
        (["copy", "copy.sqlite"], "nobody has written anything"),
    ],
)
def test_what_the_command_cannot_do_it_says(arguments, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert sentence in capsys.readouterr().err


def test_a_copy_never_takes_another_files_place(tmp_path, capsys):
    have_schema()
    (tmp_path / "there").write_text("mine")
    assert main(["copy", str(tmp_path / "there")]) == 1
    assert "is there already; name another" in capsys.readouterr().err
    assert (tmp_path / "there").read_text() == "mine"


def test_a_postgresql_is_copied_by_its_own_program(monkeypatch, postgresql, tmp_path, capsys):
    monkeypatch.setenv("GRADCAM_DATABASE", postgresql.make_database())
    settings.cache_clear()
    assert main(["copy", str(tmp_path / "copy")]) == 1
    assert "pg_dump --format=custom" in capsys.readouterr().err
