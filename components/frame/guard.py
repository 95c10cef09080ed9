"""What every page begins with: a project to look at, or a wait that can be watched and left."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import streamlit as st

from components.frame import shell
from components.frame.text import plain
from gradcam import GradcamError
from services import session
from services.opening.opening import Opened
from services.opening.runtime import tensorflow_is_loaded
from services.work.job import Job
from services.work.progress import Stage


def require_project(instead: Callable[[], None] = lambda: None) -> Opened:
    """The open project; where there is none yet, the page ends here with its progress.

    Args:
        instead: what the page draws where nothing is open, nor on its way.
    """
    shell.ensure()
    if page := st.session_state.pop("go_to", None):
        st.switch_page(page)  # a callback cannot do it
    visit = session.require()
    with st.container(key="notices"):  # always there, so that nothing below it moves or closes
        if visit.notice:
            st.warning(plain(visit.notice), icon=":material/info:")
            if session.linked_place() is not None and not shell.on_project_page():
                st.page_link(shell.PROJECT, label="Type the API key", icon=":material/key:")
        if visit.waiting is not None:
            # Each look walks all objects, for which TensorFlow's import has to wait.
            every = 0.4 if tensorflow_is_loaded() else 2.0
            st.fragment(_waiting, run_every=every)(visit.waiting)
    if visit.opened is None:
        if visit.waiting is None:
            st.info("No project is open. Choose one on the Project page.")
            instead()
        session.publish()
        st.stop()
    session.publish()
    return visit.opened


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
        st.warning(plain(str(error)), icon=":material/info:")
