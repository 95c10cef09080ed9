"""A press is not lost where the page that it was made on is drawn anew by another session.

When a server ends, a browser goes on with the next one, and shows the page as it was until that has
drawn it. Of a button that a session has not drawn yet Streamlit knows no callback, and forgets the
press. Here it waits until the button is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

_PRESSED: Final = "trigger_value"
_STATES: Final = "_new_widget_state"
_WAITING: Final = "presses_waiting"


def note_presses(state: SafeSessionState, fresh: WidgetStates | None) -> None:
    """Have presses of what is not drawn yet wait.

    Args:
        state: of the session.
        fresh: what comes from the browser; None for nothing.
    """
    inner = _inner(state)
    pressed = {w.id: w for w in fresh.widgets if w.WhichOneof("value") == _PRESSED} if fresh else {}
    drawn = _drawn(inner, pressed)
    if new := {name: each for name, each in pressed.items() if name not in drawn}:
        inner[_WAITING] = {**_waiting(inner), **new}


def hear_presses() -> None:
    """Hear those that waited for the page, which is drawn as a whole by now; it is then run again.

    What is not on the page is forgotten: it would come as a surprise later.
    """
    context = get_script_run_ctx()
    if context is None or not (waiting := _waiting(inner := _inner(context.session_state))):
        return
    inner[_WAITING] = {}
    drawn = _drawn(inner, waiting)
    heard = WidgetStates(widgets=[each for name, each in waiting.items() if name in drawn])
    if heard.widgets and context.script_requests:
        context.script_requests.request_rerun(
            RerunData(
                query_string=context.query_string,
                widget_states=heard,
                page_script_hash=context.page_script_hash,
                cached_message_hashes=context.cached_message_hashes,
                context_info=context.context_info,
            )
        )


def _inner(state: SafeSessionState) -> SessionState:
    inner: SessionState = object.__getattribute__(state, "_state")
    return inner


def _waiting(state: SessionState) -> dict[str, WidgetState]:
    try:
        waiting: dict[str, WidgetState] = state[_WAITING]
    except KeyError:
        return {}
    return waiting


def _drawn(state: SessionState, names: Iterable[str]) -> set[str]:
    return getattr(state, _STATES).widget_metadata.keys() & set(names)
