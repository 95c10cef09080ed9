"""A server for several people: what it needs before the first of them comes."""

from __future__ import annotations

import sys
from typing import Any, Final

from starlette.middleware import Middleware

from gate import streamlit_inside
from gate.door import Door, OpenDoor
from gate.gate import PERSON_HEADER, Gate
from gate.log import begin_log
from gate.oidc_door import OidcDoor
from gate.proxy_door import ProxyDoor
from gate.token_door import PARAMETER, TokenDoor
from services.errors import DatabaseError, DatabaseUnfitError
from services.settings import Login, Settings, settings

# Whoever asks these is told nothing of people and projects, so they answer strangers as well;
# `/metrics` looks itself at who asks.
OPEN_PATHS: Final = frozenset({"/live", "/ready", "/metrics"})
_DOORS: Final[dict[Login, type[Door]]] = {
    Login.NONE: OpenDoor,
    Login.TOKEN: TokenDoor,
    Login.OIDC: OidcDoor,
    Login.PROXY: ProxyDoor,
}
_SHORTEST: Final = 16  # characters of a secret that somebody thought of


def gate() -> Middleware:
    """The gate that the settings ask for.

    Raises:
        SystemExit: the settings cannot be followed; with a sentence that says which and why.
    """
    given = settings()
    if (fault := _fault(given)) is not None:
        sys.exit(f"error: {fault}")
    begin_log()
    _have_database()
    if given.login is not Login.NONE:
        streamlit_inside.trust(PERSON_HEADER)
        streamlit_inside.sign_with(given.secret)
    return Middleware(Gate, door_of(given.login), streamlit_inside.base(), OPEN_PATHS)


def door_of(login: Login) -> Door:
    """The door that a kind of sign-in is."""
    return _DOORS[login]()


def provider_of_environment() -> dict[str, Any] | None:
    """A provider of the environment, as Streamlit's `secrets.toml` names it; None for none."""
    given = settings()
    if not given.oidc_metadata:
        return None
    return {
        "auth": {
            "redirect_uri": f"{given.url}{streamlit_inside.CALLBACK}",
            "cookie_secret": given.secret,
            "client_id": given.oidc_client,
            "client_secret": given.oidc_secret,
            "server_metadata_url": given.oidc_metadata,
            "client_kwargs": {"scope": given.oidc_scope},
        }
    }


def way_in() -> str:
    """The link that lets people in, and how to do without it."""
    if settings().url:
        place = settings().url
    else:
        address = streamlit_inside.bound_address() or "localhost"
        host = "localhost" if address in {"0.0.0.0", "::"} else address  # noqa: S104 - to be read
        place = f"http://{host}:{streamlit_inside.port()}{streamlit_inside.base()}"
    return (
        f"\n  Whoever has this link may come in:\n\n    {place}/?{PARAMETER}={settings().token}\n\n"
        "  From another machine, put this one's name in place of the first part. To sign in\n"
        "  otherwise, or not at all behind a gate of your own, set GRADCAM_LOGIN: docs/hosting.md\n"
    )


def _have_database() -> None:
    """Where several people write: have their database reached before the first of them comes.

    One that does not answer yet keeps nobody from what needs none; `/ready` tells of it.

    Raises:
        SystemExit: it is no use as it is; with the sentence that says why.
    """
    if settings().login is Login.NONE and not settings().database:
        return  # on one's own machine nothing is made before somebody writes
    from services.database.transactions import have_schema

    try:
        have_schema()
    except DatabaseUnfitError as error:
        sys.exit(f"error: {error}")
    except DatabaseError as error:
        print(f"warning: {error}", file=sys.stderr, flush=True)


def _fault(given: Settings) -> str | None:
    """Why the settings cannot be followed."""
    if given.login is Login.PROXY and not given.proxy_secret:
        return (
            "GRADCAM_LOGIN=proxy needs GRADCAM_PROXY_SECRET, which the proxy sends along in "
            "X-Gradcam-Proxy-Secret; without it anybody could say who they are."
        )
    if given.login is Login.OIDC and (fault := _fault_of_providers(given)):
        return fault
    short = [
        name
        for name, secret in (
            ("GRADCAM_TOKEN", given.token),
            ("GRADCAM_SECRET", given.secret),
            ("GRADCAM_PROXY_SECRET", given.proxy_secret),
        )
        if 0 < len(secret) < _SHORTEST
    ]
    return f"{short[0]} must have at least {_SHORTEST} characters." if short else None


def _fault_of_providers(given: Settings) -> str | None:
    if not streamlit_inside.can_ask_providers():
        return "GRADCAM_LOGIN=oidc needs: pip install -r requirements-oidc.txt"
    if given.oidc_metadata:
        missing = [
            name
            for name, value in (
                ("GRADCAM_URL", given.url),
                ("GRADCAM_OIDC_CLIENT_ID", given.oidc_client),
                ("GRADCAM_OIDC_CLIENT_SECRET", given.oidc_secret),
            )
            if not value
        ]
        return f"GRADCAM_OIDC_METADATA needs {missing[0]} beside it." if missing else None
    if not streamlit_inside.providers() or not streamlit_inside.home_address():
        return (
            "GRADCAM_LOGIN=oidc needs a provider: GRADCAM_OIDC_METADATA, GRADCAM_OIDC_CLIENT_ID, "
            "GRADCAM_OIDC_CLIENT_SECRET and GRADCAM_URL, or several in .streamlit/secrets.toml."
        )
    return None
