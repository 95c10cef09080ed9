"""Who lays heatmaps on pictures: the browser, or the server for a browser that cannot.

A browser is tried once a session: it paints a picture whose numbers are known and reads it back.
Some refuse to run components, some give other numbers, against being recognised.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Final

import numpy as np
import streamlit as st

from components.frame.told import tell_again
from components.programs.sent import sent_by
from services import session
from services.choices.options import DrawnBy
from services.predictions.thumbnails import encoded_heat

PATIENCE: Final = 10.0  # seconds: a browser that has not answered by then does not run components
DRAWS, FAILS, SILENT = "draws", "fails", "silent"  # what a browser answered
_ANSWER, _BESIDE, _PROBE = "browser_answer", "browser_asked", "probe"
_LEVELS: Final = [0, 51, 128, 204, 255]  # grey values of the picture
_PICTURE: Final = base64.b64encode(
    encoded_heat(np.array([_LEVELS], np.float32) / np.float32(255))
).decode()
SCRIPT: Final = (
    f"const LEVELS = {json.dumps(_LEVELS)}\n"
    f'const PICTURE = "data:image/png;base64,{_PICTURE}"\n'
    + (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
)
_mount = st.components.v2.component("gradcam.probe", html="<span hidden></span>", js=SCRIPT)


def browser_fails() -> bool:
    """Whether this browser was tried and cannot draw; False while nobody knows."""
    return bool(st.session_state.get(session.BROWSER_FAILS))


def try_browser() -> None:
    """Find out whether the browser draws; called once a run, beside the page.

    The component stays until it has answered, so that the answer of a slow browser counts as well.
    """
    answer = st.session_state.get(_ANSWER)
    if answer in {DRAWS, FAILS} or session.choices().drawing is DrawnBy.SERVER:
        return
    with st.container(key=_PROBE):
        _mount(key="probe_component", on_answer_change=_take)
        if answer is None:
            st.session_state[_BESIDE] = True
            _wait()


@st.fragment(run_every=PATIENCE)
def _wait() -> None:
    if st.session_state.pop(_BESIDE, False):
        return  # the page is being drawn: time has only begun
    if _ANSWER not in st.session_state:
        _keep(SILENT)
    st.rerun()


def _take() -> None:
    answer = sent_by("probe_component", "answer")
    if answer in {DRAWS, FAILS}:
        _keep(str(answer))
    tell_again()  # the page had only begun


def _keep(answer: str) -> None:
    st.session_state[_ANSWER] = answer
    st.session_state[session.BROWSER_FAILS] = answer != DRAWS
