"""The keys of a page and the menu of flags: what is told to the browser, and what comes back.

Streamlit's own shortcuts lose quick presses and die while a slider has the focus.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.programs.programs import browser_component
from components.programs.sent import sent_by

Act = Mapping[str, Any]
Handled = tuple[str, int]  # a visit, and the number of the last act of it
KEY = "keys"  # of the component, one a page
_HANDLED, _DRAWN = "keys handled", "keys drawn"  # the last act; what was sent when it was drawn
NOTHING: Handled = ("", 0)
_mount = browser_component(
    "keys", Path(__file__).parent, ("keys.js", "steps.js", "menu.js"), "keys.css"
)


@dataclass(frozen=True)
class FlagsSaid:
    """What is said of a sample.

    Attributes:
        flags: the words.
        label: what it should be; "" for nothing.
        note: one line.
        words: all of it.
    """

    flags: tuple[str, ...]
    label: str
    note: str
    words: str


@dataclass(frozen=True)
class Walk:
    """Tiles that `J` and `K` step through.

    Attributes:
        boards: how the keys of their boards begin.
        whole: whether a board is one step, else each of its tiles.
        page, pages: which page of how many is drawn, from 1.
    """

    boards: str
    whole: bool = False
    page: int = 1
    pages: int = 1


@dataclass(frozen=True)
class Link:
    """Where else the sample can be looked at."""

    words: str
    address: str


@dataclass(frozen=True)
class Keys:
    """What the keys of a page do.

    Attributes:
        flags: words that a sample can be flagged with.
        labels: what a label can be; the digits suggest the first nine.
        none: what is told where a digit suggests nothing.
        said: what is said of the samples that are shown, by their ids.
        undo: the last thing that was said; "" where there is nothing to take back.
        news: what a person is told once, and its number.
        help: keys and what they do.
        walk: tiles to step through; None where one sample is shown.
        sample: the one that is shown.
        place, count: where it stands in its list, from 0.
        overlays: whether the server draws or hides overlays, else the browser.
        link: of the sample, if any.
        done: whether a sample can be called done, where others are told of it.
        plays: whether samples can be listened to.
    """

    flags: tuple[str, ...]
    labels: tuple[str, ...]
    none: str
    said: Mapping[str, FlagsSaid]
    undo: str
    news: tuple[int, str]
    help: tuple[tuple[str, str], ...]
    walk: Walk | None = None
    sample: str = ""
    place: int = -1
    count: int = 0
    overlays: bool = False
    link: Link | None = None
    done: bool = False
    plays: bool = False


def came_from_keys() -> bool:
    """Whether keys brought the run; for callbacks, of which Streamlit knows no order.

    Other widgets then still have the value that they had before the press, and nobody chose it.
    """
    sent = sent_by(KEY, "acts")
    return bool(sent) and sent != st.session_state.get(_DRAWN)


def key_bar(told: Keys, on_act: Callable[[Act], None]) -> None:
    """Draw the bar and hear the keys.

    Args:
        told: what they do.
        on_act: gets each thing that a person did, once and in order: one of `step`, `page` (by how
            many), `overlay`, `undo`, or with `sample` ("" for the shown one) `flag` and `label`,
            `note`, `taken`, `done`.
    """

    def acted() -> None:
        handled = st.session_state.get(_HANDLED, NOTHING)
        for act, then in unheard(sent_by(KEY, "acts"), handled):
            on_act(act)
            st.session_state[_HANDLED] = then

    handled = st.session_state.setdefault(_HANDLED, NOTHING)
    st.session_state[_DRAWN] = sent_by(KEY, "acts")
    _mount(
        data={**asdict(told), "handled": list(handled)},
        key=KEY,
        width="stretch" if told.walk else "content",
        on_acts_change=acted,
    )


def unheard(sent: object, handled: Handled) -> list[tuple[Act, Handled]]:
    """What the browser sent and nobody has handled yet, each with what is handled after it.

    Args:
        sent: `visit` and `acts` with their `number`; nothing of what makes no sense counts.
        handled: the visit and the number of the last act that was handled.
    """
    match sent:
        case {"visit": str(visit), "acts": [*acts]}:
            last = handled[1] if handled[0] == visit else 0
            numbered = [
                (act["number"], act)
                for act in acts
                if isinstance(act, dict) and isinstance(act.get("number"), int)
            ]
            return [(act, (visit, number)) for number, act in numbered if number > last]
    return []
