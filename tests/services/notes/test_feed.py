"""What changed: in order, complete, and looked for by one thread only while somebody listens."""

import threading

import pytest
from sqlalchemy import event

from services.database.chosen import FILE, database
from services.notes import feed, present
from services.notes.feed import changes, history, latest
from services.notes.flags import flags_of
from services.notes.notebook import say
from services.notes.opinion import Flag, Opinion, Subject
from services.notes.settling import tag
from services.settings import settings
from tests.services.notes.people import ANN, BEN
from tests.waiting import PATIENCE

LABEL = Subject("5a")


@pytest.fixture(autouse=True)
def hub(monkeypatch):
    """A process that was just started; its thread ends with the test."""
    hub = feed._Hub()
    monkeypatch.setattr(feed, "_HUB", hub)
    monkeypatch.setattr(feed, "LOOK", 0.01)
    yield hub
    monkeypatch.setattr(feed, "LISTENING", 0.0)
    if hub._thread:
        hub._thread.join(PATIENCE)


def flag(person, word=Flag.UNCLEAR, subject=LABEL):
    return say(person, subject, "a.jpg", lambda old: old.toggled(word))


@pytest.fixture
def statements(monkeypatch):
    """What is asked of the database."""
    asked = []
    flag(BEN)
    engine = database().engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    return asked


def test_changes_are_told_in_order_from_any_on(each_database):
    (first,) = flag(ANN)
    (second,) = tag(BEN, LABEL, "a.jpg", add=["night"])
    flag(BEN, subject=Subject("5b"))
    told = changes(first)
    assert told[0].number == second
    assert [str(each) for each in told] == ["Ben: a.jpg: tagged night", "Ben: a.jpg: unclear"]
    assert [str(each) for each in history("5a")] == [
        "Ann: a.jpg: unclear",
        "Ben: a.jpg: tagged night",
    ]
    assert changes(told[-1].number) == []


def test_where_nobody_wrote_there_is_nothing_and_nothing_is_made():
    assert (latest(), changes(0), history("5a")) == (0, [], [])
    assert not settings().notes.exists()


def waits_for(number):
    done = threading.Event()
    for _ in range(PATIENCE * 100):
        if latest() == number:
            return True
        done.wait(0.01)
    return False


def test_one_thread_looks_for_all_and_ends_when_nobody_listens(hub, monkeypatch, each_database):
    assert latest() == 0
    thread = hub._thread
    (number,) = flag(ANN)
    assert waits_for(number)
    assert hub._thread is thread
    monkeypatch.setattr(feed, "LISTENING", 0.0)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    monkeypatch.setattr(feed, "LISTENING", 30.0)
    (number,) = flag(BEN)
    assert latest() == number  # who comes back need not wait for a look


def test_asking_often_costs_no_question(hub, monkeypatch, statements):
    monkeypatch.setattr(feed, "LOOK", PATIENCE)
    latest()
    del statements[:]
    for _ in range(100):
        latest()
    assert statements == []
    monkeypatch.setattr(hub, "_thread", None)


def test_a_database_that_is_away_for_a_while_leaves_the_number(hub):
    (number,) = flag(ANN)
    assert latest() == number
    (settings().notes / FILE).write_bytes(b"no database " * 100)
    hub._look()
    assert latest() == number


def test_what_did_not_change_is_not_read_again(statements):
    assert flags_of("net", BEN.id).about(LABEL) == Opinion(Flag.UNCLEAR)
    first = len(statements)
    again = flags_of("net", ANN.id)
    assert again.said("5a") == "Ben: unclear"
    assert not any("opinion" in each or "shared" in each for each in statements[first:])
    flag(ANN)
    assert flags_of("net").said("5a") == "Ben: unclear · Ann: unclear"


def test_another_database_is_read_anew(monkeypatch, tmp_path):
    flag(ANN)
    assert flags_of("net").said("5a")
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    assert not flags_of("net").said("5a")
    flag(BEN)
    assert flags_of("net").said("5a") == "Ben: unclear"


def test_of_what_changed_only_the_samples_concerned_are_read_again(each_database):
    """Whatever happens, what is kept is what a fresh process reads."""
    acts = [
        lambda: flag(ANN),
        lambda: flag(BEN, subject=Subject("5b", "net")),
        lambda: tag(BEN, LABEL, "a.jpg", add=["night"]),
        lambda: flag(ANN, subject=Subject("5b")),
        lambda: flag(BEN, Flag.RIGHT_LABEL),
        lambda: flag(ANN),  # takes it back
        lambda: flag(BEN, subject=Subject("5b", "net")),
        lambda: flag(ANN, subject=Subject("5c", "another")),
        lambda: tag(ANN, LABEL, "a.jpg", remove=["night"]),
    ]
    for act in acts:
        act()
        kept = present.present("net")
        again = present._present.get("net")
        present._present.drop("net")
        assert kept == present.present("net")
        present._present.put("net", again)


def test_a_change_of_one_of_many_samples_reads_a_few_rows(monkeypatch):
    for number in range(30):
        flag(ANN, subject=Subject(f"{number}"))
    flags_of("net")
    read = []
    plain = present.opinions_in

    def counted(*told):
        read.append(plain(*told))
        return read[-1]

    monkeypatch.setattr(present, "opinions_in", counted)
    flag(BEN, subject=Subject("7"))
    assert flags_of("net").said("7") == "Ann: unclear · Ben: unclear"
    assert len(flags_of("net").of) == 30
    assert [len(each) for each in read] == [2]
    monkeypatch.setattr(present, "FEW", 1)
    flag(BEN, subject=Subject("8"))
    flag(BEN, subject=Subject("9"))
    assert len(flags_of("net").of) == 30
    assert len(read[-1]) == 33


def test_a_file_that_was_put_in_its_place_is_read_anew():
    flag(ANN)
    flags_of("net")
    for ending in ("", "-wal", "-shm"):
        (settings().notes / f"{FILE}{ending}").unlink(missing_ok=True)
    flag(BEN)
    flag(BEN, subject=Subject("5b"))
    assert flags_of("net").said("5a") == "Ben: unclear"
