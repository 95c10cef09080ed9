"""The test set as far as earlier visits have kept it; nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from services.edge_impulse.client import StudioClient
from services.edge_impulse.export import files_by_identity
from services.edge_impulse.feeds.feed import Feed
from services.edge_impulse.model import StudioSample
from services.edge_impulse.shelf import Shelf, files_by_name
from services.edge_impulse.test_set import Fetched
from services.work.progress import Progress


def earlier_files(
    client: StudioClient,  # noqa: ARG001 - the same face as the ways that fetch
    project: int,  # noqa: ARG001
    feed: Feed,
    samples: Sequence[StudioSample],
    shelf: Shelf,
    progress: Progress,
) -> Fetched:
    """Only the files that an earlier visit left, one by one or by an export.

    Raises:
        Cancelled: the person left.
    """
    progress.begin(f"Looking for {feed.word}s that are kept")
    paths: dict[str, Path] = {}
    if shelf.exports.is_dir():
        for folder in sorted(path for path in shelf.exports.iterdir() if path.is_dir()):
            paths |= files_by_identity(samples, folder)
    paths |= files_by_name(feed.folder(shelf))
    return Fetched(paths, {}, missing="it was not downloaded before")
