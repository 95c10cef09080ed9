"""One person's session: what they chose, which project they look at, what they wait for.

With `asking` the only service that knows Streamlit. `session_state` holds choices, names and a job
on its way; projects, networks and heatmaps live in the bounded stores that all sessions share.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from services.asking import arrive, ask, begin, leave
from services.choices.choices import Choices
from services.choices.options import DrawnBy
from services.edge_impulse.access import Access, redact_logs
from services.edge_impulse.key_ring import KeyRing
from services.edge_impulse.place import parse_place
from services.errors import NotesError, ProjectError
from services.keeping.ageing import begin_ageing
from services.landing import Recent, Visit, greet, links_to, note_figure_of, view_of, with_recent
from services.opening.opening import Opened, Opening, already_open
from services.opening.runtime import tensorflow_is_loaded
from services.opening.switching import Switching, switching
from services.opening.warm_up import warm_up
from services.own.pictures import OwnPicture, kept_with
from services.people.person import Person
from services.people.sign_in import HEADER, asking
from services.sources.reference import SourceReference, parse_reference
from services.sources.upload import demand_upload
from services.work.asked import Asked
from services.work.job import Job

LIVE_IN_BROWSER = ("alpha", "colormap")  # changed there without a run; the link knows first
BROWSER_FAILS = "browser_fails"  # set where this browser was seen not to draw
PATIENCE = 0.8  # seconds: a project that opens faster needs no progress bar


def choices() -> Choices:
    """What this person chose."""
    return st.session_state.get("choices") or Choices()


def person() -> Person:
    """Who is asking.

    Raises:
        SignedOutError: nobody who is signed in; also where they signed out in another tab.
    """
    return asking(lambda: st.context.headers.get(HEADER))


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

    A deep link on a fresh server runs a page without `dashboard.py`, so it needs nothing of that.
    """
    redact_logs()
    here = person()
    if st.session_state.get("whose", here.id) != here.id:  # a tab whose connection came back
        st.session_state.clear()
        st.rerun()  # as if they had just come
    st.session_state["whose"] = here.id
    if sentence := arrive(here):
        notify(sentence)
    greet(here)
    warm_up(begin)
    begin_ageing()
    _read_link()
    job: Job[Opened] | None = st.session_state.get("job") or _ensure_open()
    # While TensorFlow is imported, a wait would only keep the first page from the eye.
    if job is not None and job.wait(PATIENCE if tensorflow_is_loaded() else 0.0):
        _settle(job)
        job = st.session_state.get("job")
    notice, error = st.session_state.get("notice"), st.session_state.get("trouble")
    if job is None and _current() is None and _refused() is None:  # it left memory meanwhile
        job = _ensure_open()
        st.session_state.update(notice=notice, trouble=error)
    opened, refused = _current(), _refused()
    if job is None:  # while something is on its way, the page is drawn again: keep the sentences
        _forget("notice", "trouble")
        error = error or (None if notice else refused)
    replace_choices(now := choices().read_by(here.id))
    read = opened and now.filter.judging(opened)
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
        ProjectError: it is an upload that this person may not open; or it lies in Edge Impulse,
            and neither do they hold a key for it, nor is it shared with them.
    """
    access = access_to(reference)
    wait_for(Opening(reference, access), str(reference), access)


def access_to(reference: SourceReference) -> Access | None:
    """Have a source be one that this person may open; what it takes to open it, if anything."""
    demand_upload(person(), reference)
    if not reference.kind.needs_key:
        return None
    return keys().access(person(), parse_place(reference.place))


def wait_for(asked: Asked[Opened], wanted: str | None, access: Access | None) -> None:
    """Wait for a project; the one that is open stays until the new one is there.

    Args:
        asked: the project.
        wanted: its source, where it is known.
        access: what it is opened with, in Edge Impulse.
    """
    st.session_state["job"] = ask(asked, instead_of=st.session_state.get("job"))
    st.session_state["wanted"] = wanted
    st.session_state["access"] = access
    _forget("notice", "trouble")


def keys() -> KeyRing:
    """What this person may open projects in Edge Impulse with, in this session."""
    rings: dict[str, KeyRing] = st.session_state.setdefault("key_ring", {})
    return rings.setdefault(person().id, KeyRing())


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
    return tuple(st.session_state.get("own_pictures", ()))


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
        access_to(reference)
        # Each is opened once a session, so that changed files are noticed.
        mine = any(each.source == source for each in recent())
        opened = already_open(reference) if mine else None
        if opened is None:
            start_opening(reference)
        elif is_shown():
            _ensure_network(opened)
            _ensure_news(opened)
        else:
            _show(opened, source)
    except (ProjectError, NotesError) as error:
        _refuse(str(error))
    return st.session_state.get("job")


def _ensure_network(opened: Opened) -> None:
    """Have the chosen one of the project's networks asked; what tells none apart goes."""
    wanted = _chosen_network(opened)
    replace_choices(choices().having(network=wanted.network, arithmetic=wanted.arithmetic))
    if wanted.found is None:
        wait_for(wanted, choices().source, None)


def _chosen_network(opened: Opened) -> Switching:
    return switching(opened, choices().recipe.network, choices().recipe.arithmetic)


def _ensure_news(opened: Opened) -> None:
    """Have what another server fetched of it, once, if this session may; it is shown meanwhile."""
    news = opened.news
    if news and "job" not in st.session_state and news != st.session_state.get("news"):
        st.session_state["news"] = news
        with suppress(ProjectError):  # without a key
            start_opening(opened.reference)


def _settle(job: Job[Opened]) -> None:
    """Take a finished job's project, or its sentence."""
    st.session_state.pop("job", None)
    wanted = st.session_state.pop("wanted", None)
    access = st.session_state.pop("access", None)
    if job.result is not None:
        if access and (studio := job.result.studio):
            keys().keep(studio.place, access)
        _show(job.result, wanted or str(job.result.reference))
        note_figure_of(person(), job.result)
        return
    sentence = job.error or "Opening was stopped."
    opened = _current()
    if opened is None and links_to(choices().source, wanted):
        _refuse(sentence)
        return
    if opened is not None:  # and the network that was shown
        project = opened.project
        replace_choices(choices().having(network=project.used, arithmetic=project.arithmetic))
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
    shown = is_shown() and _refused() is None  # it may be shared no longer
    opened = already_open(parse_reference(choices().source)) if shown else None
    return opened and (_chosen_network(opened).found or opened)


def _forget(*names: str) -> None:
    for name in names:
        st.session_state.pop(name, None)


def go_to(page: str) -> None:
    """Open another page once the callback that calls this has ended."""
    st.session_state["go_to"] = page
