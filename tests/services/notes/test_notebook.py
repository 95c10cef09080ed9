import multiprocessing
import sqlite3
import stat
import threading

import pytest
from sqlalchemy import text

from services.database.chosen import FILE
from services.database.transactions import writing
from services.errors import NotesError
from services.notes.flags import flags_of
from services.notes.notebook import merge, opinions, say, undo
from services.notes.opinion import Flag, KeptOpinion, Opinion, Subject
from services.notes.passing import Flagged, flagged
from services.people.person import NOBODY_ELSE
from services.settings import settings
from tests.rights import as_nobody, open_folder

LABEL, ANSWER = Subject("5a"), Subject("5a", "net")


def flag(subject, word, label="", name="a.jpg"):
    return say(NOBODY_ELSE, subject, name, lambda opinion: opinion.toggled(word, label))


def note(subject, words, name="a.jpg"):
    return say(NOBODY_ELSE, subject, name, lambda opinion: opinion.noted(words))


def add(word):
    """Write a word behind all that others have written."""
    say(
        NOBODY_ELSE, Subject("shared"), "s", lambda opinion: opinion.noted(f"{opinion.note} {word}")
    )


def said(network="net"):
    return {each.subject: each.opinion for each in opinions(network)}


def test_what_is_said_of_a_label_outlives_the_network_and_what_is_said_of_an_answer_does_not():
    flag(LABEL, Flag.LABEL_WRONG, "car")
    flag(ANSWER, Flag.LOOK_AGAIN)
    assert said("net") == {
        LABEL: Opinion(Flag.LABEL_WRONG, "car"),
        ANSWER: Opinion(Flag.LOOK_AGAIN),
    }
    assert said("retrained") == {LABEL: Opinion(Flag.LABEL_WRONG, "car")}


def test_parts_of_a_sample_are_spoken_of_one_by_one():
    flag(Subject("5a", "net", "2"), Flag.LOOK_AGAIN)
    assert set(said()) == {Subject("5a", "net", "2")}
    assert flags_of("net").about(ANSWER).is_empty


def test_the_same_flag_again_takes_it_back_and_leaves_the_note():
    flag(LABEL, Flag.LABEL_WRONG, "car")
    note(LABEL, " hidden  by\na tree ")
    assert said() == {LABEL: Opinion(Flag.LABEL_WRONG, "car", "hidden by a tree")}
    flag(LABEL, Flag.LABEL_WRONG, "truck")
    assert said() == {LABEL: Opinion(Flag.LABEL_WRONG, "truck", "hidden by a tree")}
    flag(LABEL, Flag.LABEL_WRONG)
    assert said() == {LABEL: Opinion(note="hidden by a tree")}
    note(LABEL, "")
    assert said() == {}


def test_what_changes_nothing_is_no_event():
    assert note(LABEL, "") == ()
    assert said() == {}


def test_undo_gives_back_what_was_there_and_can_be_undone_several_times():
    first, second = flag(LABEL, Flag.UNCLEAR), flag(LABEL, Flag.LABEL_WRONG, "car")
    undo(NOBODY_ELSE, second)
    assert said() == {LABEL: Opinion(Flag.UNCLEAR)}
    undo(NOBODY_ELSE, first)
    assert said() == {}


def test_undo_does_not_take_away_what_somebody_else_said_since():
    mine = flag(LABEL, Flag.UNCLEAR)
    note(LABEL, "theirs")
    with pytest.raises(NotesError, match=r"a\.jpg was flagged anew since"):
        undo(NOBODY_ELSE, mine)
    assert said() == {LABEL: Opinion(Flag.UNCLEAR, note="theirs")}


def test_nothing_is_written_before_something_is_said():
    assert said() == {}
    assert not settings().notes.exists()
    flag(LABEL, Flag.UNCLEAR)
    assert stat.S_IMODE(settings().notes.stat().st_mode) == 0o700
    assert not settings().notes.is_relative_to(settings().cache)


def test_threads_that_write_at_once_lose_nothing():
    start = threading.Barrier(8)

    def work(number):
        start.wait()
        for step in range(10):
            flag(Subject(f"{number}-{step}"), Flag.UNCLEAR)
            add(f"{number}.{step}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = said()
    assert len(kept) == 81
    wanted = {f"{number}.{step}" for number in range(8) for step in range(10)}
    assert set(kept[Subject("shared")].note.split()) == wanted


def _write_in_a_process(number, start):
    start.wait()
    for step in range(10):
        add(f"{number}.{step}")


def test_processes_that_make_the_file_at_once_lose_nothing():
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(3)
    workers = [spawn.Process(target=_write_in_a_process, args=(n, start)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wanted = {f"{number}.{step}" for number in range(3) for step in range(10)}
    assert set(said()[Subject("shared")].note.split()) == wanted


def test_a_file_of_a_newer_version_is_refused_in_a_sentence():
    flag(LABEL, Flag.UNCLEAR)
    with writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotesError, match="newer version of this dashboard; install that"):
        flag(LABEL, Flag.LOOK_AGAIN)
    assert "newer version" in flags_of("net").trouble


def test_a_folder_that_cannot_be_written_is_said_and_nothing_else_fails(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "file" / "notes"))
    settings.cache_clear()
    assert not flagged(flags_of("net"), ["5a"], Flagged.ANY).any()
    with pytest.raises(NotesError, match="set GRADCAM_NOTES to a folder that the dashboard may"):
        flag(LABEL, Flag.UNCLEAR)


def test_in_a_folder_that_became_read_only_flags_are_read_or_their_trouble_is_said(monkeypatch):
    with open_folder() as folder:
        monkeypatch.setenv("GRADCAM_NOTES", str(folder))
        settings.cache_clear()
        flag(LABEL, Flag.UNCLEAR)
        for each in (*folder.iterdir(), folder):
            each.chmod(0o555 if each.is_dir() else 0o444)
        with as_nobody():
            with pytest.raises(NotesError, match="GRADCAM_NOTES"):
                flag(LABEL, Flag.LOOK_AGAIN)
            kept = flags_of("net")
        assert kept.trouble or flagged(kept, ["5a"], Flagged.ANY).any()
        folder.chmod(0o755)


def test_a_damaged_file_is_said_and_left_alone():
    settings().notes.mkdir()
    path = settings().notes / FILE
    path.write_bytes(b"no database, but somebody's work" * 100)
    assert "damaged" in flags_of("net").trouble
    with pytest.raises(NotesError, match="damaged"):
        flag(LABEL, Flag.UNCLEAR)
    assert path.read_bytes().startswith(b"no database")


def test_a_file_whose_making_was_broken_off_is_made_to_the_end():
    settings().notes.mkdir()
    sqlite3.connect(settings().notes / FILE).close()
    assert said() == {}
    flag(LABEL, Flag.UNCLEAR)
    assert said() == {LABEL: Opinion(Flag.UNCLEAR)}


def test_of_two_opinions_of_one_subject_the_later_one_stays():
    flag(LABEL, Flag.UNCLEAR)
    (here,) = opinions("net")
    earlier = KeptOpinion(LABEL, Opinion(Flag.LABEL_WRONG), "a.jpg", "2001-01-01T00:00:00+00:00")
    later = KeptOpinion(LABEL, Opinion(Flag.LABEL_WRONG), "a.jpg", "9001-01-01T00:00:00+00:00")
    merged = merge(NOBODY_ELSE, [earlier, here])
    assert (merged.events, merged.same, merged.older) == ((), 1, 1)
    assert said() == {LABEL: Opinion(Flag.UNCLEAR)}
    merged = merge(NOBODY_ELSE, [later])
    assert said() == {LABEL: Opinion(Flag.LABEL_WRONG)}
    undo(NOBODY_ELSE, merged.events)
    assert said() == {LABEL: Opinion(Flag.UNCLEAR)}


@pytest.mark.parametrize(
    ("wanted", "passing"),
    [
        (Flagged.ALL, "abcde"),
        (Flagged.ANY, "abcd"),
        (Flagged.LABEL_WRONG, "a"),
        (Flagged.UNCLEAR, "b"),
        (Flagged.LOOK_AGAIN, "bc"),
        (Flagged.NOTED, "d"),
    ],
)
def test_samples_pass_by_what_is_said_of_them(wanted, passing):
    flag(Subject("a"), Flag.LABEL_WRONG)
    flag(Subject("b"), Flag.UNCLEAR)
    flag(Subject("b", "net"), Flag.LOOK_AGAIN)
    flag(Subject("c", "net"), Flag.LOOK_AGAIN)
    flag(Subject("e", "another"), Flag.LOOK_AGAIN)
    note(Subject("d"), "see")
    mask = flagged(flags_of("net"), list("abcde"), wanted)
    assert "".join(name for name, passes in zip("abcde", mask, strict=True) if passes) == passing


def test_all_that_is_said_of_a_sample_is_one_line_the_label_first():
    flag(ANSWER, Flag.LOOK_AGAIN)
    flag(LABEL, Flag.LABEL_WRONG, "car")
    note(LABEL, "hidden")
    assert flags_of("net").said("5a") == "label wrong (should be car): hidden · look again"
    assert flags_of("net").said("other") == ""
