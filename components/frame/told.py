"""Which widgets of the page the browser was told the value of, see `controls.binding.bind`."""

from __future__ import annotations

from typing import Final

import streamlit as st

_KEY: Final = "told"


def told() -> set[str]:
    """Their keys, to be added to."""
    keys: set[str] = st.session_state.setdefault(_KEY, set())
    return keys


def tell_again() -> None:
    """Tell all of them their values once more.

    A run that follows at once replaces what the browser may not have drawn yet: a widget whose
    program is still on its way would then begin with its least value, and send that as a choice.
    """
    st.session_state[_KEY] = set()
