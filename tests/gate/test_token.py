"""A secret link lets people in, once it is exchanged for a cookie."""

from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.websockets import WebSocketDisconnect

from services.people.person import NOBODY_ELSE
from services.people.revoked import revoke
from services.people.sign_in import HEADER, unsealed
from services.settings import settings
from tests.gate.conftest import TOKEN, connected

DEEP = "/explain?source=demo:cars&sample=a%2Fb&percentile=97"
FILES = ["/_stcore/health", "/_stcore/metrics", "/_stcore/host-config",
         "/component/a/b.js", "/_stcore/bidi-components/a", "/static/js/index.js"]  # fmt: skip


@pytest.fixture
def visitor(behind):
    return behind("token")


def link_back(answer):
    """Where the page to sign in, that an answer leads to, will lead."""
    assert answer.status_code == 303
    place = urlsplit(answer.headers["location"])
    assert place.path == "/sign-in"
    return parse_qs(place.query)["next"][0]


def test_a_stranger_is_led_to_the_sign_in_and_back_to_the_whole_link(visitor):
    assert link_back(visitor.get(DEEP)) == DEEP
    page = visitor.get("/sign-in", params={"next": DEEP})
    assert page.status_code == 200
    assert 'value="/explain?source=demo:cars&amp;sample=a%2Fb&amp;percentile=97"' in page.text
    answer = visitor.post("/sign-in", data={"token": TOKEN, "next": DEEP})
    assert (answer.status_code, answer.headers["location"]) == (303, DEEP)
    assert visitor.get(DEEP).json()["path"] == "/explain"


def test_the_token_leaves_the_address_and_nothing_else_does(visitor):
    answer = visitor.get(f"/explain?a=1&token={TOKEN}&b=%2F+%26")
    assert answer.headers["location"] == "/explain?a=1&b=%2F+%26"
    assert TOKEN not in str(answer.headers)
    given = answer.headers["set-cookie"]
    assert "HttpOnly" in given
    assert "SameSite=lax" in given
    assert "Secure" not in given
    assert visitor.get("/").status_code == 200


@pytest.mark.parametrize("path", FILES)
def test_files_are_refused_to_strangers_and_not_led_elsewhere(visitor, path):
    assert visitor.get(path).status_code == 401
    visitor.get(f"/?token={TOKEN}")
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_nothing_is_taken_from_strangers(visitor, method):
    assert visitor.request(method, "/_stcore/upload_file/a/b", content=b"x").status_code == 401
    assert visitor.request(method, "/explain").status_code == 401


def test_a_token_opens_pages_only_by_their_address(visitor):
    """Else it would stand in the address of a picture, and stay there."""
    assert visitor.get(f"/media/1.png?token={TOKEN}").status_code == 401


def test_a_websocket_of_a_stranger_is_not_opened(visitor):
    with pytest.raises(WebSocketDisconnect), connected(visitor):
        pass


def test_the_dashboard_is_told_who_asks_and_nobody_else_can_tell_it(visitor):
    visitor.get(f"/?token={TOKEN}")
    forged = {HEADER: "forged", "X-Gradcam-Person": "ann", "X_Gradcam_Person": "ann"}
    with connected(visitor, forged) as socket:
        told = socket.receive_json()
    sign_in = unsealed(told[HEADER.lower()])
    assert sign_in.person.id == "token:holder"
    assert told["x-gradcam-person"] == sign_in.id
    assert "x_gradcam_person" not in told


@pytest.mark.parametrize("tried", ["wrong", "", TOKEN[:-1], TOKEN + "x", "ä"])
def test_a_wrong_token_is_told_and_opens_nothing(visitor, tried):
    answer = visitor.get("/explain", params={"a": "1", "token": tried})
    if tried:
        assert link_back(answer) == "/explain?a=1"
        assert "why=WRONG" in answer.headers["location"]
    answer = visitor.post("/sign-in", data={"token": tried, "next": "/"})
    assert answer.status_code == 403
    assert "not the one of this server" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_form_that_does_not_end_is_not_read(visitor):
    answer = visitor.post("/sign-in", content=b"token=" + b"a" * 100_000)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "next_", ["//evil.test", "/\\evil.test", "https://evil.test", "\\\\evil.test", "evil.test",
              "/\t/evil.test", "javascript:alert(1)", ""],
)  # fmt: skip
def test_it_leads_nowhere_else(visitor, next_):
    answer = visitor.post("/sign-in", data={"token": TOKEN, "next": next_})
    assert answer.headers["location"] == "/"
    assert visitor.get("/sign-in", params={"next": next_}).headers["location"] == "/"


def test_a_path_of_two_slashes_leads_nowhere_else_either(visitor):
    assert link_back(visitor.get("http://localhost//evil.test/a")) == "/"


def test_signing_out_takes_the_cookie(visitor):
    visitor.get(f"/?token={TOKEN}")
    answer = visitor.get("/sign-out")
    assert "why=OUT" in answer.headers["location"]
    assert "You are signed out." in visitor.get(answer.headers["location"]).text
    assert link_back(visitor.get("/samples")) == "/samples"


def test_a_sign_in_ends_after_its_hours(visitor, monkeypatch):
    import time

    visitor.get(f"/?token={TOKEN}")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 12 * 3600 + 1)
    answer = visitor.get("/samples")
    assert "why=OVER" in answer.headers["location"]
    assert "12 hours" in visitor.get(answer.headers["location"]).text


def test_a_cookie_that_somebody_kept_counts_no_longer_once_signed_out(visitor):
    visitor.get(f"/?token={TOKEN}")
    kept = dict(visitor.cookies)
    visitor.get("/sign-out")
    visitor.cookies.update(kept)
    assert link_back(visitor.get("/samples")) == "/samples"
    visitor.cookies.clear()
    visitor.get(f"/?token={TOKEN}")
    assert visitor.get("/samples").status_code == 200


def test_who_was_signed_out_by_an_admin_has_to_sign_in_again(visitor):
    visitor.get(f"/?token={TOKEN}")
    revoke(NOBODY_ELSE, "token:holder")
    assert link_back(visitor.get("/samples")) == "/samples"
    assert visitor.get("/_stcore/host-config").status_code == 401


def test_a_cookie_of_another_secret_is_nobodys(visitor, monkeypatch):
    visitor.get(f"/?token={TOKEN}")
    monkeypatch.setenv("GRADCAM_SECRET", "another secret that is long")
    settings.cache_clear()
    assert link_back(visitor.get("/")) == "/"


@pytest.mark.parametrize("header", [{"X-Forwarded-Proto": "https"}, {}])
def test_behind_https_the_cookie_is_secure(behind, header):
    visitor = behind("token", **({} if header else {"url": "https://gradcam.example.com"}))
    given = visitor.get(f"/?token={TOKEN}", headers=header).headers["set-cookie"]
    assert given.count("Secure") == 1
    visitor.cookies.clear()  # this one speaks HTTP
    visitor.cookies.set(*given.partition(";")[0].split("=", 1))
    assert visitor.get("/", headers=header).headers["set-cookie"].count("Secure") == 1


def test_without_https_cookies_are_as_they_were(visitor):
    visitor.get(f"/?token={TOKEN}")
    assert "Secure" not in visitor.get("/").headers["set-cookie"]


def test_below_a_base_path_all_leads_to_there(behind):
    visitor = behind("token", base="/cam")
    answer = visitor.get("/cam/explain?a=1")
    assert answer.headers["location"] == "/cam/sign-in?next=%2Fcam%2Fexplain%3Fa%3D1"
    answer = visitor.get(f"/cam/explain?token={TOKEN}")
    assert answer.headers["location"] == "/cam/explain"
    assert "Path=/cam" in answer.headers["set-cookie"]


def test_live_answers_strangers(visitor):
    assert visitor.get("/live").status_code == 200
    assert visitor.get("/live/").status_code == 303


def test_folders_by_path_are_forbidden_unless_some_are_named(behind, tmp_path):
    behind("token")
    assert settings().folders == ()
    behind("token", folders=str(tmp_path))
    assert settings().folders == (tmp_path,)
    behind("none", folders=str(tmp_path))
    assert settings().folders == (tmp_path,)
