"""Work that takes its time: a button that starts it, how far it is, a way to leave."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components.frame.text import plain
from services import asking, session
from services.heatmaps.slow import Wanted
from services.work.asked import Asked
from services.work.job import Job

MAPS = "maps"  # the place of slow maps, which a choice may start without a click
PATIENCE = 0.5  # seconds: what is there sooner needs no progress bar


def maps_ready(asked: Wanted, *, main: bool = True) -> bool:
    """Whether every map that a page is about to draw is there; if not, it shows what to do."""
    maps = "heatmap" if asked.missing == 1 else f"{asked.missing:,} heatmaps"
    about = f"{asked.methods} runs the network many times for each sample."
    return ready(asked, MAPS, f"Compute {maps}", about, auto=session.choices().auto, main=main)


def ready(
    asked: Asked[Any], key: str, label: str, about: str, *, auto: bool = False, main: bool = False
) -> bool:
    """Whether what is asked for is there; if not, the page shows a button, or why there is none.

    Args:
        asked: what is wanted.
        key: of this place on the page.
        label: of the button that starts it.
        about: the sentence above the button.
        auto: whether it starts without the button.
        main: whether it is what the page is for.
    """
    if not asked.fit:
        st.info(plain(asked.fit.reason))
        return False
    if not asked.missing:
        return True
    mine = _own(asked, key)
    wanted = auto and st.session_state.get(f"left_{key}") != asked.digest
    if mine is None and (wanted or asking.is_lost(asked)):
        _ask(asked, key)
        mine = _own(asked, key)
    if mine is not None and mine.wait(PATIENCE):
        if not asked.missing:
            return True
        if mine.error:
            st.error(plain(mine.error), icon=":material/error:")
        mine = None
    if mine is not None:
        _progress(mine, key)
        return False
    with st.container(border=True, key=f"offer_{key}"):
        st.markdown(plain(about))
        with st.container(horizontal=True, vertical_alignment="center"):
            icon = ":material/play_arrow:"
            st.button(
                label,
                key=f"make_{key}",
                icon=icon,
                type="primary" if main else "secondary",
                on_click=_ask,
                args=(asked, key),
            )
            if (price := asked.price) is not None:
                st.caption(plain(str(price.tried())))
    return False


def _own(asked: Asked[Any], key: str) -> Job[Any] | None:
    digest, job = st.session_state.get(f"job_{key}", ("", None))
    return job if digest == asked.digest else None


def _ask(asked: Asked[Any], key: str) -> None:
    _, before = st.session_state.get(f"job_{key}", ("", None))
    job = asking.ask(asked, instead_of=before)  # a person looks at one thing at a time
    st.session_state[f"job_{key}"] = asked.digest, job
    st.session_state.pop(f"left_{key}", None)


@st.fragment(run_every=0.4)
def _progress(job: Job[Any], key: str) -> None:
    if job.done:
        st.rerun()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress.step.share, text=plain(str(job)) + " …")
    if button.button("Stop", key=f"stop_{key}", width="stretch"):
        st.session_state[f"left_{key}"], _ = st.session_state.pop(f"job_{key}")
        asking.leave(job)
        if key == MAPS:
            session.choose("auto", value=False)
        st.rerun()
