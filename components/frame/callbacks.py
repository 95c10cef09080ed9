"""What a person does is done as a whole, however quickly the next thing follows."""

from __future__ import annotations

from functools import wraps
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.state.safe_session_state import SafeSessionState

from components.frame.presses import note_presses

_YIELDS = "_yield_callback"
_plain = SafeSessionState.on_script_will_rerun


@wraps(_plain)
def _as_a_whole(
    state: SafeSessionState,
    fresh: WidgetStates | None,
    **named: Any,  # noqa: ANN401
) -> None:
    yields = getattr(state, _YIELDS)
    yields()
    object.__setattr__(state, _YIELDS, _go_on)
    try:
        note_presses(state, fresh)
        _plain(state, fresh, **named)
    finally:
        object.__setattr__(state, _YIELDS, yields)


def _go_on() -> None:
    """No run that is asked for meanwhile ends this one; Streamlit looks once callbacks are over."""


def let_callbacks_end() -> None:
    """Have Streamlit carry every callback through.

    Where another run is asked for meanwhile it ends a callback at its next use of the session's
    state: a flag was kept and not marked as kept, came again, and was taken back by that.
    """
    setattr(SafeSessionState, _plain.__name__, _as_a_whole)
