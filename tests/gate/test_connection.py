"""A websocket is checked at each message, and there are only so many."""

import pytest
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from gate.connection import as_long_as_known
from services.people.person import NOBODY_ELSE
from services.people.revoked import revoke
from tests.gate.conftest import TOKEN, connected
from tests.looping import run_through


def pressed():
    message = BackMsg()
    message.rerun_script.query_string = "a=1"
    message.rerun_script.widget_states.widgets.add(id="w", trigger_value=True)
    return message.SerializeToString()


def test_once_signed_out_a_press_does_nothing_more_than_draw_the_page(behind):
    visitor = behind("token")
    visitor.get(f"/?token={TOKEN}")
    with connected(visitor) as socket:
        socket.receive_json()
        socket.send_bytes(pressed())
        assert socket.receive_bytes() == pressed()
        visitor.get("/sign-out")
        socket.send_bytes(BackMsg(stop_script=True).SerializeToString())
        socket.send_bytes(pressed())
        left = BackMsg.FromString(socket.receive_bytes())
        assert left.rerun_script.query_string == "a=1"
        assert list(left.rerun_script.widget_states.widgets) == []


def test_one_sign_out_ends_no_other_browsers_sign_in(behind):
    one, other = behind("token"), behind("token")
    one.get(f"/?token={TOKEN}")
    other.get(f"/?token={TOKEN}")
    with connected(other) as socket:
        socket.receive_json()
        one.get("/sign-out")
        socket.send_bytes(pressed())
        assert socket.receive_bytes() == pressed()
        revoke(NOBODY_ELSE, "token:holder")
        socket.send_bytes(pressed())
        assert socket.receive_bytes() != pressed()


def test_nobody_empties_the_caches_of_all(behind):
    visitor = behind("token")
    visitor.get(f"/?token={TOKEN}")
    with connected(visitor) as socket:
        socket.receive_json()
        socket.send_bytes(BackMsg(clear_cache=True).SerializeToString())
        socket.send_bytes(pressed())
        assert socket.receive_bytes() == pressed()


def test_the_end_of_a_websocket_is_passed_on(behind):
    async def receive():
        return {"type": "websocket.disconnect", "code": 1001}

    assert run_through(as_long_as_known(receive, None, None)()) == {
        "type": "websocket.disconnect", "code": 1001
    }  # fmt: skip


def test_a_person_has_only_so_many_tabs_and_is_told_so(behind):
    one, other = behind("token", connections="2"), behind("token", connections="2")
    for visitor in (one, other):
        visitor.get(f"/?token={TOKEN}")
    with connected(one):
        assert one.get("/explain").status_code == 200
        with connected(one):
            with pytest.raises(WebSocketDisconnect), connected(one):
                pass
            answer = one.get("/explain")
            assert answer.status_code == 503
            assert "2 tabs of this dashboard open" in answer.text
            assert 'http-equiv="refresh" content="5"' in answer.text
            assert answer.headers["retry-after"] == "5"
            assert one.get("/static/index.js").status_code == 200  # of the tabs that are open
            with connected(other):
                pass
        with connected(one):
            pass


@pytest.mark.parametrize("login", ["none", "token"])
def test_all_people_have_only_so_many_tabs(behind, login):
    visitor = behind(login, connections_all="1")
    visitor.get(f"/?token={TOKEN}")
    with connected(visitor):
        with pytest.raises(WebSocketDisconnect), connected(visitor):
            pass
        answer = visitor.get("/explain")
        assert answer.status_code == 503
        assert "is open in 1 tab," in answer.text
    with connected(visitor):
        pass


def test_on_ones_own_machine_tabs_of_one_person_are_not_counted(behind):
    visitor = behind("none", connections="1")
    with connected(visitor), connected(visitor):
        assert visitor.get("/explain").status_code == 200
