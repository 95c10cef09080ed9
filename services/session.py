"""One person's session: what they chose, which project they look at, what they wait for.

The only service that knows Streamlit. `session_state` holds choices, names and a job on its way;
projects, networks and heatmaps live in the bounded stores that all sessions share.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from services.choices import Choices
from services.errors import ProjectError
from services.jobs import Job
from services.opening import Opened, already_open, start_opening
from services.runtime import tensorflow_is_loaded
from services.sources.reference import SourceReference, parse_reference
from services.warm_up import warm_up

LIVE_IN_BROWSER = ("alpha", "colormap")  # changed there without a run; the link knows first
PATIENCE = 0.8  # seconds: a project that opens faster needs no progress bar
FIRST = "demo:cars"


@dataclass(frozen=True)
class Visit:
    """What a page has to show.

    Attributes:
        opened: the project, None while the very first one is being opened.
        waiting: a project on its way, if any.
        notice: one sentence on what could not be done, if so.
    """

    opened: Opened | None
    waiting: Job[Opened] | None
    notice: str | None


def choices() -> Choices:
    """What this person chose."""
    return st.session_state.get("choices") or Choices()


def choose(name: str, value: object) -> None:
    """Change one choice, and what follows from it."""
    st.session_state["choices"] = choices().changed(name, value)


def replace_choices(new: Choices) -> None:
    """Change several choices at once."""
    st.session_state["choices"] = new


def require() -> Visit:
    """The guard that every page begins with: read the link, have the project, or wait for it.

    A deep link on a fresh server runs a page without `app.py`, so this must need nothing from it.
    """
    warm_up(parse_reference(FIRST))
    _read_link()
    job: Job[Opened] | None = st.session_state.get("job")
    if job is None:
        job = _ensure_open()
    # While TensorFlow is being imported, a wait would only keep the first page from the eye.
    if job is not None and job.wait(PATIENCE if tensorflow_is_loaded() else 0.0):
        _settle(job)
        job = st.session_state.get("job")
    notice = st.session_state.get("notice")
    if job is None:  # while something is on its way, the page is drawn again: keep the sentence
        st.session_state.pop("notice", None)
    return Visit(_current(), job, notice)


def publish() -> None:
    """Write what was chosen into the link, so that it opens the same view elsewhere."""
    query = choices().to_query()
    if dict(st.query_params) != query:
        st.query_params.from_dict(query)


def open_source(reference: SourceReference) -> None:
    """Start opening a source; the project that is open stays until the new one is there."""
    leave_waiting()
    st.session_state["wanted"] = str(reference)
    st.session_state["job"] = start_opening(reference)
    st.session_state.pop("notice", None)


def leave_waiting() -> None:
    """Stop opening; what is open stays."""
    job: Job[Opened] | None = st.session_state.pop("job", None)
    st.session_state.pop("wanted", None)
    if job is not None:
        job.leave()


def notify(sentence: str) -> None:
    """Say a sentence on the next page that is drawn."""
    st.session_state["notice"] = sentence


def _read_link() -> None:
    query = dict(st.query_params)
    if "choices" not in st.session_state:
        st.session_state["choices"] = Choices().adopting(query)
        return
    if choices().drawing == "browser":  # on the server a widget has the word, not the link
        live = {key: query[key] for key in LIVE_IN_BROWSER if key in query}
        st.session_state["choices"] = choices().adopting(live)


def _ensure_open() -> Job[Opened] | None:
    """A job for the project of the choices, unless this session has it open."""
    source = choices().source
    visited: str | None = st.session_state.get("visited")
    try:
        reference = parse_reference(source)
        if visited == source and already_open(reference) is not None:
            return None
        open_source(reference)  # once a session, so that changed files are noticed
    except ProjectError as error:
        _fall_back(str(error))
    return st.session_state.get("job")


def _settle(job: Job[Opened]) -> None:
    """Take a finished job's project, or its sentence."""
    st.session_state.pop("job", None)
    wanted = str(st.session_state.pop("wanted", choices().source))
    if job.result is not None:
        if wanted != choices().source:
            choose("source", wanted)
        st.session_state["visited"] = wanted
    elif job.cancelled:
        _fall_back("Opening was stopped.")
    else:
        _fall_back(job.error or "The project could not be opened.")


def _fall_back(sentence: str) -> None:
    """Keep what is open; where nothing is, open the demo beside the sentence."""
    if st.session_state.get("visited") is None and choices().source != FIRST:
        choose("source", FIRST)
        open_source(parse_reference(FIRST))
    notify(sentence)


def _current() -> Opened | None:
    visited: str | None = st.session_state.get("visited")
    return already_open(parse_reference(visited)) if visited else None


def go_to(page: str) -> None:
    """Open another page once the callback that calls this has ended."""
    st.session_state["go_to"] = page
