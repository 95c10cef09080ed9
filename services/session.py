"""One person's session: what they chose, which project they look at, what they wait for.

The only service that knows Streamlit. `session_state` holds choices, names and a job on its way;
projects, networks and heatmaps live in the bounded stores that all sessions share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from services.choices.choices import Choices
from services.choices.options import DrawnBy
from services.edge_impulse.access import Access, ApiKey, redact_logs
from services.edge_impulse.host import find_host
from services.edge_impulse.place import StudioPlace, Way, parse_place
from services.errors import ProjectError
from services.opening.opening import (
    Connecting,
    Opened,
    Opening,
    StudioTesting,
    Switching,
    already_open,
)
from services.opening.runtime import tensorflow_is_loaded
from services.opening.warm_up import warm_up
from services.own.pictures import OwnPicture, kept_with
from services.settings import settings
from services.sources.folder import upload_is_gone
from services.sources.reference import SourceKind, SourceReference, parse_reference
from services.work.asked import Asked
from services.work.job import Job
from services.work.one_process import OneProcess
from services.work.presence import Browsers
from services.work.workshop import Workshop

LIVE_IN_BROWSER = ("alpha", "colormap")  # changed there without a run; the link knows first
BROWSER_FAILS = "browser_fails"  # set where this browser was seen not to draw
PATIENCE = 0.8  # seconds: a project that opens faster needs no progress bar
FIRST = "demo:cars"
SERVER = "server"  # asks for the first project; always here
T = TypeVar("T")


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


def server_draws() -> bool:
    """Whether the server lays heatmaps on pictures: somebody chose so, or the browser fails."""
    return choices().drawing is DrawnBy.SERVER or st.session_state.get(BROWSER_FAILS, False)


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
    redact_logs()
    warm_up(lambda: _workshop.ask(Opening(parse_reference(FIRST)), SERVER))
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
    opened = _current()
    only = choices().filter
    read = opened and opened.at(only.threshold, uncertain=only.uncertain)
    return Visit(read, job, notice)


def publish() -> None:
    """Write what was chosen into the link, so that it opens the same view elsewhere."""
    query = choices().to_query()
    if dict(st.query_params) != query:
        st.query_params.from_dict(query)
    st.session_state["published"] = query


def start_opening(reference: SourceReference) -> None:
    """Start opening a source; the project that is open stays until the new one is there.

    Raises:
        ProjectError: it lies in Edge Impulse, and this session holds no key for it.
    """
    access = None
    if reference.kind is SourceKind.STUDIO:
        place = parse_place(reference.place)
        access = _accesses().get((place.origin, place.project))
        if access is None:
            st.session_state["linked"] = place, choices()
            raise ProjectError(
                f"The link is for project {place.project} in Edge Impulse and holds no key; "
                "type the project's API key on the Project page to open it."
            )
    _wait_for(Opening(reference, access), str(reference), access)


def open_with_key(key: str, host: str, way: Way) -> None:
    """Start opening the Edge Impulse project of an API key.

    Raises:
        ProjectError: that is no key, or its host is not allowed here.
    """
    access = Access(ApiKey(key), find_host(host, settings().studio_hosts))
    _wait_for(Connecting(access, way, linked_place()), None, access)


def linked_place() -> StudioPlace | None:
    """The Edge Impulse project of the link that this person came by, while its key is missing."""
    linked: tuple[StudioPlace, Choices] | None = st.session_state.get("linked")
    return linked[0] if linked else None


def access_of(opened: Opened) -> Access | None:
    """This session's key for a project, if it has one."""
    if opened.studio is None:
        return None
    return _accesses().get((opened.studio.place.origin, opened.studio.place.project))


def test_in_studio(opened: Opened) -> None:
    """Start Studio's own model testing, which uses the project's computing time."""
    access = access_of(opened)
    if access is not None:
        _wait_for(StudioTesting(opened, access), str(opened.reference), access)


def _wait_for(asked: Asked[Opened], wanted: str | None, access: Access | None) -> None:
    st.session_state["job"] = ask(asked, instead_of=st.session_state.get("job"))
    st.session_state["wanted"] = wanted
    st.session_state["access"] = access
    st.session_state.pop("notice", None)


def _accesses() -> dict[tuple[str, int], Access]:
    """Keys that Studio accepted in this session, by Studio and project; gone with the session."""
    return st.session_state.setdefault("accesses", {})


def leave_waiting() -> None:
    """Stop opening; what is open stays."""
    job: Job[Opened] | None = st.session_state.pop("job", None)
    for name in ("wanted", "access"):
        st.session_state.pop(name, None)
    if job is not None:
        leave(job)


def ask(asked: Asked[T], instead_of: Job[Any] | None = None) -> Job[T]:
    """Have something made, or join those who are having the same made.

    Args:
        asked: what this person wants.
        instead_of: what they waited for until now in the same place, if anything.
    """
    if instead_of is not None and _workshop.under_way(asked) is not instead_of:
        leave(instead_of)
    return _workshop.ask(asked, _who())


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


def is_on_this_machine() -> bool:
    """Whether the person sits at the machine that runs the server."""
    return not st.context.ip_address  # it tells none of a loopback address


def own_pictures() -> tuple[OwnPicture, ...]:
    """What this person brought in this session, the newest last."""
    kept: tuple[OwnPicture, ...] = st.session_state.get("own_pictures", ())
    return kept


def bring(picture: OwnPicture) -> None:
    """Keep a picture of this person's own, and explain it."""
    st.session_state["own_pictures"] = kept_with(own_pictures(), picture)
    choose("sample", picture.id)


def notify(sentence: str) -> None:
    """Say a sentence on the next page that is drawn."""
    st.session_state["notice"] = sentence


def _read_link() -> None:
    query = dict(st.query_params)
    if "choices" not in st.session_state:
        st.session_state["choices"] = Choices().adopting(query)
        return
    if not server_draws():  # on the server a widget has the word, not the link
        # Streamlit's browser side may send the link as the server wrote it: that is no news.
        written = st.session_state.get("published", {})
        live = {
            key: query[key]
            for key in LIVE_IN_BROWSER
            if key in query and query[key] != written.get(key)
        }
        st.session_state["choices"] = choices().adopting(live)


def _ensure_open() -> Job[Opened] | None:
    """A job for the project of the choices, unless this session has it open."""
    source = choices().source
    visited: str | None = st.session_state.get("visited")
    try:
        reference = parse_reference(source)
        opened = already_open(reference) if visited == source else None
        if opened is None:
            start_opening(reference)  # once a session, so that changed files are noticed
        else:
            _ensure_network(opened)
    except ProjectError as error:
        _fall_back(str(error))
    return st.session_state.get("job")


def _ensure_network(opened: Opened) -> None:
    """Have the chosen one of the project's networks asked; a name that tells none apart goes."""
    chosen = choices().recipe.network
    if opened.project.using(chosen).used != chosen:
        replace_choices(choices().having(network=""))
    wanted = Switching(opened, chosen)
    if wanted.found is None:
        _wait_for(wanted, choices().source, access_of(opened))


def _settle(job: Job[Opened]) -> None:
    """Take a finished job's project, or its sentence."""
    st.session_state.pop("job", None)
    wanted = st.session_state.pop("wanted", None)
    access = st.session_state.pop("access", None)
    if job.result is not None:
        if job.result.studio is not None:
            place = job.result.studio.place
            _accesses()[place.origin, place.project] = access
        _show(job.result, wanted)
    elif job.cancelled:
        _fall_back("Opening was stopped.")
    else:
        _fall_back(job.error or "The project could not be opened.")


def _show(opened: Opened, wanted: str | None) -> None:
    source = wanted or str(opened.reference)
    if source != choices().source:
        choose("source", source)
    linked: tuple[StudioPlace, Choices] | None = st.session_state.get("linked")
    if linked is not None and opened.studio is not None:
        if linked[0] == opened.studio.place:  # the view that the link was made of
            replace_choices(replace(linked[1], source=source))
        st.session_state.pop("linked")
    st.session_state["visited"] = source
    st.session_state["held"] = opened.project.held  # its files stay while somebody looks at it
    _ensure_network(opened)


def _fall_back(sentence: str) -> None:
    """Keep what is open; where nothing is, open the demo beside the sentence.

    Not where an upload is gone: under its link the demo's samples would be taken for one's own.
    """
    opened = _current()
    if opened is not None:
        replace_choices(choices().having(network=opened.project.used))
    source = choices().source
    if st.session_state.get("visited") is None and source != FIRST and not upload_is_gone(source):
        choose("source", FIRST)
        start_opening(parse_reference(FIRST))
    notify(sentence)


def _current() -> Opened | None:
    visited: str | None = st.session_state.get("visited")
    opened = already_open(parse_reference(visited)) if visited else None
    if opened is None:
        return None
    return Switching(opened, choices().recipe.network).found or opened


def go_to(page: str) -> None:
    """Open another page once the callback that calls this has ended."""
    st.session_state["go_to"] = page
