import io
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
import requests
from requests.adapters import BaseAdapter

from services.edge_impulse import transport as module
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.content import Content
from services.edge_impulse.errors import StudioError
from services.edge_impulse.host import Host
from services.edge_impulse.transport import ATTEMPTS, BACKOFF, Transport
from services.errors import Cancelled
from services.work.progress import Progress
from tests.services.edge_impulse.answering import Reply, answering
from tests.services.edge_impulse.visits import KEY, LeavesAt, Noted, access_to, refused
from tests.studio import Action, Body, Fault
from tests.waiting import PATIENCE

PROJECTS = "/projects"
JPEG = b"\xff\xd8\xff a picture"
ELSEWHERE = (
    "Studio sends this request on to another host, which is not followed, so that the key stays "
    "where it belongs; check the host."
)
UNSAFE = "Studio names an address that is not safe to open."
BROKEN = "The connection to Studio broke off; try again."


@pytest.fixture
def progress():
    return Noted()


@pytest.fixture
def way(studio, progress):
    return Transport(access_to(studio), progress)


def to(url, progress=None, *, trusted=True, key=KEY):
    return Transport(Access(ApiKey(key), Host(url, trusted)), progress or Noted())


def away(url):
    return f"{url} cannot be reached; check the host and this server's connection."


def said(**fields):
    return Reply(json.dumps({"success": True, **fields}).encode())


# ---------------------------------------------------------------------------------- what is asked


def test_a_request_goes_to_the_api_with_the_key_and_readable_parameters():
    with answering(lambda seen: said(a=1)) as server:
        told = to(server.url).get("/1/raw-data", {"limit": 5, "x": True, "y": False, "z": "a b"})
    assert told == {"success": True, "a": 1}
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("GET", "/v1/api/1/raw-data?limit=5&x=true&y=false&z=a+b")
    assert seen.headers["x-api-key"] == KEY


def test_a_post_carries_json():
    with answering(lambda seen: said(id=42)) as server:
        told = to(server.url).post("/1/jobs/x", {"retainCrops": True}, {"impulseId": 3})
    assert told["id"] == 42
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/api/1/jobs/x?impulseId=3")
    assert json.loads(seen.body) == {"retainCrops": True}
    assert seen.headers["x-api-key"] == KEY
    assert seen.headers["content-type"] == "application/json"


def test_an_answer_without_the_word_success_is_one():
    with answering(lambda seen: Reply(b'{"a": 1}')) as server:
        assert to(server.url).get("/x") == {"a": 1}


def test_no_cookie_is_kept():
    with answering(lambda seen: Reply(b"{}", headers={"Set-Cookie": "jwt=secret"})) as server:
        way = to(server.url)
        way.get("/a")
        way.get("/b")
    assert [seen.headers.get("cookie") for seen in server.seen] == [None, None]


# -------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("status", [200, 400, 404])
def test_both_shapes_of_error_are_told(studio, way, status):
    studio.faults.add(Fault(Action.REFUSE, text="No such thing", status=status))
    with pytest.raises(StudioError) as caught:
        way.get(PROJECTS)
    assert str(caught.value) == "Studio says “No such thing”."
    assert (caught.value.status, caught.value.said) == (status, "No such thing")
    assert studio.count() == 1


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (Body.JSON, "Studio says “Not today”."),
        (Body.TEXT, "Studio says “Not today”."),
        (Body.HTML, "Studio answers with the status 404 and no word; try again later."),
    ],
)
def test_errors_come_as_json_text_or_a_page(studio, way, body, sentence):
    studio.faults.add(Fault(Action.SERVER_ERROR, status=404, body=body, text="Not today"))
    assert refused(lambda: way.get(PROJECTS)) == sentence
    assert studio.count() == 1


def test_a_quota_and_a_missing_right_are_told(studio, way):
    studio.faults.add(Fault(Action.QUOTA, text="Time limit exceeded"))
    assert "a quota of the project is used up" in refused(lambda: way.get(PROJECTS))
    words = "insufficient permissions (valid roles: [admin])"
    studio.faults.add(Fault(Action.REFUSE, text=words))
    assert "this key may not do that; make one with the role admin" in refused(
        lambda: way.get(PROJECTS)
    )


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Please log in</html>",
        b"",
        b"{",
        b"\xff\xfe{",
        b"[" * 200_000,
        b"[]",
        b"null",
        b"3",
        b'"text"',
    ],
)
def test_what_is_no_json_object_is_no_studio(body):
    with answering(lambda seen: Reply(body)) as server:
        sentence = refused(lambda: to(server.url).get(PROJECTS), StudioError)
    assert sentence == (
        f"{server.url} does not answer as Edge Impulse Studio does; check the host."
    )
    assert len(server.seen) == 1


def test_no_answer_is_read_without_end(monkeypatch):
    monkeypatch.setattr(module, "LARGEST_JSON", 2_000_000)
    monkeypatch.setattr(module, "LARGEST_FILE", 1_000_000)
    fits = b'{"a": "' + b"x" * 1_999_991 + b'"}'
    with answering(
        lambda seen: Reply(fits if seen.path.endswith("fits") else fits + b" ")
    ) as server:
        way = to(server.url)
        assert len(way.get("/fits")["a"]) == 1_999_991
        assert refused(lambda: way.get("/x")) == "Studio sends more than 2 MB at once."
        assert (
            refused(lambda: way.file(Content.PICTURE, "/x"))
            == "Studio sends more than 1 MB at once."
        )


# --------------------------------------------------------------------------------- trying again


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_studio_is_asked_again_after_growing_pauses(studio, way, progress, status):
    fault = Fault(Action.TOO_MANY, times=3, status=status, retry_after=None)
    studio.faults.add(fault)
    assert way.get(PROJECTS)["projects"][0]["id"] == 9
    assert studio.count(PROJECTS) == 4
    assert progress.pauses == pytest.approx([0.001, 0.002, 0.004])


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (429, "Studio was asked too often and wants a pause; try again in a few minutes."),
        (500, "Studio has a fault of its own (500); try again later."),
        (503, "Studio has a fault of its own (503); try again later."),
    ],
)
def test_after_four_attempts_it_is_told(studio, way, progress, status, sentence):
    studio.faults.add(Fault(Action.TOO_MANY, times=None, status=status, retry_after=None))
    with pytest.raises(StudioError) as caught:
        way.get(PROJECTS)
    assert (str(caught.value), caught.value.status) == (sentence, status)
    assert studio.count(PROJECTS) == 4
    assert len(progress.pauses) == 3


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 501, 505])
def test_what_will_not_change_is_asked_once(studio, way, progress, status):
    studio.faults.add(Fault(Action.SERVER_ERROR, times=None, status=status))
    refused(lambda: way.get(PROJECTS))
    assert studio.count(PROJECTS) == 1
    assert progress.pauses == []


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("seconds", [1, 7, 60])
def test_studio_gets_the_pause_that_it_asks_for(studio, way, progress, status, seconds):
    studio.faults.add(Fault(Action.TOO_MANY, times=2, status=status, retry_after=seconds))
    assert way.get(PROJECTS)["success"] is True
    assert progress.pauses == [seconds, seconds]


def test_a_pause_of_a_minute_is_kept_three_times_then_told(studio, way, progress):
    studio.faults.add(Fault(Action.TOO_MANY, times=None, retry_after=60))
    assert "wants a pause; try again in a few minutes" in refused(lambda: way.get(PROJECTS))
    assert progress.pauses == [60, 60, 60]


def test_a_pause_may_be_asked_for_by_a_date(studio, way, progress, monkeypatch):
    now = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    date = format_datetime(now + timedelta(seconds=40), usegmt=True)
    monkeypatch.setattr("urllib3.util.retry.time", SimpleNamespace(time=now.timestamp))
    studio.faults.add(Fault(Action.TOO_MANY, retry_after=date))
    assert way.get(PROJECTS)["success"] is True
    assert progress.pauses == [40]


@pytest.mark.parametrize("header", ["soon", "-5", "", "0", "Wed, 01 Jan 2020 00:00:00 GMT"])
def test_a_pause_that_nobody_can_read_or_keep_is_a_short_one(studio, way, progress, header):
    studio.faults.add(Fault(Action.TOO_MANY, retry_after=header))
    assert way.get(PROJECTS)["success"] is True
    assert progress.pauses == [0.001]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(61, "2 minutes"), (120, "2 minutes"), (121, "3 minutes"), (3600, "60 minutes")],
)
def test_a_long_pause_is_left_to_the_person(studio, way, progress, seconds, words):
    studio.faults.add(Fault(Action.TOO_MANY, times=None, retry_after=seconds))
    with pytest.raises(StudioError) as caught:
        way.get(PROJECTS)
    assert str(caught.value) == f"Studio wants a pause; try again in {words}."
    assert caught.value.status == 429
    assert progress.pauses == []
    assert studio.count(PROJECTS) == 1


def test_four_attempts_take_a_few_seconds():
    assert (BACKOFF, ATTEMPTS) == (0.5, 4)  # as they are before the tests shorten them


def test_an_answer_that_never_comes_is_waited_for_in_vain(studio, impatient):
    way = Transport(access_to(studio), Noted())
    studio.faults.add(Fault(Action.HANG, times=None))
    assert refused(lambda: way.get(PROJECTS)) == (
        "Studio did not answer within 0.4 s; try again later."
    )
    studio.wait_for(lambda: studio.count(PROJECTS) == 4)


@pytest.mark.parametrize("late", [1, 3])
def test_an_answer_that_comes_at_a_later_attempt_is_taken(studio, impatient, late):
    class Patient(Noted):
        """Has all the time that it takes once so many attempts were in vain."""

        def pause(self, seconds):
            super().pause(seconds)
            studio.wait_for(lambda: studio.count(PROJECTS) == len(self.pauses))
            if len(self.pauses) == late:
                way._timeout = (PATIENCE, PATIENCE)

    way = Transport(access_to(studio), progress := Patient())
    studio.faults.add(Fault(Action.HANG, times=late))
    assert way.get(PROJECTS)["success"] is True
    assert (studio.count(PROJECTS), len(progress.pauses)) == (late + 1, late)


def test_an_answer_that_stops_halfway_is_late_too(impatient):
    stop = threading.Event()
    with answering(lambda seen: Reply(b'{"a": ', length=100, until=stop)) as server:
        sentence = refused(lambda: to(server.url).get(PROJECTS), StudioError)
        server.wait_for(4)
        stop.set()
    assert sentence == "Studio did not answer within 0.4 s; try again later."


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [(Fault(Action.CUT, at=5, times=None), BROKEN), (Fault(Action.DROP, times=None), None)],
)
def test_a_broken_connection_is_tried_again_then_told(studio, way, fault, sentence):
    studio.faults.add(fault)
    assert refused(lambda: way.get(PROJECTS)) == (sentence or away(studio.url))
    assert studio.count(PROJECTS) == 4


@pytest.mark.parametrize("action", [Action.CUT, Action.DROP])
def test_a_connection_that_broke_three_times_works_at_the_fourth(studio, way, action):
    studio.faults.add(Fault(action, at=5, times=3))
    assert way.get(PROJECTS)["projects"][0]["id"] == 9
    assert studio.count(PROJECTS) == 4


def test_a_studio_that_is_not_there_is_told(progress):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert refused(lambda: to(url, progress).get(PROJECTS)) == away(url)
    assert len(progress.pauses) == 3


def test_a_name_that_nobody_knows_is_told(monkeypatch, progress):
    def unknown(*_args, **_rest):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    url = "https://studio.nowhere.example"
    assert refused(lambda: to(url, progress, trusted=False).get(PROJECTS)) == away(url)
    assert len(progress.pauses) == 3


def test_any_other_failure_of_a_request_is_told(monkeypatch):
    way = to("http://127.0.0.1:1")

    def fails(*_args, **_rest):
        raise requests.exceptions.InvalidHeader("no header")

    monkeypatch.setattr(way._session, "request", fails)
    sentence = refused(lambda: way.get(PROJECTS), StudioError)
    assert sentence == "The request to Studio could not be made; check the host."


# ------------------------------------------------------------------------- what is sent only once


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Action.TOO_MANY, times=None), "asked too often"),
        (Fault(Action.SERVER_ERROR, times=None), "a fault of its own (500)"),
        (Fault(Action.SERVER_ERROR, times=None, status=503), "a fault of its own (503)"),
        (Fault(Action.CUT, at=3, times=None), "broke off"),
        (Fault(Action.DROP, times=None), "cannot be reached"),
        (Fault(Action.REFUSE, text="Busy", times=None), "Studio says “Busy”"),
        (Fault(Action.HTML, times=None), "does not answer as Edge Impulse Studio does"),
    ],
)
def test_what_may_have_an_effect_is_sent_once(studio, fault, words):
    way = Transport(access_to(studio), progress := Noted())
    studio.faults.add(fault)
    assert words in refused(lambda: way.post("/9/jobs/classify", {}), StudioError)
    assert studio.count(method="POST") == 1
    assert progress.pauses == []


def test_what_may_have_an_effect_is_not_sent_again_when_the_answer_is_late(studio, impatient):
    way = Transport(access_to(studio), progress := Noted())
    studio.faults.add(Fault(Action.HANG, times=None))
    sentence = refused(lambda: way.post("/9/jobs/classify", {}), StudioError)
    assert "did not answer within 0.4 s" in sentence
    studio.wait_for(lambda: studio.count(method="POST") == 1)
    assert progress.pauses == []


# ------------------------------------------------------------------------------------- pictures


def test_a_picture_comes_whole(studio, way, project):
    assert way.file(Content.PICTURE, "/9/raw-data/1001/image") == project.samples[1001].content


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            Fault(Action.WRONG_MAGIC),
            "Studio sends something else where a picture should be; try again later.",
        ),
        (Fault(Action.HTML), "Studio sends a web page where a picture should be; try again later."),
        (Fault(Action.REFUSE, text="No sample found"), "Studio says “No sample found”."),
        (Fault(Action.REFUSE, text="Not here", status=404), "Studio says “Not here”."),
    ],
)
def test_what_is_no_picture_is_refused_at_once(studio, way, fault, sentence):
    studio.faults.add(fault)
    assert refused(lambda: way.file(Content.PICTURE, "/9/raw-data/1001/image")) == sentence
    assert studio.count() == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Action.CUT, at=100, times=3),
        Fault(Action.CUT, at=10**9, times=3),
        Fault(Action.SERVER_ERROR, times=3),
        Fault(Action.TOO_MANY, times=3),
    ],
)
def test_a_picture_is_tried_again(studio, way, project, fault):
    studio.faults.add(fault)
    assert way.file(Content.PICTURE, "/9/raw-data/1001/image") == project.samples[1001].content
    assert studio.count() == 4


def test_a_picture_that_always_breaks_off_is_told(studio, way):
    studio.faults.add(Fault(Action.CUT, at=100, times=None))
    assert refused(lambda: way.file(Content.PICTURE, "/9/raw-data/1001/image")) == BROKEN
    assert studio.count() == 4


# -------------------------------------------------------------------------------- other addresses


def redirecting(location, status=302):
    return lambda seen: Reply(status=status, headers={"Location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_json_from_another_host_is_refused_and_that_host_not_asked(status):
    with (
        answering(lambda seen: said()) as other,
        answering(redirecting(other.url, status)) as server,
    ):
        assert refused(lambda: to(server.url).get(PROJECTS), StudioError) == ELSEWHERE
        assert refused(lambda: to(server.url).post("/x", {}), StudioError) == ELSEWHERE
    assert other.seen == []
    assert len(server.seen) == 2


def test_another_port_is_another_host():
    with answering(lambda seen: said()) as other:
        location = other.url.replace("127.0.0.1", "localhost")
        with answering(redirecting(location)) as server:
            assert refused(lambda: to(server.url).get(PROJECTS), StudioError) == ELSEWHERE
    assert other.seen == []


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_picture_from_another_host_is_fetched_without_the_key(status):
    with (
        answering(lambda seen: Reply(JPEG)) as other,
        answering(redirecting(f"{other.url}/p?sig=1", status)) as server,
    ):
        assert to(server.url).file(Content.PICTURE, "/9/raw-data/1/image", {"a": 1}) == JPEG
    assert [seen.headers.get("x-api-key") for seen in server.seen] == [KEY]
    (seen,) = other.seen
    assert seen.path == "/p?sig=1"
    assert KEY not in str(seen)
    assert "x-api-key" not in seen.headers


def test_the_same_host_is_followed_with_the_key():
    def answer(seen):
        moved = seen.path.startswith("/v1/api/new")
        return said(a=2) if moved else Reply(status=302, headers={"Location": "/v1/api/new?b=3"})

    with answering(answer) as server:
        assert to(server.url).get("/old", {"a": 1})["a"] == 2
    assert [seen.path for seen in server.seen] == ["/v1/api/old?a=1", "/v1/api/new?b=3"]
    assert [seen.headers["x-api-key"] for seen in server.seen] == [KEY, KEY]


def test_a_post_is_not_followed_even_on_the_same_host():
    with answering(redirecting("/v1/api/new", 307)) as server:
        assert refused(lambda: to(server.url).post("/old", {}), StudioError) == ELSEWHERE
    assert len(server.seen) == 1


def test_a_circle_ends():
    with answering(redirecting("/v1/api/again")) as server:
        sentence = refused(lambda: to(server.url).get("/again"), StudioError)
    assert sentence == "Studio sends this request round in a circle; try again later."
    assert len(server.seen) == 4


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://["])
def test_an_address_that_is_none_is_not_opened(location):
    with answering(redirecting(location)) as server:
        assert refused(lambda: to(server.url).file(Content.PICTURE, "/x"), StudioError) == UNSAFE
    assert len(server.seen) == 1


def test_the_body_of_a_redirect_is_not_read():
    stop = threading.Event()
    with answering(lambda seen: Reply(JPEG)) as other:
        endless = Reply(status=302, headers={"Location": other.url}, length=10**9, until=stop)
        with answering(lambda seen: endless) as server:
            assert to(server.url).file(Content.PICTURE, "/x") == JPEG
            stop.set()
    assert len(server.seen) == 1


@pytest.mark.parametrize("spelt", ["http://me@{}", "http://me:secret@{}"])
def test_a_name_before_the_host_makes_it_another(spelt):
    def answer(seen):
        if seen.path == "/p":
            return Reply(JPEG)
        return Reply(status=302, headers={"Location": spelt.format(seen.headers["host"]) + "/p"})

    with answering(answer) as server:
        assert refused(lambda: to(server.url).get("/x"), StudioError) == ELSEWHERE
        assert to(server.url).file(Content.PICTURE, "/x") == JPEG
    assert "x-api-key" not in server.seen[-1].headers


# ------------------------------------------------------------------------------ whom it speaks to


class Canned(BaseAdapter):
    """Answers without a network."""

    def __init__(self, status=200, headers=(), body=b"{}"):
        super().__init__()
        self.given = status, dict(headers), body
        self.sent = []

    def send(self, request, **_):
        self.sent.append(request)
        response = requests.Response()
        response.status_code, headers, body = self.given
        response.raw = io.BytesIO(body)
        response.headers.update(headers)
        response.request, response.url = request, request.url
        return response

    def close(self):
        pass


@pytest.fixture
def door():
    """A port of this machine; whoever knocks is noted."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE)
        yield listening


def received(door):
    """What came through the door until it was shut."""
    connection, _ = door.accept()
    with connection:
        connection.settimeout(PATIENCE)
        return connection.recv(1000)


def test_only_the_owners_hosts_are_spoken_to_in_plain_http(studio):
    assert to(studio.url).get(PROJECTS)["success"] is True
    assert refused(lambda: to(studio.url, trusted=False).get(PROJECTS), StudioError) == UNSAFE
    assert studio.count() == 1


def private(name):
    return (
        f"{name} lies in the private network; this dashboard's owner can allow it "
        "with GRADCAM_STUDIO_HOSTS."
    )


def test_an_address_of_the_private_network_gets_nothing(door, progress):
    url = f"https://127.0.0.1:{door.getsockname()[1]}"
    way = to(url, progress, trusted=False)
    assert refused(lambda: way.get(PROJECTS), StudioError) == private("127.0.0.1")
    assert received(door) == b""
    assert progress.pauses == []


def test_a_name_that_leads_into_the_private_network_gets_nothing(door, monkeypatch, progress):
    port = door.getsockname()[1]
    there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_rest: there)
    way = to(f"https://studio.evil.example:{port}", progress, trusted=False)
    assert refused(lambda: way.get(PROJECTS), StudioError) == private("studio.evil.example")
    assert received(door) == b""
    assert progress.pauses == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
    ],
)
def test_which_addresses_are_public(door, monkeypatch, address, public):
    monkeypatch.setattr(socket.socket, "getpeername", lambda _: (address, 443))
    way = to(f"https://127.0.0.1:{door.getsockname()[1]}", trusted=False)
    connecting = threading.Thread(target=lambda: received(door))
    connecting.start()
    sentence = refused(lambda: way.get(PROJECTS), StudioError)
    connecting.join(PATIENCE)
    assert (sentence == private("127.0.0.1")) is not public


@pytest.fixture
def proxy(door, monkeypatch):
    """The machine's way out is a proxy behind the door."""
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{door.getsockname()[1]}")
    monkeypatch.setattr(module, "ATTEMPTS", 1)
    return door


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1:8443", "[::1]", "169.254.169.254"])
def test_no_proxy_is_sent_into_the_private_network(proxy, address):
    name = address.strip("[]").partition(":8443")[0]
    way = to(f"https://{address}", trusted=False)
    assert refused(lambda: way.get(PROJECTS), StudioError) == private(name)
    proxy.settimeout(0)
    with pytest.raises(BlockingIOError):
        proxy.accept()


@pytest.mark.parametrize("host", ["studio.acme.com", "8.8.8.8"])
def test_a_proxy_is_asked_for_a_public_studio_and_gets_no_key(proxy, host):
    came = []
    knocking = threading.Thread(target=lambda: came.append(received(proxy)))
    knocking.start()
    refused(lambda: to(f"https://{host}", trusted=False).get(PROJECTS), StudioError)
    knocking.join(PATIENCE)
    assert came[0].startswith(f"CONNECT {host}:443 HTTP/1.".encode())
    assert KEY.encode() not in came[0]


def test_a_host_that_the_owner_named_may_lie_in_the_private_network(studio):
    url = studio.url.replace("http:", "https:")
    assert "certificate" in refused(lambda: to(url).get(PROJECTS), StudioError)
    assert "private network" in refused(lambda: to(url, trusted=False).get(PROJECTS), StudioError)


def test_a_picture_is_not_fetched_from_the_private_network_for_a_public_studio(door):
    url = f"https://127.0.0.1:{door.getsockname()[1]}/p"
    way = to("https://studio.acme.com", trusted=False)
    way._session.mount("https://studio.acme.com", Canned(302, {"Location": url}))
    assert refused(lambda: way.file(Content.PICTURE, "/x"), StudioError) == private("127.0.0.1")
    assert received(door) == b""


def test_a_picture_is_not_fetched_in_plain_http_for_a_public_studio(studio):
    way = to("https://studio.acme.com", trusted=False)
    canned = Canned(302, {"Location": f"{studio.url}/p"})
    way._session.mount("https://studio.acme.com", canned)
    assert refused(lambda: way.file(Content.PICTURE, "/x"), StudioError) == UNSAFE
    assert [request.headers["x-api-key"] for request in canned.sent] == [KEY]
    assert studio.count() == 0


def test_a_certificate_that_cannot_be_trusted_ends_it(studio, progress):
    url = studio.url.replace("http:", "https:")  # where nobody has a certificate at all
    assert refused(lambda: to(url, progress).get(PROJECTS), StudioError) == (
        f"The certificate of {url} cannot be trusted, so the key was not sent."
    )
    assert progress.pauses == []
    assert studio.count() == 0


# ------------------------------------------------------------------------------------- who leaves


def test_who_leaves_during_a_pause_is_not_waited_for(studio):
    progress = Progress()
    progress.cancel()
    studio.faults.add(Fault(Action.TOO_MANY, times=None, retry_after=60))
    with pytest.raises(Cancelled):
        Transport(access_to(studio), progress).get(PROJECTS)
    assert studio.count() == 1


def test_who_leaves_is_not_followed_by_another_attempt(studio):
    studio.faults.add(Fault(Action.SERVER_ERROR, times=None))
    with pytest.raises(Cancelled):
        Transport(access_to(studio), LeavesAt("pause")).file(
            Content.PICTURE, "/9/raw-data/1001/image"
        )
    assert studio.count() == 1
