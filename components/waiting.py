"""Maps that take their time: a button that starts them, how far they are, a way to leave."""

from __future__ import annotations

import streamlit as st

from components.text import plain
from services import session
from services.explaining import Wanted
from services.jobs import Job

PATIENCE = 0.5  # seconds: what is there sooner needs no progress bar
_JOB = "explaining"


def ready(asked: Wanted) -> bool:
    """Whether every map that is wanted is there; where not, the page shows what to do.

    Args:
        asked: what the page is about to draw.
    """
    if not asked.missing:
        return True
    digest, job = st.session_state.get(_JOB, ("", None))
    mine = job if digest == asked.digest else None
    if mine is None and session.choices().auto:
        mine = _start(asked)
    if mine is not None and (mine.wait(PATIENCE) or mine.done):
        if not asked.missing:
            return True
        if mine.error:
            st.warning(plain(mine.error), icon=":material/info:")
        mine = None
    if mine is not None:
        _progress(mine)
    else:
        _offer(asked)
    return False


def _start(asked: Wanted) -> Job[None]:
    _, before = st.session_state.get(_JOB, ("", None))
    if before is not None and not before.done:
        before.leave()  # a person looks at one thing at a time
    job = asked.start()
    st.session_state[_JOB] = asked.digest, job
    return job


def _offer(asked: Wanted) -> None:
    maps = "1 heatmap" if asked.missing == 1 else f"{asked.missing:,} heatmaps"
    with st.container(border=True, key="slow"):
        st.markdown(f"{plain(asked.methods)} takes many runs of the network for each picture.")
        st.button(
            f"Make {maps}",
            key="make_maps",
            icon=":material/play_arrow:",
            on_click=_start,
            args=(asked,),
        )


@st.fragment(run_every=0.4)
def _progress(job: Job[None]) -> None:
    if job.done:
        st.rerun()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress.step.share, text=plain(str(job.progress.step)) + " …")
    if button.button("Stop", key="stop_maps", width="stretch"):
        job.leave()
        session.choose("auto", value=False)
        st.rerun()
