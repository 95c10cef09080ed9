"""What every page begins with: a project to look at, or a wait that can be watched and left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from components.frame import shell
from components.frame.header import header
from components.frame.text import plain
from components.listening.ear import ear
from gradcam import GradcamError
from services import session, studio_session
from services.landing import Visit
from services.opening.opening import Opened
from services.opening.runtime import tensorflow_is_loaded
from services.people.person import Action, Person, reason_against
from services.work.job import Job
from services.work.progress import Stage


def require_project() -> Opened:
    """The project of the link; where it is not open yet, the page ends here with its progress.

    Where it cannot be opened the page ends with the reason and the form that opens another:
    nothing else is ever shown under its link.
    """
    visit = _begun()
    if visit.opened is None:
        if visit.is_refused:
            _ways_on(visit)
        st.stop()
    if visit.opened.project.medium.axes is not None:
        ear(visit.opened)
    return visit.opened


def require_admin() -> Person:
    """The admin who looks; for anybody else the page ends here, with a sentence that says so.

    It needs no project: it is there also where none can be opened.
    """
    _begun()
    person = session.person()
    alone = "There is nobody to administer: this dashboard has no sign-in."
    if reason := reason_against(person, Action.ADMINISTER) if person.signed_in else alone:
        st.error(plain(reason), icon=":material/block:")
        st.stop()
    return person


def _begun() -> Visit:
    """What the page has to show, once its head is drawn."""
    shell.ensure()
    if page := st.session_state.pop("go_to", None):
        st.switch_page(page)  # a callback cannot do it
    visit = session.require()
    header(visit)
    with st.container(key="notices"):  # always there, so that nothing below it moves or closes
        if visit.error:
            st.error(plain(visit.error), icon=":material/error:")
        if visit.notice:
            st.warning(plain(visit.notice), icon=":material/info:")
        if visit.waiting is not None:
            # Each look walks all objects, for which TensorFlow's import has to wait.
            every = 0.4 if tensorflow_is_loaded() else 2.0
            st.fragment(_waiting, run_every=every)(visit.waiting)
    return visit


def _ways_on(visit: Visit) -> None:
    """What a person can do where the project of the link cannot be opened."""
    if visit.waiting is None and studio_session.linked_place() is None:
        st.button("Try again", key="try_again", icon=":material/refresh:",
                  on_click=session.try_again)  # fmt: skip
    shell.draw_opening_form()


def _waiting(job: Job[Opened]) -> None:
    if job.done:
        st.rerun()
    if job.progress.stages:
        st.container(border=True).markdown(_stepper(job.progress.stages))
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress.step.share, text=plain(str(job)) + " …")
    if job.progress.skips and bar.button(job.progress.skips, key="skip_step"):
        job.progress.skip()
    if button.button("Stop", key="stop_waiting", width="stretch"):
        session.leave_waiting()
        session.notify("Opening was stopped.")
        st.rerun()


def _stepper(stages: Sequence[Stage]) -> str:
    """The stages as a list: done with its outcome, being done, still to come."""
    current = next((stage for stage in stages if stage.outcome is None), None)
    lines = []
    for stage in stages:
        if stage.outcome is not None:
            lines.append(f":green[✓] **{plain(stage.name)}** {plain(stage.outcome)}")
        elif stage is current:
            lines.append(f":orange[●] **{plain(stage.name)}**")
        else:
            lines.append(f":gray[○ {plain(stage.name)}]")
    return "  \n".join(lines)


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what the core refuses into its sentence on the page; the rest of the page stands."""
    try:
        yield
    except GradcamError as error:
        st.error(plain(str(error)), icon=":material/error:")
