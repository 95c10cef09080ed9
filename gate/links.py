"""Where a person goes once they are signed in: to where they wanted, and never off this server."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

_CONTROL: Final = re.compile(r"[\x00-\x20\x7f\\]")


def base_path(base: str) -> str:
    """A base path as paths begin with it: one slash before it, none after."""
    inner = base.strip("/")
    return f"/{inner}" if inner else ""


def safe(link: str | None) -> str:
    """A link as it is where it leads to a path of this server, else `/`.

    It begins with one slash; a second one, a backslash, or a character that browsers leave out
    would make a host of what follows.
    """
    link = link or "/"
    return link if link[0] == "/" and link[1:2] != "/" and not _CONTROL.search(link) else "/"


def link_of(path: str, query: bytes) -> str:
    """The link of a request."""
    return safe(f"{quote(path)}?{query.decode('latin-1')}" if query else quote(path))


def without(query: bytes, name: str) -> bytes:
    """A query without one parameter; the others as they were."""
    kept = [part for part in query.split(b"&") if part.partition(b"=")[0] != name.encode()]
    return b"&".join(kept)


def parameter(query: bytes, name: str) -> str | None:
    """The first value of a parameter."""
    return dict(reversed(parse_qsl(query.decode("latin-1")))).get(name)


def leading_to(path: str, link: str, why: str = "") -> str:
    """The path of a page that leads to a link, with why it is shown."""
    said = {"next": safe(link), **({"why": why} if why else {})}
    return f"{path}?{urlencode(said)}"
