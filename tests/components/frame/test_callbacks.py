"""A callback that has begun is carried through, whatever is asked for meanwhile."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.scriptrunner import RerunData, StopException
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from components.frame import presses
from components.frame.callbacks import let_callbacks_end
from components.frame.presses import hear_presses, note_presses


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


# ------------------------------------------------------------- presses before the page is drawn


def pressed(*names: str) -> WidgetStates:
    return WidgetStates(widgets=[WidgetState(id=name, trigger_value=True) for name in names])


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A session of which nothing is drawn yet, and the runs that it asks for."""
    inner = SessionState()
    runs: list[RerunData] = []
    context = SimpleNamespace(
        session_state=SafeSessionState(inner, lambda: None),
        script_requests=SimpleNamespace(request_rerun=runs.append),
        query_string="", page_script_hash="", cached_message_hashes=set(), context_info=None,
    )  # fmt: skip
    monkeypatch.setattr(presses, "get_script_run_ctx", lambda: context)
    metadata = inner._new_widget_state.widget_metadata
    return SimpleNamespace(state=context.session_state, runs=runs, drawn=metadata)


def heard(session: SimpleNamespace) -> list[str]:
    hear_presses()
    return [each.id for run in session.runs for each in run.widget_states.widgets]


def test_a_press_waits_until_its_button_is_drawn_and_what_is_not_on_the_page_is_forgotten(
    session: SimpleNamespace,
) -> None:
    note_presses(session.state, pressed("next", "gone"))
    note_presses(session.state, None)
    session.drawn["next"] = object()
    assert heard(session) == ["next"]
    session.drawn["gone"] = object()
    assert heard(session) == ["next"]  # and no more


def test_what_is_drawn_is_heard_by_streamlit_itself(session: SimpleNamespace) -> None:
    session.drawn["next"] = object()
    note_presses(session.state, pressed("next"))
    note_presses(session.state, WidgetStates(widgets=[WidgetState(id="slider", double_value=1)]))
    assert heard(session) == []
