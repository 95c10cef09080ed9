"""What one person does with projects in Edge Impulse, by their own key or one of the server's."""

from __future__ import annotations

from gradcam import GradcamError
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.host import find_host
from services.edge_impulse.place import StudioPlace, Way
from services.edge_impulse.shared_keys import shared_access
from services.landing import linked_studio_place
from services.opening.opening import Connecting, Opened, StudioTesting
from services.people.person import Action, demand
from services.session import choices, is_shown, keys, person, wait_for
from services.settings import settings


def open_with_key(key: str, host: str, way: Way) -> None:
    """Start opening the Edge Impulse project of an API key.

    Raises:
        NotAllowedError: they may not.
        ProjectError: that is no key, or its host is not allowed here.
    """
    demand(person(), Action.CONNECT)
    access = Access(ApiKey(key), find_host(host, settings().studio_hosts))
    wait_for(Connecting(access, way, linked_place()), None, access)


def open_with_shared_key(name: str, host: str) -> None:
    """Start opening the Edge Impulse project of one of the server's keys; for who may share it.

    Raises:
        NotAllowedError: they may not.
        ProjectError: there is no such key, or its host is not allowed here.
    """
    demand(person(), Action.SHARE)
    access = shared_access(name, host)
    wait_for(Connecting(access, Way.SAMPLES, linked_place()), None, access)


def linked_place() -> StudioPlace | None:
    """The Edge Impulse project of the link that this person came by, while it is not open."""
    return None if is_shown() else linked_studio_place(choices().source)


def access_of(opened: Opened) -> Access | None:
    """What this session may read a project in Edge Impulse with, if anything."""
    try:
        return keys().access(person(), opened.studio.place) if opened.studio else None
    except GradcamError:
        return None


def test_in_studio(opened: Opened) -> None:
    """Start Studio's own model testing, which uses the project's computing time.

    Raises:
        NotAllowedError: they may not.
    """
    demand(person(), Action.CONNECT)
    access = opened.studio and keys().own(opened.studio.place)
    if access:
        wait_for(StudioTesting(opened, access), str(opened.reference), access)
