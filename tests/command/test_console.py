"""A job on a terminal, and in a log."""

import io
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from command import console
from command.console import watched
from services.errors import Cancelled, ProjectError
from services.work.progress import Progress, Step
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


class Log(io.StringIO):
    """A stream that can be waited for."""

    def __init__(self, *, terminal=False):
        super().__init__()
        self.terminal = terminal
        self.changed = threading.Condition()

    def isatty(self):
        return self.terminal

    def write(self, text):
        with self.changed:
            count = super().write(text)
            self.changed.notify_all()
        return count

    def wait_for(self, text):
        with self.changed:
            assert self.changed.wait_for(lambda: text in self.getvalue(), PATIENCE), self.getvalue()


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(console, "LOOK", 0.001)


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes when it is told to."""
    now = [1000.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    return now


# ------------------------------------------------------------------------------------- the work


def test_what_the_work_gives_is_given():
    assert watched(lambda progress: 42, Progress(), Log()) == 42
    assert watched(lambda progress: None, Progress(), Log()) is None


def test_the_work_is_given_the_progress():
    progress = Progress()
    assert watched(lambda given: given, progress, Log()) is progress


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("error", [ProjectError("no"), Cancelled(), KeyError("x"), SystemExit(3)])
def test_what_the_work_raises_is_raised(error, terminal):
    def work(progress):
        raise error

    with pytest.raises(type(error)) as caught:
        watched(work, Progress(), Log(terminal=terminal))
    assert caught.value is error
    assert caught.traceback[-1].name == "work"


def test_the_work_is_done_in_the_background():
    assert watched(lambda progress: threading.current_thread().name, Progress(), Log()) == "work"
    assert watched(lambda progress: threading.current_thread().daemon, Progress(), Log())


def test_a_pipe_stays_clean(capsys):
    def work(progress):
        progress.begin("Working")

    watched(work, Progress())
    assert capsys.readouterr().out == ""


# ---------------------------------------------------------------------------------------- a log


def test_a_log_has_a_line_for_each_step():
    log = Log()

    def work(progress):
        progress.begin("Opening")
        log.wait_for("Opening\n")
        progress.begin("Drawing", 20)
        log.wait_for("Drawing: 0 of 20\n")
        progress.advance(5)
        progress.begin("Packing")
        log.wait_for("Packing\n")

    watched(work, Progress(), log)
    lines = log.getvalue().splitlines()
    assert [line for line in lines if line != "Starting"] == [
        "Opening",
        "Drawing: 0 of 20",
        "Packing",
    ]
    assert "\r" not in log.getvalue()
    assert "\x1b" not in log.getvalue()


def test_a_log_has_a_line_again_after_a_while(clock):
    log = Log()
    tell = console._plain(log)
    for seconds, done in ((0, 0), (5, 10), (9.9, 20), (10, 21), (15, 30), (20, 40)):
        clock[0] = 1000 + seconds
        tell(Step("Drawing", done, 100, 1000.0))
    assert log.getvalue().splitlines() == [
        "Drawing: 0 of 100",
        "Drawing: 21 of 100, about 38 s left, 2 a second",
        "Drawing: 40 of 100, about 30 s left, 2 a second",
    ]


# ----------------------------------------------------------------------------------- a terminal


def shown(step, columns=200):
    """A line of a terminal without its control characters."""
    log = Log(terminal=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(console.shutil, "get_terminal_size", lambda: os.terminal_size((columns, 24)))
        console._moving(log)(step)
    start, line = log.getvalue()[:4], log.getvalue()[4:]
    assert start == "\r\x1b[K"
    assert "\n" not in line
    return line


@pytest.mark.parametrize(
    ("done", "bar"),
    [(0, "·" * 24), (1, "·" * 24), (50, "█" * 12 + "·" * 12), (100, "█" * 24)],
)
def test_a_bar_grows(clock, done, bar):
    clock[0] = 1010.0
    assert shown(Step("Drawing", done, 100, 1000.0)).startswith(f"[{bar}] Drawing: {done} of 100")


def test_a_bar_tells_rate_and_time_left(clock):
    clock[0] = 1010.0
    line = shown(Step("Drawing", 2500, 10_000, 1000.0))
    assert (
        line == "[██████··················] Drawing: 2,500 of 10,000, about 30 s left, 250 a second"
    )


@pytest.mark.parametrize(("seconds", "done"), [(0.5, 10), (10, 0)])
def test_no_rate_is_told_before_it_is_known(clock, seconds, done):
    clock[0] = 1000 + seconds
    assert "a second" not in shown(Step("Drawing", done, 100, 1000.0))


def test_a_line_is_never_wider_than_the_terminal(clock):
    line = shown(Step("Drawing " * 20, 5, 100, 1000.0), columns=40)
    assert len(line) == 39


def test_a_terminal_shows_a_bar_and_is_clean_in_the_end():
    """A real one, as far as the process can tell."""
    master, slave = pty.openpty()
    seen, arrived = [], threading.Condition()

    def read():
        while text := os.read(master, 1000):
            with arrived:
                seen.append(text)
                arrived.notify_all()
            if b"the end" in b"".join(seen):
                return

    reader = threading.Thread(target=read)
    reader.start()

    def work(progress):
        progress.begin("Drawing", 20)
        progress.advance(10)
        with arrived:
            assert arrived.wait_for(lambda: b"10 of 20" in b"".join(seen), PATIENCE)

    with os.fdopen(slave, "w", encoding="utf-8") as terminal:
        assert terminal.isatty()
        watched(work, Progress(), terminal)
        terminal.write("the end")
        terminal.flush()
        reader.join(PATIENCE)
    os.close(master)
    text = b"".join(seen).decode()
    assert "[████████████············] Drawing: 10 of 20" in text
    assert text.endswith("\r\x1b[Kthe end")
    assert "\n" not in text


# --------------------------------------------------------------------------------------- Ctrl-C


@pytest.mark.parametrize("terminal", [True, False])
def test_ctrl_c_asks_the_work_to_stop(terminal):
    log = Log(terminal=terminal)
    original, pressed = log.write, []

    def write(text):
        if not pressed and "Waiting" in text:
            pressed.append(text)
            raise KeyboardInterrupt
        return original(text)

    log.write = write

    def work(progress):
        progress.begin("Waiting")
        progress.pause(PATIENCE)

    with pytest.raises(Cancelled):
        watched(work, Progress(), log)
    assert pressed


def test_work_that_ends_all_the_same_is_not_lost():
    log, progress = Log(), Progress()

    def work(given):
        given.begin("Waiting")
        log.wait_for("Waiting")
        given.cancel()
        return "all done"

    assert watched(work, progress, log) == "all done"


PRESSED = """
from command.console import watched
from services.errors import Cancelled
from services.work.progress import Progress

def work(progress):
    progress.begin("Waiting")
    progress.pause(30)

for _ in range(20):
    try:
        watched(work, Progress())
    except Cancelled:
        print("stopped", flush=True)
"""


def test_a_process_that_gets_ctrl_c_ends_the_work():
    """In some versions of Python a thread whose `join` is interrupted counts as ended."""
    with subprocess.Popen(
        [sys.executable, "-B", "-c", PRESSED],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        for _ in range(20):
            while (line := child.stderr.readline()) != "Waiting\n":
                assert line == "Starting\n", line + child.stderr.read()
            child.send_signal(signal.SIGINT)
            assert child.stdout.readline() == "stopped\n"
        out, err = child.communicate(timeout=PATIENCE)
    assert (child.returncode, out, err) == (0, "", "")
