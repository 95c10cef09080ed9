"""Who asks for long work: a person, as long as their browser is there, or the server itself."""

from __future__ import annotations

import atexit
import time
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from services.bucket import Bucket
from services.numbers import counted
from services.people.person import Action, Person, demand
from services.settings import settings
from services.work.asked import Asked
from services.work.asker import Asker
from services.work.elsewhere import NOWHERE, Elsewhere
from services.work.job import Job
from services.work.listing import JobListing
from services.work.one_process import OneProcess
from services.work.presence import Browsers
from services.work.workshop import Workshop

SERVER = Asker("server")  # asks for the first project; always here
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
    """The job that makes it, whoever asked for it; None where there is none.

    What this person waited for at a server that has ended is asked for anew.
    """
    job = _workshop.under_way(asked)
    return ask(asked) if job is None and is_lost(asked) else job


def is_lost(asked: Asked[Any]) -> bool:
    """Whether this person waited for it at a server that has ended."""
    return _workshop.is_lost(asked, _who())


def leave(job: Job[Any]) -> None:
    """Want something no longer; it is made to its end if somebody else waits for it."""
    _workshop.leave(job, _who())


def jobs_of_all() -> tuple[JobListing, ...]:
    """What is under way, of all people; for who may see everybody's work."""
    return _workshop.jobs()


def stop_for_all(person: Person, job: JobListing) -> None:
    """Stop a job whoever waits for it.

    Raises:
        NotAllowedError: this person may not see everybody's work.
    """
    demand(person, Action.ADMINISTER)
    for asker in job.askers:
        _workshop.stop(job.id, asker)


def own_jobs() -> tuple[JobListing, ...]:
    """This person's own that queue, at whichever tab they asked; none where nothing is to be told.

    Who does not sign in is alone, as a rule: then a page shows what it waits for, and there is
    nothing to tell until one of several waits for another.
    """
    who = _who()
    own = tuple(each for each in _workshop.jobs() if each.queues and each.is_of(who))
    return own if who.person or any(each.place for each in own) else ()


def stop(job: str) -> None:
    """Want a job no longer at any of this person's tabs.

    Args:
        job: `JobListing.id`.
    """
    _workshop.stop(job, _who())


def arrive(person: Person) -> str:
    """Begin a page: say who sits at this session; pages that come too quickly wait a moment.

    Returns:
        a sentence for the person where they have just become too quick; else "".
    """
    st.session_state["asker"] = person.id, person.name
    if not (person.id and settings().runs):
        return ""
    now = time.monotonic()
    bucket: Bucket = st.session_state.setdefault("bucket", Bucket(settings().runs, now))
    told = bucket.is_dry
    if wait := bucket.take(now):
        time.sleep(wait)  # Streamlit joins what is pressed meanwhile into one run
    if told or not bucket.is_dry:
        return ""
    most = counted(round(settings().runs), "page")
    return f"At most {most} a second are drawn for each tab here; yours follow in a moment."


def tab() -> str:
    """This session's name among those who ask; says nothing to others, unlike Streamlit's own."""
    name: str = st.session_state.setdefault("who", uuid4().hex)
    return name


def _who() -> Asker:
    """This session among those who ask."""
    session = tab()
    context = get_script_run_ctx()
    if context is not None:
        _browsers.note(session, context.session_id)
    return Asker(session, *st.session_state.get("asker", ()))


def _is_connected(browser: str) -> bool:
    """Whether a session of Streamlit's has its browser."""
    try:
        return runtime.get_instance().is_active_session(browser)
    except RuntimeError:  # without a server, as in a test, nobody can leave
        return True


def _elsewhere() -> Elsewhere:
    if not settings().database:
        return NOWHERE
    from services.replicas.job_table import JobTable

    others = JobTable()
    atexit.register(others.end)
    return others


_browsers = Browsers(_is_connected)
_workshop: Workshop = OneProcess(
    _browsers, elsewhere=_elsewhere()
)  # of this process, for all people
