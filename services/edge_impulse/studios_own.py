"""A sample as Studio's own blocks make it: the last word on how it is prepared."""

from __future__ import annotations

from pathlib import Path

from services.edge_impulse.access import Access
from services.edge_impulse.client import StudioClient
from services.edge_impulse.feeds.feed import Feed
from services.edge_impulse.place import StudioPlace
from services.edge_impulse.shelf import shelf_of, shelve
from services.sample import Sample


def fetch_own(access: Access, place: StudioPlace, feed: Feed, sample: Sample) -> Path:
    """Fetch what Studio makes of a sample; `Feed.beside` reads it.

    Returns:
        The file, kept on the project's shelf until the next one of this sample is fetched.

    Raises:
        StudioError: Studio refuses, sends something else, or cannot be reached.
        ProjectError: the disk is full.
    """
    content, ending = feed.studios_own(StudioClient(access), place, sample)
    start = "" if sample.window is None else f"-{sample.window.start}"
    folder = shelf_of(place.origin, place.project).sized
    path = folder / f"{place.impulse}-{sample.studio_id}{start}{ending}"
    shelve(path, content)
    return path
