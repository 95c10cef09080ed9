"""A provider signs people in (OpenID Connect), by what Streamlit has for `st.login`.

Streamlit's own cookie would count for thirty days and lead every person to the first page. So the
gate takes the answer of its callback, gives a cookie of its own, and leads to where the person
wanted to go; Streamlit's cookies stay with the browser for its way to sign out alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request, cookie_parser
from starlette.responses import Response
from starlette.types import Message, Send

from components.sign_in.page import WayIn, sign_in_page
from gate import cookie, streamlit_inside
from gate.answers import redirect
from gate.cookie_door import CookieDoor, Why
from gate.door import Incoming
from gate.links import leading_to, parameter, safe
from services.people.roles import groups_in
from services.people.sign_in import SIGN_IN, SIGN_OUT, SignIn, new_sign_in

_BACK: Final = "gradcam_next"  # where to go once the provider has answered
_WAIT: Final = 600  # seconds that a person may take at the provider
_MOVED: Final = "moved"
_LONGEST: Final = 3000  # characters: of a cookie browsers keep 4096
_OF_STREAMLIT: Final = frozenset(
    {streamlit_inside.LOGIN, streamlit_inside.CALLBACK, streamlit_inside.LOGOUT}
)


class OidcDoor(CookieDoor):
    """Lets in whom a provider knows."""

    async def own_answer(self, request: Request, incoming: Incoming) -> Response | None:
        """The way to a provider, and out again."""
        if incoming.path.startswith(f"{SIGN_IN}/") and request.method == "GET":
            return self._to_provider(incoming, incoming.path.removeprefix(f"{SIGN_IN}/"))
        if incoming.path == streamlit_inside.LOGOUT and incoming.sign_in is not None:
            return redirect(f"{incoming.base}{SIGN_OUT}")  # here first, then there
        if (
            incoming.path == SIGN_IN
            and request.method == "GET"
            and "why" not in request.query_params
            and len(only := streamlit_inside.providers()) == 1
            and incoming.sign_in is None
        ):
            return self._to_provider(incoming, only[0])  # there is nothing to choose
        return await super().own_answer(request, incoming)

    def _to_provider(self, incoming: Incoming, provider: str) -> Response:
        query = incoming.request.query_params
        link = safe(query.get("next"))
        if provider not in streamlit_inside.providers():
            return redirect(leading_to(f"{incoming.base}{SIGN_IN}", link, Why.STALE.name))
        home = streamlit_inside.home_address() or ""
        if urlsplit(home).netloc != incoming.request.headers["host"] and _MOVED not in query:
            # The provider leads back to that name, where a cookie of this one is not known.
            path = f"{home}{incoming.base}{SIGN_IN}/{quote(provider)}"
            return redirect(f"{path}?{urlencode({'next': link, _MOVED: 1})}")
        token = streamlit_inside.provider_token(provider)
        ask = urlencode({"provider": token})
        answer = redirect(f"{incoming.base}{streamlit_inside.LOGIN}?{ask}")
        answer.set_cookie(
            _BACK,
            quote(link) if len(quote(link)) < _LONGEST else "",
            max_age=_WAIT,
            path=incoming.base or "/",
            secure=cookie.is_secure(incoming.request),
            httponly=True,
            samesite="lax",
        )
        return answer

    def sign_in_page(self, incoming: Incoming, link: str, why: str) -> str:
        """A button for each provider."""
        names = streamlit_inside.providers()
        ways = [
            WayIn(
                "Sign in" if name == "default" else f"Sign in with {name.capitalize()}",
                f"{incoming.base}{SIGN_IN}/{quote(name)}?{urlencode({'next': link})}",
            )
            for name in names
        ]
        return sign_in_page("Sign in", why=why, ways=ways, link=link)

    def after_signing_out(self, incoming: Incoming) -> str:
        """On to Streamlit's own way out, which leads to the provider's."""
        return f"{incoming.base}{streamlit_inside.LOGOUT}"

    def leads_through(self, incoming: Incoming) -> bool:
        """Streamlit's own ways to the provider and back."""
        return incoming.path in _OF_STREAMLIT

    def answering(self, incoming: Incoming, send: Send) -> Send:
        """Make of Streamlit's answer what it means here."""
        if not self.leads_through(incoming):
            return send

        async def changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                given = _given(headers)
                if incoming.path == streamlit_inside.CALLBACK:
                    _come_back(incoming, headers, streamlit_inside.claims(given))
                _put_aside(headers, incoming.base)
            await send(message)

        return changed


def _come_back(incoming: Incoming, headers: MutableHeaders, claims: Mapping[str, Any]) -> None:
    """Lead to where the person wanted to go, signed in; or to the page that says why not."""
    request = incoming.request
    link = safe(unquote(request.cookies.get(_BACK, "")) or f"{incoming.base}/")
    answer = Response()
    if claims.get("sub"):
        cookie.give(answer, request, _signed_in(claims), incoming.base)
        answer.delete_cookie(_BACK, path=incoming.base or "/")
        headers["location"] = link
    else:
        headers["location"] = leading_to(f"{incoming.base}{SIGN_IN}", link, _why(request).name)
    for value in answer.headers.getlist("set-cookie"):
        headers.append("set-cookie", value)
    headers["cache-control"] = "no-store"


def _signed_in(claims: Mapping[str, Any]) -> SignIn:
    """Who the provider says it is: by issuer and subject, since an address may be anybody's."""
    email = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
    name = claims.get("name") or claims.get("preferred_username") or email
    return new_sign_in(
        str(claims.get("iss") or claims.get("provider")),
        str(claims["sub"]),
        name=str(name)[:200],
        email=email,
        groups=groups_in(claims),
    )


def _why(request: HTTPConnection) -> Why:
    query = request.scope["query_string"]
    if parameter(query, "error") is not None:
        return Why.DENIED
    return Why.STALE if parameter(query, "code") is not None else Why.OUT


def _given(headers: MutableHeaders) -> dict[str, str]:
    """Values of the cookies that an answer sets, by name."""
    given: dict[str, str] = {}
    for header in headers.getlist("set-cookie"):
        given |= cookie_parser(header.partition(";")[0])
    return given


def _put_aside(headers: MutableHeaders, base: str) -> None:
    """Have Streamlit's cookies sent along on its way out alone: it asks them where that is."""
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for each in cookies:
        moved = streamlit_inside.is_of_streamlit(each)
        path = f"{base}{streamlit_inside.LOGOUT}"
        headers.append("set-cookie", _for_path(each, path) if moved else each)


def _for_path(header: str, path: str) -> str:
    parts = [part for part in header.split("; ") if not part.lower().startswith("path=")]
    return "; ".join([*parts, f"Path={path}"])
