"""A proxy that signs people in is believed only where it proves itself."""

import pytest
from starlette.websockets import WebSocketDisconnect

from services.people.sign_in import HEADER, unsealed
from tests.gate.conftest import connected

SECRET = "what the proxy and the server know"
RIGHT = [("X-Forwarded-User", "ann"), ("X-Gradcam-Proxy-Secret", SECRET)]


@pytest.fixture
def proxy(behind):
    return behind("proxy", proxy_secret=SECRET, people="")


def asked(proxy, headers):
    return proxy.get("/explain", headers=[("Accept", "text/html"), *headers]).status_code


def test_whom_the_proxy_names_comes_in(proxy):
    with connected(proxy, RIGHT) as socket:
        told = socket.receive_json()
    sign_in = unsealed(told[HEADER.lower()])
    assert (sign_in.issuer, sign_in.subject, sign_in.name) == ("proxy", "ann", "ann")
    assert told["x-gradcam-person"] == "proxy%3Aann"
    assert "x-gradcam-proxy-secret" not in told
    assert SECRET not in proxy.get("/explain", headers=RIGHT).text


@pytest.mark.parametrize(
    "headers",
    [
        [],
        RIGHT[:1],
        RIGHT[1:],
        [RIGHT[0], ("X-Gradcam-Proxy-Secret", "wrong")],
        [RIGHT[0], ("X-Gradcam-Proxy-Secret", "")],
        [RIGHT[0], RIGHT[1], ("X-Forwarded-User", "bob")],
        [RIGHT[0], RIGHT[1], RIGHT[1]],
        [("X_Forwarded_User", "bob"), RIGHT[1]],
        [RIGHT[0], ("X_Forwarded_User", "bob"), RIGHT[1]],
        [("X-Forwarded-User", ""), RIGHT[1]],
        [("X-Forwarded-User", "ann"), ("X_Gradcam_Proxy_Secret", SECRET)],
    ],
)
def test_anybody_else_is_refused(proxy, headers):
    assert asked(proxy, RIGHT) == 200
    assert asked(proxy, headers) == 403
    with (
        pytest.raises(WebSocketDisconnect),
        connected(proxy, headers),
    ):
        pass


def test_the_header_can_be_another_one(behind):
    proxy = behind("proxy", proxy_secret=SECRET, proxy_header="Remote-User")
    assert asked(proxy, RIGHT) == 403
    assert asked(proxy, [("Remote-User", "ann"), RIGHT[1]]) == 200
