"""A tiny server for answers that no Studio gives: what it says is written by the test."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.waiting import PATIENCE


@dataclass
class Reply:
    """An answer.

    Attributes:
        length: the Content-Length; None for the body's own.
        until: the connection stays open, silent, until this is set.
    """

    body: bytes = b""
    status: int = 200
    headers: dict = field(default_factory=dict)
    length: int | None = None
    until: threading.Event | None = None


@dataclass(frozen=True)
class Seen:
    """A request; names of headers in lower case."""

    method: str
    path: str
    headers: dict
    body: bytes


class Answering(ThreadingHTTPServer):
    """The server, and the requests that it got."""

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.seen = []
        self.changed = threading.Condition()
        self.url = f"http://127.0.0.1:{self.server_port}"

    def wait_for(self, count):
        """Wait until so many requests have come: a client may give one up before it is read."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.seen) == count, PATIENCE)

    def handle_error(self, *_):
        """A client that has gone is no error."""


class _Handler(BaseHTTPRequestHandler):
    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, self.path, headers, body)
        with self.server.changed:
            self.server.seen.append(seen)
            self.server.changed.notify_all()
        reply = self.server.answer(seen)
        self.send_response(reply.status)
        length = len(reply.body) if reply.length is None else reply.length
        for name, value in {"Content-Length": str(length), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()
        if reply.until is not None:
            reply.until.wait()

    do_GET = do_POST = handle_one  # noqa: N815 - as http.server calls them

    def log_message(self, *_):
        """Nothing on the terminal."""


@contextmanager
def answering(answer):
    """Serve `answer(request) -> Reply` until the block ends."""
    with Answering(answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class RangedFile:
    """A file that a storage serves, part by part if asked; answers can be cut.

    Attributes:
        cuts: for each of the next answers, after how many bytes the connection breaks.
    """

    def __init__(self, content, etag='"one"', cuts=(), headers=None):
        self.content = content
        self.etag = etag
        self.cuts = list(cuts)
        self.headers = headers or {}

    def __call__(self, seen):
        headers = {"Content-Type": "application/zip", **self.headers}
        if self.etag:
            headers["ETag"] = self.etag
        body, status = self.content, 200
        asked = seen.headers.get("range")
        if asked and seen.headers.get("if-range") in {None, self.etag}:
            begun = int(asked.removeprefix("bytes=").removesuffix("-"))
            if begun >= len(body):
                return Reply(status=416)
            headers["Content-Range"] = f"bytes {begun}-{len(body) - 1}/{len(body)}"
            body, status = body[begun:], 206
        cut = self.cuts.pop(0) if self.cuts else len(body)
        return Reply(body[:cut], status, headers, length=len(body))
