"""The proxy before servers that only say their name: who is led where, and what is refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.http_client import HttpClient
from hosting.processes import POLL, free_port
from hosting.proxy import find_haproxy, running_proxy
from tests.waiting import PATIENCE


class Stub:
    """A replica that tells its name and what it was asked with."""

    def __init__(self, name: str, *, ready: bool) -> None:
        # With 200 either way: only the content tells.
        readiness = json.dumps({"ready": ready}, separators=(",", ":"))

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                told = json.dumps({"name": name, "headers": dict(self.headers)})
                said = (readiness if self.path == "/ready" else told).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.place = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def wait_for_line(log: Path, line: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while line not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
        time.sleep(POLL)  # between two looks at it, until the deadline


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[object]:
    """Starts the proxy before two servers, and waits until it knows which of them are not ready."""
    if find_haproxy() is None:
        pytest.skip("HAProxy is not installed; `make team` does it on Debian")
    ends = []

    def started(*, a: bool = True, b: bool = True) -> str:
        stubs = {name: Stub(name, ready=ready) for name, ready in (("a", a), ("b", b))}
        ends.extend(stub.end for stub in stubs.values())
        running = running_proxy(
            f"127.0.0.1:{free_port()}", [stub.place for stub in stubs.values()], tmp_path
        )
        url = running.__enter__()
        ends.insert(0, lambda: running.__exit__(None, None, None))
        for name, ready in (("a", a), ("b", b)):
            if not ready:  # those that are count as such until they are asked
                wait_for_line(tmp_path / "haproxy.log", f"Server replicas/{name} is DOWN")
        return url

    yield started
    for end in ends:
        end()


def name(client: HttpClient) -> str:
    return json.loads(client.get("/").body)["name"]


def test_who_was_answered_is_led_to_the_same_again(proxied):
    url = proxied()
    people = [HttpClient(url) for _ in range(6)]
    first = [name(person) for person in people]
    assert set(first) == {"a", "b"}
    assert [person.cookies["route"] for person in people] == first
    for _ in range(3):
        assert [name(person) for person in people] == first


def test_a_replica_that_is_not_ready_gets_nobody_new_but_keeps_its_own(proxied):
    url = proxied(a=False)
    assert {name(HttpClient(url)) for _ in range(6)} == {"b"}
    assert {name(HttpClient(url, {"route": "a"})) for _ in range(3)} == {"a"}


def test_while_none_is_ready_a_page_says_so_and_tries_again(proxied):
    answer = HttpClient(proxied(a=False, b=False)).get("/")
    assert answer.status == 503
    assert b"starting" in answer.body
    assert b"http-equiv=refresh" in answer.body


@pytest.mark.parametrize("path", ["/metrics", "/_stcore/metrics", "/_stcore/agent/interact"])
def test_what_is_for_the_hosts_themselves_is_refused(proxied, path):
    assert HttpClient(proxied()).get(path).status == 403


def test_nobody_says_where_they_come_from(proxied):
    client = HttpClient(proxied())
    told = json.loads(client.get("/", {"X-Forwarded-For": "203.0.113.7"}).body)["headers"]
    assert (told["x-forwarded-for"], told["x-forwarded-proto"]) == ("127.0.0.1", "http")
