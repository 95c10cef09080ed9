"""What a person keeps on this server: where it lies, how much it takes, and its end."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from services.errors import ProjectError
from services.keeping.drawers import EXPORTS, UPLOADS, Drawer
from services.keeping.files import size_of, throw_away
from services.keeping.locks import unused
from services.people.person import Person
from services.settings import settings
from services.sharing.owners import Belonging, belongings, give_up, note_volume
from services.sharing.shareable import Shareable, ShareableKind

_DRAWERS: Mapping[ShareableKind, Drawer] = {
    ShareableKind.UPLOAD: UPLOADS,
    ShareableKind.EXPORT: EXPORTS,
}


def folder_of(item: Shareable) -> Path:
    """Where an upload or an export lies in the cache."""
    return _DRAWERS[item.kind].folder / item.name


def holdings(person: Person) -> tuple[Belonging, ...]:
    """The uploads, then the exports that somebody has and that are still kept.

    Raises:
        DatabaseError: it cannot be known.
    """
    every = (each for kind in _DRAWERS for each in belongings(person, kind))
    return tuple(_measured(each) for each in every if folder_of(each.item).is_dir())


def demand_room(person: Person) -> None:
    """Have a person not be over their bound before they bring or make more.

    Raises:
        ProjectError: they are.
        DatabaseError: it cannot be known.
    """
    taken, bound = sum(each.bytes for each in holdings(person)), settings().person_bytes
    if taken >= bound:
        raise ProjectError(
            f"Your uploads and exports take {taken / 1e9:.1f} of the {bound / 1e9:g} GB that each "
            "person has on this server; remove some below Yours on the Project page."
        )


def remove(person: Person, item: Shareable) -> None:
    """Have something no longer; where it is nobody else's it goes once nobody looks at it.

    Raises:
        DatabaseError: it cannot be written.
    """
    if not give_up(person, item):
        return
    folder = folder_of(item)
    with unused(folder) as free, suppress(OSError):
        if free:
            throw_away(folder)
        elif folder.is_dir():
            os.utime(folder, (0, 0))  # the cache lets it go before anything else


def _measured(each: Belonging) -> Belonging:
    """With its size, which is written down once it no longer grows."""
    if each.bytes:
        return each
    volume = size_of(folder_of(each.item))
    if (folder_of(each.item) / "deploy.zip").exists() or each.item.kind is ShareableKind.UPLOAD:
        note_volume(each.item, volume)
    return replace(each, bytes=volume)
