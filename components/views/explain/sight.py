"""A heatmap of one sample that was clicked elsewhere: its target is of this sample alone."""

from __future__ import annotations

import streamlit as st

from components.controls.heatmap import chosen
from components.frame.text import plain
from services import session
from services.choices.choices import Choices
from services.opening.opening import Opened


def sighted(opened: Opened) -> Choices:
    """The choices, with what is explained of this one sample in place of the chosen target."""
    choices = chosen(opened)
    targets = opened.project.task.targets(opened.project.network)
    if not choices.sight or targets.fitting(choices.sight, "")[0] != choices.sight:
        return choices
    target, against = targets.fitting(choices.sight, choices.sight_against)
    return choices.having(target=target, against=against)


def sight_chip(opened: Opened, choices: Choices) -> None:
    """Say that the target is of this sample alone, with a way back to the chosen one."""
    if choices.recipe == chosen(opened).recipe:
        return
    targets = opened.project.task.targets(opened.project.network)
    said = {option.word: option.said for option in (*targets.options, *targets.against)}
    words = said[choices.recipe.target]
    if choices.recipe.against:
        words += f", not {said[choices.recipe.against]}"
    st.button(
        f"Target for this sample only: {plain(words)}",
        key="drop_sight",
        icon=":material/close:",
        icon_position="right",
        help="Explain the target chosen for all samples again",
        on_click=lambda: session.choose("target", chosen(opened).recipe.target),
    )
