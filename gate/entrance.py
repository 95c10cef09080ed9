"""What `app.py` puts before the dashboard; on one's own machine no more than a look at names."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from gate import streamlit_inside
from gate.hosts import KnownHosts, is_loopback
from gate.watching import watching_routes
from services.settings import LogForm, Login, settings

_UNGUARDED: Final = (
    "This dashboard was started as one for this machine alone, on an address that others reach: "
    "start it with streamlit run app.py, which has people sign in."
)
_guarding = threading.Event()  # whether `middleware` stands before what this process serves


def middleware() -> list[Middleware]:
    """The gate.

    Raises:
        SystemExit: the settings cannot be followed; with a sentence that says which and why.
    """
    _settle_login()
    streamlit_inside.run_the_dashboard_always()
    streamlit_inside.keep_downloads()
    _guarding.set()
    known = Middleware(KnownHosts, settings().login, settings().hosts)
    if _is_for_one_person():
        return [known]
    from gate.hosted import gate  # with all that many people need

    return [known, gate()]


def reason_against_serving() -> str:
    """Why the dashboard shows nobody anything as it was started, in a sentence; "" where it may."""
    if _guarding.is_set() or is_loopback(streamlit_inside.bound_address()):
        return ""
    return _UNGUARDED


def secrets() -> dict[str, Any] | None:
    """What Streamlit would read in `secrets.toml`; None for nothing but that."""
    if settings().login is not Login.OIDC:
        return None
    from gate.hosted import provider_of_environment

    return provider_of_environment()


def routes() -> list[BaseRoute]:
    """What the server answers beside the dashboard."""
    return watching_routes()


@asynccontextmanager
async def open_up(app: object) -> AsyncIterator[None]:  # noqa: ARG001 - `st.App` hands itself over
    """Say how to come in, where not everybody may."""
    if settings().login is Login.TOKEN:
        from gate.hosted import way_in

        print(way_in(), flush=True)
    yield


def _settle_login() -> None:
    """Have a server that others reach ask for a token, unless something else was asked for.

    In the environment, so that all parts of this process and those it starts know it.

    Raises:
        SystemExit: a setting cannot be followed; with a sentence that says which.
    """
    if not os.environ.get("GRADCAM_LOGIN"):
        own = is_loopback(streamlit_inside.bound_address())
        os.environ["GRADCAM_LOGIN"] = (Login.NONE if own else Login.TOKEN).value
        settings.cache_clear()
    try:
        settings()
    except ValueError as error:
        sys.exit(f"error: {error}.")


def _is_for_one_person() -> bool:
    """Whether nobody but who sits at this machine comes, and nothing was said of others."""
    given = settings()
    alone = given.login is Login.NONE and is_loopback(streamlit_inside.bound_address())
    of_others = given.hosts, given.url, given.database, given.upload_bytes_all, given.upload_bytes
    return alone and not any(of_others) and given.log is LogForm.TEXT
