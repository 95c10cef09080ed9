"""Where files with boxes may lie: with the pictures, on the way there, or beside that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from services.sources.tree import Folder


def files_near(data: Folder, project: Folder, *endings: str) -> Iterator[Path]:
    """Files with such an ending that may speak of the pictures of a folder, the nearest first."""
    for folder in folders_near(data, project):
        yield from (path for path in folder.others if path.suffix.lower() in endings)


def folders_near(data: Folder, project: Folder) -> Iterator[Folder]:
    """The folder with all below, those on the way there, and folders without pictures in these."""
    folders = {folder.path: folder for folder in project.walk()}
    seen = set[Path]()
    way = [*data.walk(), *(folders[place] for place in data.path.parents if place in folders)]
    for folder in way:
        beside = (more for inner in folder.folders if not inner.count for more in inner.walk())
        for each in (folder, *beside):
            if each.path not in seen:
                seen.add(each.path)
                yield each


def pictures_in(data: Folder) -> list[Path]:
    """All pictures of a folder and below."""
    return [path for folder in data.walk() for path in folder.samples]
