"""Sounds of tiles: a tile asks for its own when it is pressed, and nothing is sent before.

The sound comes in a run of this fragment alone, once for each sample.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final
from uuid import uuid4

import streamlit as st

from components.programs.programs import browser_component
from components.programs.sent import sent_by
from gradcam import PictureError
from services import session
from services.media.sound.wav import wav_bytes
from services.opening.opening import Opened

KEY: Final = "ear"  # of the component, one a page
_WANTED: Final = "ear wanted"  # the sample that was asked for, and a number of the asking
_mount = browser_component(
    "ear", Path(__file__).parent, ("player.js", "ear.js"), "ear.css", html="<i hidden></i>"
)


def sound_address(content: bytes) -> str:
    """The bytes of a WAV file as an address that a browser plays."""
    return f"data:audio/wav;base64,{base64.b64encode(content).decode()}"


@st.fragment
def ear(opened: Opened) -> None:
    """Listen to what tiles ask for; once on a page whose samples can be heard."""

    def wanted() -> None:
        want_sound(str(sent_by(KEY, "wanted")))

    data: dict[str, object] = {"source": str(opened.reference)}
    sample, number = st.session_state.get(_WANTED, ("", ""))
    content = _sound(opened, sample) if sample else b""
    if session.server_draws():
        if content:
            st.audio(content, "audio/wav", autoplay=True)
        return
    if sample:
        address = sound_address(content) if content else ""
        data["sound"] = {"sample": sample, "number": number, "address": address}
    _mount(data=data, key=KEY, on_wanted_change=wanted)


def want_sound(sample: str) -> None:
    """Have a sample's sound played; for callbacks."""
    st.session_state[_WANTED] = sample, uuid4().hex


def _sound(opened: Opened, sample: str) -> bytes:
    """The WAV file of a sample; nothing where it is gone, or makes no sound."""
    predictions = opened.predictions
    position = predictions.positions.get(sample)
    if position is None:
        return b""
    one = predictions.samples[position]
    try:
        heard = opened.project.medium.read(one.path, one.window).heard
    except PictureError:
        return b""
    return b"" if heard is None else wav_bytes(heard.part, heard.rate)
