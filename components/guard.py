"""What every page begins with: a project to look at, or a wait that can be watched and left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components import shell
from components.text import plain
from gradcam import GradcamError
from services import session
from services.jobs import Job
from services.opening import Opened


def require_project() -> Opened:
    """The open project; where there is none yet, the page ends here with its progress."""
    shell.ensure()
    if page := st.session_state.pop("go_to", None):
        st.switch_page(page)  # a callback cannot do it
    visit = session.require()
    with st.container():  # always there, so that nothing below it moves or closes
        if visit.notice:
            st.warning(plain(visit.notice), icon=":material/info:")
        if visit.waiting is not None:
            _waiting(visit.waiting)
    if visit.opened is None:
        if visit.waiting is None:
            st.info("No project is open. Choose one on the Project page.")
        session.publish()
        st.stop()
    session.publish()
    return visit.opened


@st.fragment(run_every=0.4)
def _waiting(job: Job[Opened]) -> None:
    if job.done:
        st.rerun()
    step = job.progress.step
    text = step.name
    if step.total:
        text += f": {step.done:,} of {step.total:,}"
    if (left := step.seconds_left) is not None and left >= 1:
        text += f", about {left:.0f} s left"
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(step.done / step.total if step.total else 0.0, text=plain(text) + " …")
    if button.button("Stop", key="stop_waiting", width="stretch"):
        session.leave_waiting()
        session.notify("Opening was stopped.")
        st.rerun()


@contextmanager
def guarded() -> Iterator[None]:
    """Turn what the core refuses into its sentence on the page; the rest of the page stands."""
    try:
        yield
    except GradcamError as error:
        st.warning(plain(str(error)), icon=":material/info:")
