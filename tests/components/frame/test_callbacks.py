"""A callback that has begun is carried through, whatever is asked for meanwhile."""

from __future__ import annotations

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from components.frame.callbacks import let_callbacks_end


class Interrupted(SessionState):
    """State whose callback asks for another run and writes on."""

    def on_script_will_rerun(self, *_: object, **__: object) -> None:
        self.asked = True
        self.seen["first"] = 1
        self.seen["second"] = 2


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> SafeSessionState:
    """As a run has it: every use of it ends the run, once another one is asked for."""
    monkeypatch.setattr(
        SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun
    )
    let_callbacks_end()
    inner = Interrupted()
    inner.asked = False

    def yields() -> None:
        if inner.asked:
            raise StopException

    inner.seen = SafeSessionState(inner, yields)
    return inner.seen


def test_a_callback_ends_though_another_run_is_asked_for(state: SafeSessionState) -> None:
    state.on_script_will_rerun(None)
    inner = object.__getattribute__(state, "_state")
    assert (inner["first"], inner["second"]) == (1, 2)


def test_what_follows_the_callbacks_is_ended_as_ever(state: SafeSessionState) -> None:
    state.on_script_will_rerun(None)
    with pytest.raises(StopException):
        state["third"] = 3
    with pytest.raises(StopException):  # the next callbacks are not begun either
        state.on_script_will_rerun(None)
