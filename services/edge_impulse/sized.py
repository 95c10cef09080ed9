"""A sample's picture as Studio's own input block makes it: the last word on how it is resized."""

from __future__ import annotations

from pathlib import Path

from services.edge_impulse.access import Access
from services.edge_impulse.client import StudioClient
from services.edge_impulse.content import ending_of
from services.edge_impulse.place import StudioPlace
from services.edge_impulse.shelf import shelf_of, shelve


def fetch_sized(access: Access, place: StudioPlace, studio_id: int) -> Path:
    """Fetch a picture after the impulse's input block.

    Returns:
        The file, kept on the project's shelf until the next one of this sample is fetched.

    Raises:
        StudioError: Studio refuses, sends something else, or cannot be reached.
        ProjectError: the disk is full.
    """
    picture = StudioClient(access).picture(place.project, studio_id, place.impulse)
    folder = shelf_of(place.origin, place.project).sized
    path = folder / f"{place.impulse}-{studio_id}{ending_of(picture)}"
    shelve(path, picture)
    return path
