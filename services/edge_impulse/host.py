"""Which Studio: the address as people spell it, and whether this server may talk to it."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.errors import ProjectError

log = logging.getLogger(__name__)

PUBLIC = "https://studio.edgeimpulse.com"
LOCAL_PORT = 4800  # where Edge Impulse's own developers run theirs
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass(frozen=True)
class Host:
    """A Studio that this server may talk to.

    Attributes:
        origin: scheme, name and port, such as `https://studio.edgeimpulse.com`.
        trusted: named by the server's owner, so that it may lie in the private network and speak
            plain HTTP; any other has to be on the public internet and speak HTTPS.
    """

    origin: str
    trusted: bool = False


def find_host(text: str, allowed: Sequence[str] = ()) -> Host:
    """The Studio that a person means.

    Args:
        text: empty for the public one; `acme.com` for `https://studio.acme.com`, as the variable
            EI_HOST of Edge Impulse's own tools; an IP address or `localhost` for port 4800 there;
            or an address with its scheme, with or without `/v1`.
        allowed: hosts that the server's owner allows beside the public one, in any of these
            spellings; `*` for any on the public internet.

    Raises:
        ProjectError: no host can be read from it, or it is not allowed here.
    """
    origin = origin_of(text)
    if origin in _named(allowed):
        return Host(origin, trusted=True)
    if origin == PUBLIC or ("*" in allowed and origin.startswith("https://")):
        return Host(origin)
    raise ProjectError(
        f"This dashboard may not connect to {origin}; its owner can allow that with "
        f"GRADCAM_STUDIO_HOSTS={origin}."
    )


def known_hosts(allowed: Sequence[str]) -> list[str]:
    """The public Studio's origin, then those that the server's owner names."""
    return list(dict.fromkeys([PUBLIC, *_named(allowed)]))


def _named(allowed: Sequence[str]) -> list[str]:
    named = []
    for name in allowed:
        try:
            named += [] if name == "*" else [origin_of(name)]
        except ProjectError:
            log.warning("GRADCAM_STUDIO_HOSTS names %r, which is no host", name)
    return named


def origin_of(text: str) -> str:
    """Scheme, name and port of a host in any of its spellings.

    Raises:
        ProjectError: no host can be read from it.
    """
    text = text.strip()
    if not text:
        return PUBLIC
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        name, port = (parts.hostname or "").lower(), parts.port
        if parts.scheme not in {"", "http", "https"} or parts.username or not _readable(name):
            raise ValueError(text)
    except ValueError as error:
        raise ProjectError(
            "The host cannot be read; write for example studio.edgeimpulse.com."
        ) from error
    shown = f"[{name}]" if ":" in name else name
    if parts.scheme:
        standard = 443 if parts.scheme == "https" else 80
        return f"{parts.scheme}://{shown}" + (f":{port}" if port not in {None, standard} else "")
    if _is_address(name) or name == "localhost" or name.endswith(".local"):
        return f"http://{shown}:{port or LOCAL_PORT}"
    full = shown if name.startswith("studio.") else f"studio.{shown}"
    return f"https://{full}" + (f":{port}" if port not in {None, 443} else "")


def _readable(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
