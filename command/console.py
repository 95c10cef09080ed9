"""A job on a terminal: a bar that moves, or plain lines where the output goes to a log."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO, TypeVar

from services.work.progress import Progress, Step

R = TypeVar("R")
BAR = 24
LOOK = 0.15  # seconds between two looks at the job
PLAIN_EVERY = 10.0  # seconds between two lines of a log about the same step


def watched(work: Callable[[Progress], R], progress: Progress, stream: TextIO | None = None) -> R:
    """Do some work in the background and tell how it goes on.

    Ctrl-C asks the work to stop, and it ends as `Cancelled`.

    Args:
        work: is given the progress; what it raises is raised here.
        progress: where the work tells what it is doing.
        stream: where that is written; standard error, so that a pipe stays clean.
    """
    stream = stream or sys.stderr
    result: list[R] = []
    error: list[BaseException] = []
    done = threading.Event()  # a thread that is joined may lie about itself after Ctrl-C

    def run() -> None:
        try:
            result.append(work(progress))
        except BaseException as raised:  # noqa: BLE001 - raised again below, where somebody waits
            error.append(raised)
        finally:
            done.set()

    threading.Thread(target=run, name="work", daemon=True).start()
    tell = _moving(stream) if stream.isatty() else _plain(stream)
    while True:
        try:
            while not done.wait(LOOK):  # inside: at the end of a round Python looks for Ctrl-C
                tell(progress.step)
            break
        except KeyboardInterrupt:
            progress.cancel()
    if stream.isatty():
        stream.write("\r\x1b[K")
    if error:
        raise error[0]
    return result[0]


def _moving(stream: TextIO) -> Callable[[Step], None]:
    def tell(step: Step) -> None:
        full = round(step.share * BAR)
        width = shutil.get_terminal_size().columns - 1
        line = f"[{'█' * full}{'·' * (BAR - full)}] {step}{_rate(step)}"[:width]
        stream.write(f"\r\x1b[K{line}")
        stream.flush()

    return tell


def _plain(stream: TextIO) -> Callable[[Step], None]:
    said: dict[str, float] = {}

    def tell(step: Step) -> None:
        now = time.monotonic()
        if now - said.get(step.name, float("-inf")) >= PLAIN_EVERY:
            said[step.name] = now
            stream.write(f"{step}{_rate(step)}\n")
            stream.flush()

    return tell


def _rate(step: Step) -> str:
    seconds = time.monotonic() - step.started
    return f", {step.done / seconds:,.0f} a second" if step.done and seconds > 0.5 else ""
