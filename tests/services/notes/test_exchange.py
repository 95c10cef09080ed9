import pytest

from services.errors import NotesError
from services.notes.exchange import flag_rows, take_over
from services.notes.flags import flags_of
from services.notes.notebook import opinions, say
from services.notes.opinion import Flag, Opinion, Subject
from services.people.person import NOBODY_ELSE
from services.settings import settings
from services.tables import csv_of

DIGESTS = {"a.jpg": "aa", "=b.jpg": "bb", "'c.jpg": "cc"}


def flag(subject, name, word, label="", note=""):
    say(NOBODY_ELSE, subject, name, lambda opinion: opinion.toggled(word, label).noted(note))


@pytest.fixture
def written():
    """A table of opinions of all kinds, with texts that a spreadsheet would run."""
    flag(Subject("aa"), "a.jpg", Flag.LABEL_WRONG, "=car", "+1, see\n'these'")
    flag(Subject("aa", "net"), "a.jpg", Flag.LOOK_AGAIN)
    flag(Subject("bb"), "=b.jpg", Flag.UNCLEAR, note="'=quoted")
    flag(Subject("cc", "another", "3"), "'c.jpg", Flag.LOOK_AGAIN)
    say(NOBODY_ELSE, Subject("cc"), "'c.jpg", lambda opinion: opinion.noted("-5"))
    kept = [*opinions("net"), *(o for o in opinions("another") if o.subject.network)]
    return kept, csv_of(flag_rows(kept)).encode()


def elsewhere(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    assert opinions("net") == []


def test_what_was_written_comes_back_equal(monkeypatch, tmp_path, written):
    kept, content = written
    elsewhere(monkeypatch, tmp_path)
    taken = take_over(NOBODY_ELSE, content, DIGESTS, "net")
    again = [*opinions("net"), *(o for o in opinions("another") if o.subject.network)]
    assert sorted(again, key=str) == sorted(kept, key=str)
    assert str(taken) == "5 flags taken over."
    assert (
        str(take_over(NOBODY_ELSE, content, DIGESTS, "net"))
        == "0 flags taken over. 5 already here."
    )


def test_no_cell_is_run_by_a_spreadsheet(written):
    for line in written[1].decode().splitlines()[1:]:
        assert not any(cell.lstrip('"').startswith(("=", "+", "@")) for cell in line.split(","))


def test_what_is_not_of_this_project_is_left_out_and_named():
    rows = "sample,sha256,flag\na.jpg,aa,unclear\nx.jpg,ff,unclear\nodd.jpg,,look again\n"
    taken = take_over(NOBODY_ELSE, rows.encode(), DIGESTS, "net")
    assert set(flags_of("net").of) == {"aa"}
    assert str(taken) == "1 flag taken over. 2 not of this project, left out: x.jpg, odd.jpg."


def test_a_table_by_hand_needs_names_and_flags_alone_and_may_come_from_a_spreadsheet():
    rows = "\ufeffSample;Flag;Should be\r\na.jpg;Label wrong;car\r\n'=b.jpg;look again;\r\n"
    take_over(NOBODY_ELSE, rows.encode(), DIGESTS, "net")
    flags = flags_of("net")
    assert flags.about(Subject("aa")) == Opinion(Flag.LABEL_WRONG, "car")
    assert flags.about(Subject("bb", "net")) == Opinion(Flag.LOOK_AGAIN)


def test_rows_that_say_nothing_are_counted():
    taken = take_over(NOBODY_ELSE, b"sample,flag,note\na.jpg,,\na.jpg,lovely,\n", DIGESTS, "net")
    assert str(taken) == "0 flags taken over. 2 rows without a flag or note, left out."


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00\x01", b"flag\nunclear\n"])
def test_another_table_is_refused_in_a_sentence(content):
    with pytest.raises(NotesError, match="holds no flags: it needs the columns"):
        take_over(NOBODY_ELSE, content, DIGESTS, "net")
