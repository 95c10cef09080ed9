"""One person's session: what they chose, which project they look at, what they wait for.

With `asking` the only service that knows Streamlit. `session_state` holds choices, names and a job
on its way; projects, networks and heatmaps live in the bounded stores that all sessions share.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from services.asking import ask, begin, leave
from services.choices.choices import Choices
from services.choices.options import DrawnBy
from services.edge_impulse.access import Access, ApiKey, redact_logs
from services.edge_impulse.host import find_host
from services.edge_impulse.place import StudioPlace, Way, parse_place
from services.errors import KeyMissingError, ProjectError
from services.landing import Recent, Visit, linked_studio_place, view_of, with_recent
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
from services.sources.reference import SourceReference, parse_reference
from services.work.asked import Asked
from services.work.job import Job

LIVE_IN_BROWSER = ("alpha", "colormap")  # changed there without a run; the link knows first
BROWSER_FAILS = "browser_fails"  # set where this browser was seen not to draw
PATIENCE = 0.8  # seconds: a project that opens faster needs no progress bar
FIRST = "demo:cars"


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
    warm_up(lambda: begin(Opening(parse_reference(FIRST))))
    _read_link()
    job: Job[Opened] | None = st.session_state.get("job") or _ensure_open()
    # While TensorFlow is being imported, a wait would only keep the first page from the eye.
    if job is not None and job.wait(PATIENCE if tensorflow_is_loaded() else 0.0):
        _settle(job)
        job = st.session_state.get("job")
    opened, refused = _current(), _refused()
    notice, error = st.session_state.get("notice"), st.session_state.get("trouble")
    if job is None:  # while something is on its way, the page is drawn again: keep the sentences
        _forget("notice", "trouble")
        error = error or (None if notice else refused)
    only = choices().filter
    read = opened and opened.at(only.threshold, uncertain=only.uncertain)
    return Visit(read, job, notice, error, refused is not None)


def publish() -> dict[str, str]:
    """What was chosen, as the link says it; `components/address` writes it into the address.

    Streamlit's browser side, once that is there, has to know it for a connection made again.
    """
    query = choices().to_query()
    if "published" in st.session_state and dict(st.query_params) != query:
        st.query_params.from_dict(query)
    if "job" not in st.session_state:
        st.session_state["published"] = query
    return query


def start_opening(reference: SourceReference) -> None:
    """Start opening a source; the project that is open stays until the new one is there.

    Raises:
        ProjectError: it lies in Edge Impulse, and this session holds no key for it.
    """
    access = None
    if reference.kind.needs_key:
        place = parse_place(reference.place)
        access = _accesses().get((place.origin, place.project))
        if access is None:
            raise KeyMissingError(place.project)
    _wait_for(Opening(reference, access), str(reference), access)


def open_with_key(key: str, host: str, way: Way) -> None:
    """Start opening the Edge Impulse project of an API key.

    Raises:
        ProjectError: that is no key, or its host is not allowed here.
    """
    access = Access(ApiKey(key), find_host(host, settings().studio_hosts))
    _wait_for(Connecting(access, way, linked_place()), None, access)


def unopened_source() -> SourceReference | None:
    """What the link names, while it is not open; None where that cannot be read."""
    try:
        return None if is_shown() else parse_reference(choices().source)
    except ProjectError:
        return None


def linked_place() -> StudioPlace | None:
    """The Edge Impulse project of the link that this person came by, while it is not open."""
    return None if is_shown() else linked_studio_place(choices().source)


def access_of(opened: Opened) -> Access | None:
    """This session's key for a project, if it has one."""
    place = opened.studio and opened.studio.place
    return _accesses().get((place.origin, place.project)) if place else None


def test_in_studio(opened: Opened) -> None:
    """Start Studio's own model testing, which uses the project's computing time."""
    if access := access_of(opened):
        _wait_for(StudioTesting(opened, access), str(opened.reference), access)


def _wait_for(asked: Asked[Opened], wanted: str | None, access: Access | None) -> None:
    st.session_state["job"] = ask(asked, instead_of=st.session_state.get("job"))
    st.session_state["wanted"] = wanted
    st.session_state["access"] = access
    _forget("notice", "trouble")


def _accesses() -> dict[tuple[str, int], Access]:
    """Keys that Studio accepted in this session, by Studio and project; gone with the session."""
    return st.session_state.setdefault("accesses", {})


def leave_waiting() -> None:
    """Stop opening; what is open stays, and what the link names is not tried again by itself."""
    if not is_shown():
        _refuse("Opening was stopped.")
    _stop_waiting()


def _stop_waiting() -> None:
    job: Job[Opened] | None = st.session_state.pop("job", None)
    _forget("wanted", "access")
    if job is not None:
        leave(job)


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


def complain(sentence: str) -> None:
    """Say on the next page that is drawn what could not be done."""
    st.session_state["trouble"] = sentence


def recent() -> tuple[Recent, ...]:
    """The last projects that this session had open; the one that is shown comes last."""
    return st.session_state.get("recent", ())


def try_again() -> None:
    """Open what the link names once more; for where it could not be opened."""
    _forget("refused")


def _read_link() -> None:
    query, context = dict(st.query_params), get_script_run_ctx()
    led_here = context is not None and context.is_history_navigation  # from another page
    if "choices" not in st.session_state or led_here:
        take_view(query)
    else:
        replace_choices(choices().adopting(_changed_in_browser()))


def follow_browser() -> None:
    """Take what was changed in the browser since the last run of a page."""
    if live := _changed_in_browser():
        replace_choices(choices().adopting(live))


def _changed_in_browser() -> dict[str, str]:
    if server_draws():  # then a widget has the word, not the link
        return {}
    # Streamlit's browser side may send the link as the server wrote it: that is no news.
    written = st.session_state.get("published", {})
    query = st.query_params
    return {
        name: query[name]
        for name in LIVE_IN_BROWSER
        if name in query and query[name] != written.get(name)
    }


def take_view(query: Mapping[str, str]) -> None:
    """Take the view that a link says, and nothing else."""
    followed = Choices().adopting(query)
    if followed.source != choices().source:
        _stop_waiting()  # it was for the other view
    replace_choices(followed)
    try_again()


def _ensure_open() -> Job[Opened] | None:
    """A job for the project of the choices, unless this session has it open or cannot open it."""
    source = choices().source
    if _refused():
        return None
    try:
        reference = parse_reference(source)
        # Each is opened once a session, so that changed files are noticed.
        mine = any(each.source == source for each in recent())
        opened = already_open(reference) if mine else None
        if opened is None:
            start_opening(reference)
        elif is_shown():
            _ensure_network(opened)
        else:
            _show(opened, source)
    except ProjectError as error:
        _refuse(str(error))
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
        if studio := job.result.studio:
            _accesses()[studio.place.origin, studio.place.project] = access
        _show(job.result, wanted or str(job.result.reference))
        return
    sentence = job.error or "Opening was stopped."
    if wanted == choices().source and not is_shown():
        _refuse(sentence)
        return
    if (opened := _current()) is not None:  # and the network that was shown
        replace_choices(choices().having(network=opened.project.used))
    complain(sentence)


def _show(opened: Opened, source: str) -> None:
    replace_choices(view_of(choices(), source, opened, seen=is_shown()))
    _forget("refused")
    st.session_state["visited"] = source
    st.session_state["recent"] = with_recent(recent(), source, opened)
    st.session_state["held"] = opened.project.held  # its files stay while somebody looks at it
    _ensure_network(opened)


def is_shown() -> bool:
    """Whether the project that the link names is the one that this session looks at."""
    return st.session_state.get("visited") == choices().source


def _refuse(sentence: str) -> None:
    """Keep in mind why what the link names is not opened: it is not tried at each run."""
    st.session_state["refused"] = choices().source, sentence


def _refused() -> str | None:
    """Why what the choices name is not opened, if so."""
    source, sentence = st.session_state.get("refused", (None, None))
    return sentence if source == choices().source else None


def _current() -> Opened | None:
    """The project of the choices; never another one under its link."""
    opened = already_open(parse_reference(choices().source)) if is_shown() else None
    return opened and (Switching(opened, choices().recipe.network).found or opened)


def _forget(*names: str) -> None:
    for name in names:
        st.session_state.pop(name, None)


def go_to(page: str) -> None:
    """Open another page once the callback that calls this has ended."""
    st.session_state["go_to"] = page
