"""What the gate needs of Streamlit beyond its public face; a test holds it to the pinned one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from functools import wraps
from typing import Any, Final

from streamlit import auth_util, config, runtime
from streamlit import logger as loggers
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    USER_COOKIE_NAME,
)

from gate.links import base_path

LOGIN: Final = "/auth/login"
LOGOUT: Final = "/auth/logout"
CALLBACK: Final = "/oauth2callback"
UPLOAD_PATH: Final = "/_stcore/upload_file/"
MEDIA_PATH: Final = "/media/"
_PERSON: Final = "person"


def bound_address() -> str | None:
    """Where the server listens; None for everywhere."""
    said = config.get_option("server.address")
    return None if said is None else str(said)


def port() -> int:
    """The port it listens at; set once it is bound."""
    return int(config.get_option("server.port"))


def base() -> str:
    """What all paths begin with; "" as a rule."""
    return base_path(str(config.get_option("server.baseUrlPath") or ""))


def trust(header: str) -> None:
    """Have a session be taken up again only by the person whom a header of the gate's names."""
    config.set_option("server.trustedUserHeaders", {header: _PERSON})


def sign_with(secret: str) -> None:
    """Have Streamlit sign its own cookies with a secret, the same on every replica."""
    config.set_option("server.cookieSecret", secret)


def log_with(formatter: logging.Formatter) -> None:
    """Have Streamlit write its log in a form of ours, also where it has still to begin one."""

    def set_up(logger: logging.Logger) -> None:
        logger.handlers.clear()
        handler = logging.StreamHandler()
        handler.setFormatter(formatter)
        logger.addHandler(handler)

    loggers.setup_formatter = set_up
    loggers.update_formatter()


def run_the_dashboard_always() -> None:
    """Have no page be run without `dashboard.py`, which looks who is asking.

    Until somebody is shown the navigation, a `pages/` folder makes a page of each of its files.
    """
    PagesManager.uses_pages_directory = False


# ------------------------------------------------------------------------- signing in by OIDC


def can_ask_providers() -> bool:
    """Whether what Streamlit signs people in with is installed."""
    return auth_util.is_authlib_installed()


def providers() -> tuple[str, ...]:
    """Names of the providers that are set up; `default` where there is one without a name."""
    section = auth_util.get_secrets_auth_section()
    sections = {"default": section, **section}
    return tuple(
        name
        for name, value in sections.items()
        if isinstance(value, Mapping) and "client_id" in value
    )


def home_address() -> str | None:
    """The address that providers send people back to, without its path."""
    return auth_util.get_origin_from_redirect_uri()


def provider_token(provider: str) -> str:
    """What `LOGIN` is told of who is to be asked; good for two minutes."""
    return auth_util.encode_provider_token(provider)


def is_of_streamlit(cookie: str) -> bool:
    """Whether a cookie holds what a provider said."""
    return cookie.startswith(USER_COOKIE_NAME)  # of it and of its tokens, in pieces as well


def claims(cookies: Mapping[str, str]) -> Mapping[str, Any]:
    """What the provider said of a person, out of the cookies that Streamlit made of it.

    Args:
        cookies: values by name, as they were set.
    """
    secret = get_cookie_secret()

    def single(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value.encode("latin-1")) if value else None

    said = auth_util.get_cookie_with_chunks(single, USER_COOKIE_NAME)
    return json.loads(said) if said else {}


# ------------------------------------------------------------------------- sessions, and whose


def person_of(session: str) -> str | None:
    """Whom the header that `trust` was told names, for a session; None where there is none."""
    if not runtime.exists():
        return None
    known = runtime.get_instance()._session_mgr.get_session_info(session)
    said = known.session._user_info.get(_PERSON) if known is not None else None
    return said if isinstance(said, str) else None


def sessions_of(person: str) -> Iterable[str]:
    """All sessions that `person_of` gives a person for."""
    if not runtime.exists():
        return ()
    known = runtime.get_instance()._session_mgr.list_sessions()
    return [each.session.id for each in known if each.session._user_info.get(_PERSON) == person]


def uploaded() -> Mapping[str, int]:
    """Bytes that are kept of what sessions uploaded."""
    if not runtime.exists():
        return {}
    manager: Any = runtime.get_instance().uploaded_file_mgr
    with manager._lock:
        return {
            session: sum(len(file.data) for file in files.values())
            for session, files in manager.file_storage.items()
        }


def closed_sessions() -> Iterable[str]:
    """Sessions that files are kept of, and whose tab is closed, or about to come back."""
    if not runtime.exists():
        return ()
    server = runtime.get_instance()
    return [each for each in uploaded() if not server.is_active_session(each)]


def forget_uploads(session: str) -> None:
    """Keep nothing any more of what a session uploaded."""
    if runtime.exists():
        runtime.get_instance().uploaded_file_mgr.remove_session_files(session)


# ------------------------------------------------------------------------- what browsers send


def clears_caches(message: bytes) -> bool:
    """Whether a browser asks to have everybody's caches emptied."""
    return _parsed(message).WhichOneof("type") == "clear_cache"


def plain_run(message: bytes) -> bytes | None:
    """A run of the page alone in place of one that would do something; None for other messages.

    Neither the values of widgets come with it, so that no callback is called, nor the part that
    was to be drawn.
    """
    asked = _parsed(message)
    if asked.WhichOneof("type") != "rerun_script":
        return None
    state = asked.rerun_script
    plain = ClientState(query_string=state.query_string, page_script_hash=state.page_script_hash)
    plain.context_info.CopyFrom(state.context_info)
    return BackMsg(rerun_script=plain).SerializeToString()


def _parsed(message: bytes) -> BackMsg:
    asked = BackMsg()
    try:
        asked.ParseFromString(message)
    except Exception:  # noqa: BLE001 - protobuf tells none of its own; Streamlit closes at such
        return BackMsg()
    return asked


def keep_downloads() -> None:
    """Have a file that is made once its button is pressed be there until its page runs again.

    Streamlit drops it as soon as runs of any two pages have ended, whosever they are: with twenty
    people at work the browser asked too late.
    """
    plain = MediaFileManager.execute_deferred
    if hasattr(plain, "__wrapped__"):
        return

    @wraps(plain)
    def kept(files: MediaFileManager, button: str) -> str:
        url = plain(files, button)
        with files._lock:
            pressed = files._deferred_callables.get(button)
            if pressed is not None:
                made = url.rpartition("/")[2].partition(".")[0]
                shown = files._files_by_session_and_coord[pressed["session_id"]]
                shown[f"made by {button}"] = made
        return url

    setattr(MediaFileManager, plain.__name__, kept)
