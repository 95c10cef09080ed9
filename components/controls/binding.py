"""Widgets that show a choice, and write it down when a person changes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from components.frame.text import plain
from components.frame.told import told
from services import session

T = TypeVar("T")
_NOTHING = object()


def bind(key: str, value: object) -> None:
    """Give a widget the chosen value before it is drawn.

    A widget of the same key on another page is a new one in the browser, although the server
    still holds its value: it has to be told once on each page.
    """
    if key not in told() or st.session_state.get(key, _NOTHING) != value:
        st.session_state[key] = value
        told().add(key)


def store(key: str) -> None:
    """Keep what a widget was changed to; its callback."""
    if key in st.session_state and st.session_state[key] is not None:
        session.choose(key, st.session_state[key])


def select(
    label: str,
    key: str,
    options: Sequence[T],
    value: T,
    *,
    say: Callable[[T], str] = str,
    help: str | None = None,  # noqa: A002 - Streamlit's own word
    on_change: Callable[[], None] | None = None,
    **more: Any,  # noqa: ANN401 - passed on
) -> None:
    """A select box for one choice; where there is nothing to choose, the only option in words.

    `on_change` takes the place of `store`.
    """
    if len(options) == 1:
        st.caption(f"{label}: {plain(say(options[0]))}")
        return
    bind(key, value)
    st.selectbox(
        label, options, key=key, format_func=say, help=help,
        on_change=on_change or partial(store, key), **more,
    )  # fmt: skip


def segments(
    label: str,
    key: str,
    options: Sequence[T],
    value: T,
    *,
    say: Callable[[T], str] = str,
    help: str | None = None,  # noqa: A002 - Streamlit's own word
) -> None:
    """A row of buttons, one of which is pressed, for one choice; nothing where there is one."""
    if len(options) == 1:
        return
    bind(key, value)
    st.segmented_control(
        label, options, key=key, format_func=say, required=True, help=help, on_change=store,
        args=(key,),
    )  # fmt: skip


def slider(
    label: str,
    key: str,
    low: float,
    high: float,
    value: float,
    step: float,
    **more: Any,  # noqa: ANN401 - passed on
) -> None:
    """A slider for one choice."""
    bind(key, value)
    st.slider(label, low, high, step=step, key=key, on_change=store, args=(key,), **more)


def toggle(label: str, key: str, *, value: bool, help: str | None = None) -> None:  # noqa: A002
    """A switch for one choice."""
    bind(key, value)
    st.toggle(label, key=key, help=help, on_change=store, args=(key,))
