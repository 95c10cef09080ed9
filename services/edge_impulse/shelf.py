"""What is kept of a project between visits. A file is there whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.errors import ProjectError
from services.keeping.bound import growing
from services.keeping.drawers import STUDIO_SHELVES
from services.keeping.files import write_whole
from services.keeping.locks import Hold, alone, hold_made
from services.work.progress import Progress

AN_HOUR = 3600.0


@dataclass(frozen=True)
class Shelf:
    """The folder of one project of one Studio, under the server's cache.

    Nothing on it is shown to anybody whose key Studio did not just accept for this project.

    Attributes:
        folder: where it is.
    """

    folder: Path

    @property
    def pictures(self) -> Path:
        """The test set's original pictures, named by the samples' identities."""
        return self.folder / "pictures"

    @property
    def sounds(self) -> Path:
        """The test set's sounds, named likewise."""
        return self.folder / "sounds"

    @property
    def sized(self) -> Path:
        """Pictures as Studio's input blocks make them."""
        return self.folder / "sized"

    @property
    def exports(self) -> Path:
        """Unpacked exports."""
        return self.folder / "exports"

    def model(self, learn: int, created: str, ending: str = ".h5.zip") -> Path:
        """Where a file of a learning block's model belongs, by when it was trained."""
        version = hashlib.sha256(created.encode()).hexdigest()[:16]
        return self.folder / "models" / f"{learn}-{version}{ending}"

    def notes(self, name: str) -> dict[str, Any]:
        """What was noted under a name; empty where nothing was, or it cannot be read."""
        try:
            noted = json.loads(self._notes(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def note(self, name: str, values: Mapping[str, Any]) -> None:
        """Note something under a name, in place of what was noted before."""
        shelve(self._notes(name), json.dumps(values).encode())

    def forget(self, name: str) -> None:
        """No longer have anything noted under a name."""
        self._notes(name).unlink(missing_ok=True)

    def _notes(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    @contextmanager
    def reserved(self, progress: Progress) -> Iterator[Hold | None]:
        """Be the only one, of all sessions and processes, who fills the shelf.

        Yields:
            What keeps the shelf from being thrown away, as long as it lives.

        Raises:
            Cancelled: the person left while somebody else filled it.
        """
        held = hold_made(self.folder)
        words = "Waiting for somebody else who opens this project"
        with growing(self.folder), alone(self.folder / ".lock", progress, words):
            yield held


def shelf_of(origin: str, project: int) -> Shelf:
    """The shelf of a project of a Studio."""
    name = "".join(c if c.isalnum() or c in ".-" else "_" for c in origin.partition("://")[2])
    mark = hashlib.sha256(origin.encode()).hexdigest()[:8]  # two origins, two shelves
    return Shelf(STUDIO_SHELVES.folder / f"{name}-{mark}" / str(project))


def files_by_name(folder: Path) -> dict[str, Path]:
    """Whole files of a folder by their name without its ending."""
    if not folder.is_dir():
        return {}
    with os.scandir(folder) as entries:
        return {
            entry.name.partition(".")[0]: Path(entry.path)
            for entry in entries
            if not entry.name.startswith(".")
        }


def shelve(path: Path, content: bytes) -> None:
    """Keep a file, whole or not at all, and say in a person's words why not.

    Raises:
        ProjectError: the disk is full, or may not be written.
    """
    try:
        write_whole(path, content)
    except OSError as error:
        raise ProjectError(
            "What Studio sends cannot be kept on this server; its disk may be full."
        ) from error


def remove_others(folder: Path, kept: Iterable[str]) -> None:
    """Throw away what is no longer needed: all but the named entries of a folder."""
    stays = set(kept)
    for path in folder.iterdir() if folder.is_dir() else ():
        half = path.name.startswith(".")  # perhaps another process is writing it just now
        if path.name in stays or (half and time.time() - path.stat().st_mtime < AN_HOUR):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
