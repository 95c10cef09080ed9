"""What is being done, for the lines that are logged meanwhile; hashes, not names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

LENGTH: Final = 12  # characters of a hash: enough to tell a team's people and projects apart


@dataclass(frozen=True)
class LogContext:
    """Of a run of a page, or of a job.

    Attributes:
        person: hash of who asks; "" where nobody signs in.
        session: hash of their tab.
        page: its path.
        project: hash of the link to the project that is looked at.
        job: the job's id.
    """

    person: str = ""
    session: str = ""
    page: str = ""
    project: str = ""
    job: str = ""


_now: ContextVar[LogContext] = ContextVar("log_context", default=LogContext())  # noqa: B039 - frozen


def log_context() -> LogContext:
    """What this thread is doing."""
    return _now.get()


def log_about(**changed: str) -> None:
    """Say what this thread does from now on; what is not named stays."""
    _now.set(replace(_now.get(), **changed))


@contextmanager
def logging_about(**changed: str) -> Iterator[None]:
    """The same for as long as the block."""
    before = _now.set(replace(_now.get(), **changed))
    try:
        yield
    finally:
        _now.reset(before)


def log_hash(told: str, secret: str) -> str:
    """A word for somebody or something that tells it apart and does not say who or what it is.

    Args:
        told: what identifies them; "" gives "".
        secret: nobody who has only the log can try names out without it.
    """
    if not told:
        return ""
    keyed = hashlib.blake2b(secret.encode(), digest_size=32).digest()
    return hashlib.blake2b(told.encode(), key=keyed, digest_size=LENGTH // 2).hexdigest()
