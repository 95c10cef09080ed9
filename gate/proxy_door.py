"""A proxy in front signs people in and names them in a header, with a secret that only it knows."""

from __future__ import annotations

import hmac
from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gate.answers import declined
from gate.door import Door, Incoming
from services.people.people_file import is_address
from services.people.sign_in import SignIn, new_sign_in
from services.settings import Login, settings

SECRET_HEADER: Final = "X-Gradcam-Proxy-Secret"  # noqa: S105 - its name


class ProxyDoor(Door):
    """Believes a header of a proxy that proves itself by a secret."""

    def known(self, request: HTTPConnection) -> SignIn | None:
        """Whom the proxy names; a header that came twice, or is spelled otherwise, names nobody."""
        headers = request.scope["headers"]
        secret, subject = _only(headers, SECRET_HEADER), _only(headers, settings().proxy_header)
        if secret is None or not subject:
            return None
        if not hmac.compare_digest(secret, settings().proxy_secret.encode()):
            return None
        try:
            name = subject.decode("utf-8")
        except UnicodeDecodeError:
            name = subject.decode("latin-1")
        email = name if is_address(name) else ""  # the proxy vouches for it
        return new_sign_in(Login.PROXY.value, name, name=name, email=email)

    async def own_answer(self, request: Request, incoming: Incoming) -> None:
        """Signing in and out is the proxy's."""

    def refused(self, incoming: Incoming) -> Response:
        """No."""
        return declined(
            incoming.request,
            incoming.path,
            403,
            "Not signed in",
            "This dashboard is reached through its sign-in proxy only; use its public address, "
            "and ask its owner if you came by that.",
        )


def _only(headers: list[tuple[bytes, bytes]], name: str) -> bytes | None:
    """The value of a header that is there once, spelled as it should be.

    Some servers take `_` for `-`, so that a header of the first sort passes a proxy which replaces
    the second.
    """
    exact = name.lower().encode()
    alike = [(key, value) for key, value in headers if key.lower().replace(b"_", b"-") == exact]
    if len(alike) != 1 or alike[0][0].lower() != exact:
        return None
    return alike[0][1].strip()
