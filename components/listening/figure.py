"""A sound as a figure: waveform, spectrogram with heat, players, and the windows of its file.

What is played comes in a run of the part of the page that draws the figure, when it is pressed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import streamlit as st

from components.heat.heat import HEAT_PROGRAM
from components.listening.ear import sound_address
from components.programs.programs import browser_component
from components.programs.sent import sent_by
from services.choices.choices import Choices
from services.media.ticks import Tick

_mount = browser_component(
    "listening", Path(__file__).parent, ("player.js", "figure.js"), "figure.css",
    before=HEAT_PROGRAM,
)  # fmt: skip


@dataclass(frozen=True)
class Stretch:
    """A stretch of the file, in seconds; `current` where it is the sample that is looked at."""

    start: float
    stop: float
    words: str = ""
    current: bool = False


@dataclass(frozen=True)
class Wave:
    """A file's waveform.

    Attributes:
        seconds: that it lasts.
        low, high: the least and the largest value of each column, -100..100.
        windows: of the file, where it has several.
        spans: what is labelled in it.
        ticks: of its time.
        alt: what it is, for who cannot see it.
    """

    seconds: float
    low: tuple[int, ...]
    high: tuple[int, ...]
    windows: tuple[Stretch, ...]
    spans: tuple[Stretch, ...]
    ticks: tuple[Tick, ...]
    alt: str


@dataclass(frozen=True)
class RowAxis:
    """The axis of a panel; `top` and `bottom` in shares of the picture's height."""

    top: float
    bottom: float
    unit: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Spectrum:
    """A window's spectrogram.

    Attributes:
        picture, heat: as data addresses.
        aspect: width over height.
        alt: what it is, for who cannot see it.
        start, seconds: when it begins in the file, and how long it lasts.
        ticks: of its time, as in the file.
        panels: of its rows.
    """

    picture: str
    heat: str
    aspect: float
    alt: str
    start: float
    seconds: float
    ticks: tuple[Tick, ...]
    panels: tuple[RowAxis, ...]


@dataclass(frozen=True)
class Player:
    """Something that can be heard.

    Attributes:
        name: that it is asked for by.
        title: on its button.
        about: what it is.
        start, stop: where it lies in the file, in seconds.
    """

    name: str
    title: str
    about: str
    start: float
    stop: float


@dataclass(frozen=True)
class Chip:
    """A window with its verdict, which leads to it."""

    sample: str
    words: str
    verdict: str
    glyph: str
    current: bool = False


def sound_figure(
    key: str,
    wave: Wave,
    spectrum: Spectrum,
    players: Sequence[Player],
    chips: Sequence[Chip],
    choices: Choices,
    identity: str,
    give: Callable[[str], bytes],
    on_click: Callable[[str], None],
) -> None:
    """Draw it.

    Args:
        key: of the component on its page.
        wave: of the file.
        spectrum: of the sample.
        players: the whole sound comes first.
        chips: of the file's windows.
        choices: for opacity and colour map.
        identity: of all that is heard: another one is fetched anew.
        give: the WAV file of a player, by its name; called when it is pressed.
        on_click: gets the id of a window's sample.
    """
    wanted = f"{key} wanted"

    def asked() -> None:
        st.session_state[wanted] = str(sent_by(key, "wanted")), uuid4().hex, identity

    def clicked() -> None:
        if sample := sent_by(key, "clicked"):
            on_click(str(sample))
            st.rerun()  # the whole page, of which this is a part

    parts = [{**asdict(each), "key": f"{identity} {each.name}"} for each in players]
    data = {
        "wave": asdict(wave),
        **{name: value for name, value in asdict(spectrum).items() if name != "start"},
        "window": {"start": spectrum.start, "seconds": spectrum.seconds},
        "parts": parts,
        "chips": [asdict(chip) for chip in chips],
    }
    data["signature"] = hashlib.sha256(json.dumps(data).encode()).hexdigest()
    data |= {"alpha": choices.alpha, "colormap": str(choices.colormap)}
    name, number, of = st.session_state.get(wanted, ("", "", ""))
    part = next((each for each in parts if each["name"] == name), None)
    if part is not None and of == identity:  # the same data may have to come again
        address = sound_address(give(name))
        data["sound"] = {"key": part["key"], "number": number, "address": address}
    _mount(data=data, key=key, on_wanted_change=asked, on_clicked_change=clicked)
