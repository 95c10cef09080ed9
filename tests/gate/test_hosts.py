"""A page of a foreign name must not read this server by way of somebody's browser."""

import pytest
from starlette.websockets import WebSocketDisconnect

from gate.hosts import is_known, is_loopback
from services.settings import Login
from tests.gate.conftest import connected

OWN = ["localhost", "localhost:8501", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]:8501", "10.1.2.3",
       "cam.localhost:80"]  # fmt: skip
FOREIGN = ["evil.test", "evil.test:8501", "localhost.evil.test", "127.0.0.1.evil.test", "",
           None, "localhost@evil.test", "evil.test/localhost", "localhost:x", "a, b"]  # fmt: skip


@pytest.mark.parametrize("host", OWN)
def test_what_only_this_machine_can_be_called_is_known(host):
    assert is_known(host, Login.NONE, ())


@pytest.mark.parametrize("host", FOREIGN)
def test_another_name_is_foreign(host):
    assert not is_known(host, Login.NONE, ())


def test_a_server_with_a_sign_in_is_reached_by_any_name_until_it_names_its_own():
    assert is_known("cam.example.com", Login.TOKEN, ())
    assert is_known("cam.example.com", Login.TOKEN, ("cam.example.com",))
    assert not is_known("evil.test", Login.TOKEN, ("cam.example.com",))


@pytest.mark.parametrize(
    ("host", "names", "known"),
    [
        ("cam.example.com:443", ("Cam.Example.com",), True),
        ("cam.example.com.", ("cam.example.com",), True),
        ("a.example.com", ("*.example.com",), True),
        ("example.com", ("*.example.com",), False),
        ("evilexample.com", ("*.example.com",), False),
        ("anything", ("*",), True),
    ],
)
def test_names_of_ones_own(host, names, known):
    assert is_known(host, Login.NONE, names) is known


@pytest.mark.parametrize(
    ("address", "own"),
    [("localhost", True), ("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("[::1]", True),
     ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("host", False), (None, False)],
)  # fmt: skip
def test_whether_others_reach_an_address(address, own):
    assert is_loopback(address) is own


@pytest.mark.parametrize("path", ["/", "/explain", "/media/x", "/_stcore/health", "/live"])
def test_a_foreign_name_gets_nothing(behind, path):
    assert behind("none", host="localhost").get(path).status_code == 200
    answer = behind("none", host="evil.test").get(path)
    assert answer.status_code == 403
    assert "GRADCAM_HOSTS" in answer.text


def test_a_foreign_name_gets_no_websocket(behind):
    with connected(behind("none")) as socket:
        assert socket.receive_json()["host"] == "localhost"
    with (
        pytest.raises(WebSocketDisconnect),
        connected(behind("none", host="evil.test")),
    ):
        pass
