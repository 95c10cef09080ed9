"""What doors have in common that know people by a cookie: the page to sign in, and signing out."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from enum import Enum

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gate import cookie
from gate.answers import declined, page, redirect, wants_page
from gate.door import Door, Incoming
from gate.links import leading_to, link_of, safe
from services.errors import DatabaseError
from services.people.revoked import end
from services.people.sign_in import SIGN_IN, SIGN_OUT, SignIn, has_expired
from services.settings import settings


class Why(Enum):
    """What leads to the page to sign in, and its sentence."""

    WRONG = "That token is not the one of this server; its owner has the link that it printed."
    OVER = "You were signed in for {hours:g} hours, which is as long as it lasts here."
    OUT = "You are signed out."
    DENIED = "The sign-in was refused or left; nobody was signed in."
    STALE = "That sign-in had waited too long, or was used already; begin it again."

    @property
    def said(self) -> str:
        """The sentence."""
        return self.value.format(hours=settings().login_hours)


class CookieDoor(Door):
    """Knows people by the cookie that it gave them."""

    @abstractmethod
    def sign_in_page(self, incoming: Incoming, link: str, why: str) -> str:
        """The page to sign in, as HTML."""

    def known(self, request: HTTPConnection) -> SignIn | None:
        """Whose cookie it is."""
        return cookie.read(request)

    async def own_answer(self, request: Request, incoming: Incoming) -> Response | None:
        """The page to sign in, and signing out."""
        if incoming.path == SIGN_OUT:
            return await self._sign_out(incoming)
        if incoming.path != SIGN_IN or request.method != "GET":
            return None
        link = safe(request.query_params.get("next"))
        if incoming.sign_in is not None:
            return redirect(link)
        return page(self.sign_in_page(incoming, link, _sentence(request.query_params.get("why"))))

    def after_signing_out(self, incoming: Incoming) -> str:
        """Where signing out leads."""
        return leading_to(f"{incoming.base}{SIGN_IN}", f"{incoming.base}/", Why.OUT.name)

    async def _sign_out(self, incoming: Incoming) -> Response:
        """Take the cookie back, and have it count nowhere if somebody kept it."""
        if incoming.sign_in is not None:
            with suppress(DatabaseError):  # told in the log; this browser forgets it all the same
                await run_in_threadpool(end, incoming.sign_in.id)
        answer = redirect(self.after_signing_out(incoming))
        cookie.take(answer, incoming.base)
        return answer

    def refused(self, incoming: Incoming) -> Response:
        """The way to sign in and back, where a person asks for a page; else no."""
        request = incoming.request
        if not wants_page(request, incoming.path):
            return declined(
                request, incoming.path, 401, "Sign in", "Sign in to this dashboard first."
            )
        kept = cookie.read(request)
        old = kept is not None and has_expired(kept)
        why = Why.OVER.name if old else ""
        link = link_of(request.scope["path"], request.scope["query_string"])
        return redirect(leading_to(f"{incoming.base}{SIGN_IN}", link, why))


def came_in(incoming: Incoming, sign_in: SignIn, link: str) -> Response:
    """The answer that gives the cookie and leads on."""
    answer = redirect(safe(link))
    cookie.give(answer, incoming.request, sign_in, incoming.base)
    return answer


def _sentence(name: str | None) -> str:
    return Why[name].said if name and name in Why.__members__ else ""
