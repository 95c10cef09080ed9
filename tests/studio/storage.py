"""Where exports lie: another origin, that knows links instead of keys."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from email.utils import format_datetime

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from tests.studio.faults import Action, Faults
from tests.studio.log import Origin
from tests.studio.project import Export

CREDENTIALS = ("x-api-key", "x-jwt-token", "authorization", "cookie")
TOKEN = "X-Amz-Signature"


@dataclass
class Storage:
    """Exports and the links to them.

    Attributes:
        serves_ranges: whether part of a file can be asked for.
    """

    serves_ranges: bool = True
    _objects: dict[str, Export] = field(default_factory=dict)
    _links: dict[str, str] = field(default_factory=dict)  # token → path
    _expired: set[str] = field(default_factory=set)

    def link(self, project: int, export: Export) -> str:
        """Path and query of a new link to an export."""
        path = f"/exports/{project}/{export.number}.zip"
        token = secrets.token_hex(16)
        self._objects[path] = export
        self._links[token] = path
        return f"{path}?X-Amz-Expires=3600&{TOKEN}={token}"

    def expire(self) -> None:
        """All links given out so far work no longer."""
        self._expired |= self._links.keys()

    def answer(self, request: HttpRequest, faults: Faults) -> Response:
        """Answer a request for a file."""
        if any(name in request.headers for name in CREDENTIALS):
            return _error(400, "InvalidArgument", "Only one auth mechanism allowed")
        path = request.url.path
        token = request.query_params.get(TOKEN, "")
        wanted = frozenset({Action.EXPIRED_URL})
        if token in self._expired or faults.take(wanted, request.method, path, Origin.STORAGE):
            return _error(403, "AccessDenied", "Request has expired")
        if self._links.get(token) != path:
            return _error(403, "SignatureDoesNotMatch", "The signature does not match")
        return self._file(request, self._objects[path])

    def _file(self, request: HttpRequest, export: Export) -> Response:
        body = export.content
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        headers = {
            "ETag": etag,
            "Last-Modified": format_datetime(export.created, usegmt=True),
            "Content-Type": "application/zip",
        }
        if self.serves_ranges:
            headers["Accept-Ranges"] = "bytes"
        asked = request.headers.get("range", "") if self.serves_ranges else ""
        if request.headers.get("if-range", etag) not in (etag, headers["Last-Modified"]):
            asked = ""  # the client's part is of another file: it gets the whole one
        if not asked:
            return Response(body, 200, headers)
        part = _span(asked, len(body))
        if part is None:
            return Response(b"", 416, {"Content-Range": f"bytes */{len(body)}"})
        first, last = part
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        return Response(body[first : last + 1], 206, headers)


def _span(asked: str, size: int) -> tuple[int, int] | None:
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size - 1
    span = int(first), min(size - 1, int(last or size - 1))
    return span if span[0] <= span[1] else None


def _error(status: int, code: str, message: str) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{message}</Message>"
        f"<RequestId>{secrets.token_hex(8).upper()}</RequestId></Error>"
    )
    return Response(body, status, media_type="application/xml")
