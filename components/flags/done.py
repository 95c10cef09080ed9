"""What a person did in this session, to be undone, and what could not be kept."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from services import session
from services.notes.notebook import undo

# In this session: changes to undo, why one could not be kept, what is told once and its number.
_DONE, _TROUBLE, _NEWS = "flags_done", "flags_trouble", "flags_news"
MOST = 50  # changes that can be undone
_Change = tuple[str, tuple[int, ...]]  # in words, and the numbers of its events


def remember(words: str, events: tuple[int, ...]) -> None:
    """Let changes be undone from this session's bar.

    Args:
        words: what was said, of which sample.
        events: the changes; nothing is remembered where there are none.
    """
    if events:
        done = _done()
        done.append((words, events))
        del done[:-MOST]
        tell_once(words)


def undo_last() -> None:
    """Take the last change back.

    Raises:
        NotesError: somebody changed it since, or the notes cannot be written.
    """
    if done := _done():
        words, events = done.pop()
        undo(session.person(), events)
        tell_once(f"Undone: {words}")


def last_done() -> str:
    """The last change in words; "" where there is nothing to take back."""
    done = _done()
    return done[-1][0] if done else ""


def _done() -> list[_Change]:
    done: list[_Change] = st.session_state.setdefault(_DONE, [])
    return done


def tell_once(words: str) -> None:
    """Tell a person something once, where they look."""
    number, _ = told_once()
    st.session_state[_NEWS] = number + 1, words


def told_once() -> tuple[int, str]:
    """What a person is told once, and its number."""
    told: tuple[int, str] = st.session_state.get(_NEWS, (0, ""))
    return told


def not_kept(sentence: str) -> None:
    """Say on the next page that is drawn what could not be kept."""
    st.session_state[_TROUBLE] = sentence


def not_kept_shown() -> None:
    """Say once what could not be kept."""
    if trouble := st.session_state.pop(_TROUBLE, None):
        st.error(plain(trouble), icon=":material/error:")
