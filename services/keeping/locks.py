"""Locks between threads and between processes; the kernel lets go of them when a process ends.

Two kinds of need: what is *held* is in use and stays, by many at once; what is made *alone* is
made by one at a time. Python's own locks know nothing of other processes, and a lock that is a
mere file stays when its process is killed.
"""

from __future__ import annotations

import fcntl
import logging
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)
LOOK = 0.2  # seconds between two looks at another one's lock


class Patience(Protocol):
    """Where who waits says so, and learns that nobody wants it any more: a `Progress`."""

    def say(self, name: str) -> None:
        """Say what is being done; raises where the person left."""

    def pause(self, seconds: float) -> None:
        """Wait; raises where the person left."""


class Hold:
    """A folder in use: it is not removed from the cache as long as this object lives."""

    def __init__(self, descriptor: int) -> None:
        self.release = weakref.finalize(self, os.close, descriptor)


def hold(folder: Path) -> Hold:
    """Have a folder of the cache in use from now on; the time of its use is noted.

    Raises:
        FileNotFoundError: it is not there, or was removed just now.
        OSError: it may not be read.
    """
    descriptor = _locked(folder, os.O_RDONLY, fcntl.LOCK_SH)
    with suppress(OSError):
        os.utime(folder)
    return Hold(descriptor)


def hold_made(folder: Path) -> Hold | None:
    """Make a folder, unless there is one, and have it in use; None where nothing can be written."""
    try:
        while True:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileNotFoundError):  # removed just now
                return hold(folder)
    except OSError as error:
        log.warning("%s cannot be kept in use: %s", folder, error)
        return None


@contextmanager
def unused(path: Path) -> Iterator[bool]:
    """Whether nobody has a file or folder in use; if so, nobody comes to use it meanwhile."""
    try:
        descriptor = _locked(path, os.O_RDONLY, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # in use, or gone
        yield False
        return
    try:
        yield True
    finally:
        os.close(descriptor)


@contextmanager
def alone(path: Path, patience: Patience, words: str) -> Iterator[None]:
    """Be the only one, of all threads and processes, who is at some work.

    Args:
        path: a file that stands for the work, in a folder that is there; removed at the end.
        patience: is told when somebody else is at it, and for how long one still waits.
        words: what it is told.

    Raises:
        Whatever `patience` raises where the person left.
    """
    try:
        descriptor = _alone(path, patience, words)
    except OSError as error:  # where nothing can be written, two do not write the same
        log.warning("others are not kept from the same work: %s", error)
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()  # while it is locked: who waits sees that it is gone, and looks again
        os.close(descriptor)


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[int]:
    """Have the lock of a file that always stays, for a moment; its descriptor to read and write.

    Raises:
        OSError: it can be neither read nor made.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    descriptor = _locked(path, os.O_RDWR | os.O_CREAT, kind)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _alone(path: Path, patience: Patience, words: str) -> int:
    while True:
        try:
            return _locked(path, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            patience.say(words)
            patience.pause(LOOK)


def _locked(path: Path, flags: int, kind: int) -> int:
    """A descriptor with a lock on what has the path by now."""
    while True:
        descriptor = os.open(path, flags, 0o600)
        try:
            fcntl.flock(descriptor, kind)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # it was removed while we waited; perhaps there is another
