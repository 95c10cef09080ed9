"""How pictures reach the network: the evidence, how sure it is, and the person's last word."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components.controls.binding import bind
from services import session
from services.media.input_options import changed
from services.media.medium import Medium
from services.opening.check.check import PreprocessingCheck
from services.opening.opening import Opened
from services.sources.reference import parse_reference


def preprocessing(opened: Opened) -> None:
    """What was looked at, what follows, and the choices for who knows better."""
    medium, check = opened.project.medium, opened.check
    if not medium.options:
        return
    st.subheader("Preprocessing")
    reference = parse_reference(session.choices().source)
    if check is None:
        st.caption("The project tells its input spec, so nothing was tried.")
        st.button(
            "Try every scaling",
            key="try_scalings",
            on_click=session.start_opening,
            args=(reference.checked(),),
        )
    else:
        _evidence(check)
        _trials(opened, check)
    _override(opened, reference.overrides)


def _evidence(check: PreprocessingCheck) -> None:
    chosen = ", ".join(check.medium.chosen.values())
    st.caption(f"{chosen} is {check.assurance}. Wrong scaling is the commonest silent fault.")
    if not check.clues:
        st.caption("The network tells nothing of it, and no picture has a label to try it on.")
        return
    table = pd.DataFrame(
        {
            "evidence": [clue.what for clue in check.clues],
            "figure": [clue.figure for clue in check.clues],
            "what it says": [clue.says for clue in check.clues],
        }
    )
    st.dataframe(
        table, hide_index=True, height="content", alt="Evidence on how pictures are scaled"
    )


def _trials(opened: Opened, check: PreprocessingCheck) -> None:
    if not check.trials:
        return
    measure, medium = check.measure, opened.project.medium
    table = pd.DataFrame(
        {
            "in use": ["✓" if t.medium.chosen == medium.chosen else "" for t in check.trials],
            **{word: [str(t.medium.chosen[word]) for t in check.trials] for word in medium.chosen},
            measure.name: [check.score(t) for t in check.trials],
            "pictures": [t.count for t in check.trials],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "in use": st.column_config.TextColumn(width=55),
            "scaling": st.column_config.TextColumn(width=190),
            measure.name: st.column_config.NumberColumn(
                format="percent" if measure.in_percent else "%.4g"
            ),
        },
        alt=f"Scalings and colour orders tried, with their {measure.name}",
    )


def _override(opened: Opened, overrides: Mapping[str, str]) -> None:
    medium = opened.project.medium
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for option in medium.options:
            value = medium.values[option.name]
            if option.values:
                bind(option.name, value)
                st.selectbox(
                    option.title,
                    option.values,
                    key=option.name,
                    format_func=str,
                    on_change=_open_changed,
                    args=(medium, option.name),
                )
            else:
                bind(option.name, overrides.get(option.name, value))
                st.text_input(
                    option.title,
                    key=option.name,
                    placeholder="of pixels 0..1 or 0..255",
                    help="One number, or one for each channel in the network's order. "
                    "Where no number is above 1, they are of pixels 0..1.",
                    on_change=_open_changed,
                    args=(medium, option.name),
                )
        if overrides:
            own = opened.reference.without_overrides()
            st.button("Back to the project's own", on_click=session.start_opening, args=(own,))


def _open_changed(medium: Medium, name: str) -> None:
    reference = parse_reference(session.choices().source)
    new = changed(medium, reference.overrides, name, st.session_state[name])
    session.start_opening(reference.with_overrides(new))
