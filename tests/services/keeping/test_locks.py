"""Locks: what is held stays, what is made alone is made once; killed processes keep neither."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from services.errors import Cancelled
from services.keeping.locks import alone, hold, hold_made, locked, unused
from services.work.progress import Progress
from tests.services.keeping.waiting import Told
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
WORDS = "Waiting for the other one"
HOLDING = """
import sys
from pathlib import Path
from services.keeping.locks import alone, hold
from services.work.progress import Progress

folder = Path(sys.argv[1])
held = hold(folder)
with alone(folder / ".lock", Progress(), "Waiting"):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """A process that has a folder in use, and is at work in it alone."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def is_free(folder):
    with unused(folder) as free:
        return free


def test_what_is_held_is_in_use_until_the_last_one_lets_go(tmp_path):
    assert is_free(tmp_path)
    first, second = hold(tmp_path), hold(tmp_path)
    first.release()
    assert not is_free(tmp_path)
    del second
    assert is_free(tmp_path)


@pytest.fixture
def before_a_lock(monkeypatch):
    """Gets what is done once between the opening of a file and its lock."""
    todo = []
    original = fcntl.flock

    def flock(descriptor, kind):
        if todo:
            todo.pop()()
        return original(descriptor, kind)

    monkeypatch.setattr(fcntl, "flock", flock)
    return todo


def test_nobody_holds_what_was_removed_just_before(tmp_path, before_a_lock):
    folder = tmp_path / "folder"
    folder.mkdir()
    before_a_lock.append(lambda: folder.rename(tmp_path / "gone"))
    with pytest.raises(FileNotFoundError):
        hold(folder)
    before_a_lock.append(lambda: folder.rename(tmp_path / "gone too"))
    held = hold_made(folder)
    assert not is_free(folder)
    held.release()


def test_who_had_a_lock_file_before_removes_it_under_nobodys_hands(tmp_path, before_a_lock):
    path = tmp_path / ".lock"
    path.touch()
    before_a_lock.append(path.unlink)
    with (
        alone(path, Progress(), WORDS),
        path.open("r+b") as file,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_what_is_not_there_is_neither_held_nor_free(tmp_path):
    with pytest.raises(FileNotFoundError):
        hold(tmp_path / "gone")
    assert not is_free(tmp_path / "gone")


def test_a_folder_is_made_to_be_held(tmp_path):
    held = hold_made(tmp_path / "a" / "b")
    assert not is_free(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    held.release()


def test_where_no_folder_can_be_made_nothing_is_held(tmp_path):
    (tmp_path / "file").touch()
    assert hold_made(tmp_path / "file" / "folder") is None


def test_holding_notes_the_time(tmp_path):
    os.utime(tmp_path, (1, 1))
    hold(tmp_path)
    assert tmp_path.stat().st_mtime > 1


def test_the_second_waits_with_a_sentence_and_then_goes_on(tmp_path):
    path, waiting, done = tmp_path / ".lock", Told(), threading.Event()

    def second():
        with alone(path, waiting, WORDS):
            done.set()

    with alone(path, Progress(), WORDS):
        assert path.exists()
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.told.wait(PATIENCE)
        assert waiting.step.name == WORDS
        assert not done.is_set()
    assert done.wait(PATIENCE)
    thread.join(PATIENCE)
    assert not path.exists()


def test_many_at_once_are_never_two(tmp_path):
    inside, most, total = [], [], []

    def work():
        for _ in range(30):
            with alone(tmp_path / ".lock", Progress(), WORDS):
                inside.append(1)
                most.append(len(inside))
                total.append(1)
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(total) == 120
    assert set(most) == {1}


def test_who_waits_can_leave(tmp_path):
    waiting = Progress()
    waiting.cancel()
    with (
        alone(tmp_path / ".lock", Progress(), WORDS),
        pytest.raises(Cancelled),
        alone(tmp_path / ".lock", waiting, WORDS),
    ):
        pass


def test_who_fails_lets_go(tmp_path):
    with pytest.raises(KeyError), alone(tmp_path / ".lock", Progress(), WORDS):
        raise KeyError
    with alone(tmp_path / ".lock", Told(), WORDS):
        pass


def test_where_nothing_can_be_written_the_work_is_done_all_the_same(tmp_path, caplog):
    done = []
    with alone(tmp_path / "no folder" / ".lock", Progress(), WORDS):
        done.append(1)
    assert done
    assert "not kept from the same work" in caplog.text


def test_another_process_is_waited_for(tmp_path, other):
    assert not is_free(tmp_path)
    waiting, done = Told(), threading.Event()

    def second():
        with alone(tmp_path / ".lock", waiting, WORDS):
            done.set()

    thread = threading.Thread(target=second)
    thread.start()
    assert waiting.told.wait(PATIENCE)
    assert not done.is_set()
    other.stdin.close()
    assert done.wait(PATIENCE)
    thread.join(PATIENCE)


def test_a_killed_process_leaves_no_lock(tmp_path, other):
    other.send_signal(signal.SIGKILL)
    other.wait(PATIENCE)
    assert (tmp_path / ".lock").exists()
    waiting = Told()
    with alone(tmp_path / ".lock", waiting, WORDS):
        assert not waiting.told.is_set()
    assert is_free(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_shared_locks_go_together_and_no_other(tmp_path):
    path, alone_now = tmp_path / "file", threading.Event()

    def exclusive():
        with locked(path):
            alone_now.set()

    with locked(path, shared=True), locked(path, shared=True):
        thread = threading.Thread(target=exclusive)
        thread.start()
        assert not alone_now.is_set()
    assert alone_now.wait(PATIENCE)
    thread.join(PATIENCE)
