"""The HTTP session to one Studio: its key for it alone, no step elsewhere, no private address."""

from __future__ import annotations

import ipaddress
import socket
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.utils import select_proxy
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from services.edge_impulse.access import Access
from services.edge_impulse.errors import StudioError


def session_for(access: Access) -> requests.Session:
    """A session that talks to an access's host, and to others without its key."""
    session = _OneStep()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if not access.host.trusted:
        session.mount("https://", _PublicAdapter())
    return session


def origin(url: str) -> str:
    """Scheme, name and port of an address; empty where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()


class KeyForItsHost(AuthBase):
    """Puts the key on requests to its own Studio, never on one to another host."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """The request, with the key if it goes to the key's own host."""
        if origin(request.url or "") == self._access.host.origin:
            request.headers["x-api-key"] = self._access.key.reveal()
        return request


class _OneStep(requests.Session):
    """Leaves redirects to us; requests would already read their bodies, whatever their size."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """There is none to follow."""


class _PublicConnection(HTTPSConnection):
    """Refuses addresses of the private network, whatever name led there."""

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        if _is_private(str(connected.getpeername()[0])):
            connected.close()
            raise _refused(self.host)
        return connected


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as requests has it
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Send it, unless a proxy would be sent to a number of the private network."""
        url = request.url or ""
        host = urlsplit(url).hostname or ""
        if select_proxy(url, kwargs.get("proxies")) and _is_private(host):
            raise _refused(host)
        return super().send(request, *args, **kwargs)


def _is_private(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_global
    except ValueError:
        return False  # a name; where it leads is looked at once connected


def _refused(host: str) -> StudioError:
    return StudioError(
        f"{host} lies in the private network; this dashboard's owner can allow it "
        "with GRADCAM_STUDIO_HOSTS."
    )
