"""The chosen cell of the confusion matrix, where a page shows its samples alone."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from services import session
from services.lists.mistaken import cell_said
from services.opening.opening import Opened


def cell_chip(opened: Opened) -> None:
    """Say which cell is shown, with a way to all of them; nothing where none is chosen."""
    if words := cell_said(opened.predictions, session.choices().filter):
        st.button(
            plain(words),
            key="drop_cell",
            icon=":material/close:",
            icon_position="right",
            help="Show every cell of the confusion matrix",
            on_click=_drop,
        )


def _drop() -> None:
    choices = session.choices().changed("true_class", "").changed("predicted_class", "")
    session.replace_choices(choices)
