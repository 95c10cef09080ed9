"""A secret link lets people in, as Jupyter's does: for a server without accounts."""

from __future__ import annotations

import hmac
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from components.sign_in.page import sign_in_page
from gate.answers import page, redirect, wants_page
from gate.cookie_door import CookieDoor, Why, came_in
from gate.door import Incoming
from gate.links import leading_to, link_of, parameter, safe, without
from services.people.sign_in import SIGN_IN, SignIn, new_sign_in
from services.settings import Login, settings

PARAMETER: Final = "token"
_LONGEST: Final = 16_384  # bytes of a form: a token, and a link to go back to


class TokenDoor(CookieDoor):
    """Lets in whoever has the token, from the link or typed."""

    async def own_answer(self, request: Request, incoming: Incoming) -> Response | None:
        """The exchange of a token for a cookie, out of the address and into it never again."""
        if incoming.path == SIGN_IN and request.method == "POST":
            return await self._typed(request, incoming)
        given = parameter(request.scope["query_string"], PARAMETER)
        if given is None or not wants_page(request, incoming.path):
            return await super().own_answer(request, incoming)
        link = link_of(request.scope["path"], without(request.scope["query_string"], PARAMETER))
        if _is_right(given):
            return came_in(incoming, _holder(), link)
        known = incoming.sign_in is not None
        why = leading_to(f"{incoming.base}{SIGN_IN}", link, Why.WRONG.name)
        return redirect(link if known else why)

    async def _typed(self, request: Request, incoming: Incoming) -> Response:
        form = await _form(request)
        link = safe(form.get("next"))
        if _is_right(form.get(PARAMETER, "")):
            return came_in(incoming, _holder(), link)
        return page(self.sign_in_page(incoming, link, Why.WRONG.said), 403)

    def sign_in_page(self, incoming: Incoming, link: str, why: str) -> str:
        """A field for the token."""
        return sign_in_page(
            "Sign in",
            lines=(
                "This dashboard opens with a token: it is in the link that the server printed.",
            ),
            why=why,
            form=f"{incoming.base}{SIGN_IN}",
            link=link,
        )


def _holder() -> SignIn:
    """Whoever has the token; it tells nobody apart."""
    return new_sign_in(Login.TOKEN.value, "holder", name="Token holder")


def _is_right(given: str) -> bool:
    return hmac.compare_digest(given.strip().encode(), settings().token.encode())


async def _form(request: Request) -> dict[str, str]:
    """A short form; empty where it is too long to be one of ours."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            return {}
    return {name: values[0] for name, values in parse_qs(body.decode("latin-1")).items()}
