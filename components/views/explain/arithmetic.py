"""Explain: what the network says of a sample when it rounds in its other way."""

from __future__ import annotations

import streamlit as st

from components.controls.arithmetic import arithmetics_ready, has_arithmetics
from components.frame.text import plain
from services.opening.opening import Opened
from services.predictions.both_arithmetics import both_answers


def other_answer(opened: Opened, position: int) -> None:
    """The answer of the other arithmetic, once it is computed; nothing where there is but one."""
    if not has_arithmetics(opened) or not arithmetics_ready(opened):
        return
    both = both_answers(opened.predictions)
    if both is None:
        return
    said = f"{both.other.said.capitalize()}: {both.there.answer_said(position)}"
    if not both.differs[position]:
        st.caption(plain(f"{said}, the same answer."))
    elif both.tied[position]:
        st.info(plain(f"{said}. The answer changes by a tie."), icon=":material/balance:")
    else:
        st.warning(plain(f"{said}. The answer changes."), icon=":material/rule:")
