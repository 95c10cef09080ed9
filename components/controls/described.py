"""Controls that a task describes, each drawn by what it is."""

from __future__ import annotations

from functools import singledispatch

import streamlit as st

from components.controls.binding import bind, segments, select, store
from services import session
from services.tasks.shown import Choose, Limit, Press, SpanChoice, ValueSpan


@singledispatch
def described(control: object) -> None:
    """Draw a control, bound to its choice."""
    raise TypeError(f"there is no control for {type(control).__name__}")


@described.register
def _(control: Choose) -> None:
    names = ["", *control.names]
    value = session.choices().value(control.key)
    select(
        control.label,
        control.key,
        names,
        value if value in names else "",
        say=lambda name: name or control.every,
    )


@described.register
def _(control: Press) -> None:
    value = session.choices().value(control.key)
    chosen = value if value in control.words else control.words[0]
    segments(control.label, control.key, control.words, chosen, help=control.help or None)


@described.register
def _(control: SpanChoice) -> None:
    choices = session.choices()

    def keep() -> None:
        low, high = st.session_state[control.key]
        session.choose(control.low_key, low)
        session.choose(control.high_key, high)

    bind(control.key, (choices.value(control.low_key), choices.value(control.high_key)))
    st.slider(
        f"{control.label}, %", control.least, control.most, step=1, key=control.key, on_change=keep
    )


@described.register
def _(control: ValueSpan) -> None:
    choices = session.choices()

    def keep() -> None:
        low, high = st.session_state[control.key]
        session.choose(control.low_key, low if low > control.least else None)
        session.choose(control.high_key, high if high < control.most else None)

    def end(key: str, open_end: float) -> float:
        value = choices.value(key)
        # What a link says may lie beyond the slider.
        return (
            min(max(value, control.least), control.most) if isinstance(value, float) else open_end
        )

    bind(control.key, (end(control.low_key, control.least), end(control.high_key, control.most)))
    st.slider(
        control.label,
        control.least,
        control.most,
        step=control.step,
        format="%.4g",
        key=control.key,
        on_change=keep,
    )


@described.register
def _(control: Limit) -> None:
    bind("threshold", control.value)
    st.slider(
        "Threshold",
        0.0,
        control.most,
        step=control.step,
        format="%.3g",
        key="threshold",
        on_change=store,
        args=("threshold",),
        help=control.help,
    )
