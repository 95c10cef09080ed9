"""What a browser asks for beside the websocket, with the cookies that it was given."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit
from uuid import uuid4

PATIENCE = 120.0  # seconds for one answer
XSRF = "_streamlit_xsrf"


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    body: bytes


@dataclass
class HttpClient:
    """A browser profile: its cookies outlive a session.

    Attributes:
        url: of the server, `http://host:port`.
        cookies: by name.
        own: headers that go along with everything, such as those of a proxy that signs people in.
    """

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Fetch something."""
        return self._ask("GET", path, b"", headers or {})

    def put_file(self, path: str, name: str, content: bytes) -> Answer:
        """Send a file as a form does, as Streamlit's browser side sends it."""
        boundary = uuid4().hex
        head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "X-Xsrftoken": self.cookies.get(XSRF, ""),
        }
        return self._ask("PUT", path, body, headers)

    @property
    def headers(self) -> dict[str, str]:
        """What goes along with everything: its own headers, and cookies where there are some."""
        pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self.own, "Cookie": pairs} if pairs else self.own

    def take_cookies(self, headers: list[str]) -> None:
        """Keep what `Set-Cookie` headers say."""
        for header in headers:
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {**headers, **self.headers})
            answer = connection.getresponse()
            self.take_cookies(answer.headers.get_all("Set-Cookie") or [])
            return Answer(answer.status, answer.read())
        finally:
            connection.close()
