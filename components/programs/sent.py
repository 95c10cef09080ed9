"""What a browser component sent."""

from __future__ import annotations

from typing import Any

import streamlit as st


def sent_by(key: str, event: str) -> Any:  # noqa: ANN401 - whatever the browser says
    """What a component sent of an event; None where nothing, or where its page is gone by now.

    Args:
        key: of the component.
        event: the name of its state or trigger.
    """
    return (st.session_state.get(key) or {}).get(event)
