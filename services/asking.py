"""Who asks for long work: a person, as long as their browser is there, or the server itself."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from services.work.asked import Asked
from services.work.job import Job
from services.work.one_process import OneProcess
from services.work.presence import Browsers
from services.work.workshop import Workshop

SERVER = "server"  # asks for the first project; always here
T = TypeVar("T")


def ask(asked: Asked[T], instead_of: Job[Any] | None = None) -> Job[T]:
    """Have something made, or join those who are having the same made.

    Args:
        asked: what this person wants.
        instead_of: what they waited for until now in the same place, if anything.
    """
    if instead_of is not None and _workshop.under_way(asked) is not instead_of:
        leave(instead_of)
    return _workshop.ask(asked, _who())


def begin(asked: Asked[T]) -> Job[T]:
    """Have something made that nobody waits for yet."""
    return _workshop.ask(asked, SERVER)


def under_way(asked: Asked[T]) -> Job[T] | None:
    """The job that makes it, whoever asked for it; None where there is none."""
    return _workshop.under_way(asked)


def leave(job: Job[Any]) -> None:
    """Want something no longer; it is made to its end if somebody else waits for it."""
    _workshop.leave(job, _who())


def _who() -> str:
    """This person's name among those who ask; says nothing to others, unlike Streamlit's own id."""
    who: str = st.session_state.setdefault("who", uuid4().hex)
    context = get_script_run_ctx()
    if context is not None:
        _browsers.note(who, context.session_id)
    return who


def _is_connected(browser: str) -> bool:
    """Whether a session of Streamlit's has its browser."""
    try:
        return runtime.get_instance().is_active_session(browser)
    except RuntimeError:  # without a server, as in a test, nobody can leave
        return True


_browsers = Browsers(_is_connected)
_workshop: Workshop = OneProcess(_browsers)  # of this process, for all people
