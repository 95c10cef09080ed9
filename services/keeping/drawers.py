"""What the cache folder holds: a drawer for each kind, with entries that come and go whole."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from services.keeping import database
from services.keeping.files import size_of, throw_away, write_whole
from services.settings import settings

OWNER = ".owner"
AN_HOUR = 3600.0  # seconds: what is half-made for longer was left by a process that is gone


@dataclass(frozen=True)
class Entry:
    """Something that is kept.

    Attributes:
        drawer: what removes it.
        path: of it, or of what stands for it; not removed while somebody holds it.
        used: when it was last opened, in seconds since the epoch; 0 for what goes first.
        owner: whose it is, where that is told; one's many never cost another their few.
    """

    drawer: Drawer
    path: Path
    used: float
    owner: str = ""


@dataclass(frozen=True)
class Drawer:
    """A folder of the cache.

    Attributes:
        name: of the folder.
        depth: of the entries below it; what lies between is only a way.
    """

    name: str
    depth: int = 1

    @property
    def folder(self) -> Path:
        """Where it is."""
        return settings().cache / self.name

    def entries(self) -> Iterator[Entry]:
        """What is in it, other processes' half-made entries left out."""
        now = time.time()
        for path in self.folder.glob("/".join("*" * self.depth)):
            try:
                used = path.stat().st_mtime
            except OSError:  # removed just now
                continue
            if path.name.startswith("."):
                if now - used < AN_HOUR:
                    continue
                used = 0.0
            yield Entry(self, path, used)

    def remove(self, entry: Entry) -> int:
        """Throw an entry away that nobody uses; how many bytes that gives.

        Raises:
            OSError: it may not be removed, or is gone.
        """
        size = size_of(entry.path)
        throw_away(entry.path)
        return size

    def settle(self) -> None:
        """Give the disk what removed entries have left."""


@dataclass(frozen=True)
class Owned(Drawer):
    """Entries that are folders and belong to people; a digest of whom lies in each."""

    def entries(self) -> Iterator[Entry]:
        """See `Drawer.entries`."""
        for entry in super().entries():
            try:
                yield replace(entry, owner=(entry.path / OWNER).read_text(encoding="ascii"))
            except (OSError, ValueError):  # of who does not sign in
                yield entry

    def note_owner(self, path: Path, person: str) -> None:
        """Say whose an entry is; whoever it was first stays so.

        Args:
            path: of the entry.
            person: `Person.id`; nothing is noted for "".

        Raises:
            OSError: it cannot be written.
        """
        if person and not (path / OWNER).exists():
            write_whole(path / OWNER, hashlib.sha256(person.encode()).hexdigest().encode())


@dataclass(frozen=True)
class Contexts(Drawer):
    """What networks said, in the SQLite file; a folder stands for each network and input spec.

    What an earlier version has kept has no such folder until it is used again, and goes first.
    """

    def entries(self) -> Iterator[Entry]:
        """What is kept of each network and input spec."""
        for (context,) in database.read_rows("SELECT DISTINCT context FROM predictions"):
            yield Entry(self, self.folder / context, self._used(context))

    def remove(self, entry: Entry) -> int:
        """Forget what a network said; its share of the file is about what it will give."""
        context, size = entry.path.name, sum(map(size_of, database.files()))
        ((own, every),) = database.read_rows(
            "SELECT COUNT(CASE WHEN context = ? THEN 1 END), COUNT(*) FROM predictions", (context,)
        )
        database.write("DELETE FROM predictions WHERE context = ?", [(context,)])
        super().remove(entry)
        return round(size * own / max(1, every))

    def settle(self) -> None:
        """Forget the digests of files that are gone, and shrink the file."""
        paths = database.read_rows("SELECT path FROM digests")
        gone = [row for row in paths if not Path(row[0]).exists()]
        database.write("DELETE FROM digests WHERE path = ?", gone)
        database.shrink()

    def _used(self, context: str) -> float:
        path = self.folder / context
        try:
            return path.stat().st_mtime
        except FileNotFoundError:
            with suppress(OSError):
                path.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.utime(path, (0, 0))
            return 0.0


def last_used(entry: Entry) -> float:
    """When an entry was last used as of now, in seconds since the epoch.

    Of what goes first that is not known: then when it came to be so, or was last put in order.
    """
    try:
        stat = entry.path.stat()
    except OSError:
        return entry.used
    return stat.st_mtime if entry.used and stat.st_mtime else stat.st_ctime


UPLOADS = Drawer("uploads")
STUDIO_SHELVES = Drawer("edge-impulse", depth=2)  # a Studio, then its projects
BUCKETS = Drawer("buckets")
EXPORTS = Owned("exports")
EMBEDDINGS = Drawer("embeddings")
SURVEYS = Drawer("surveys")
MOVED_HEAT = Drawer("moved-heat")
SCANS = Drawer("scans")
RECOMMENDATIONS = Drawer("recommendations")
RUNS_TOGETHER = Drawer("runs-together")
PASSES = Drawer("passes")  # of work that others make batches of, while it is under way
CONTEXTS = Contexts("contexts")
DRAWERS: tuple[Drawer, ...] = (
    UPLOADS,
    STUDIO_SHELVES,
    BUCKETS,
    EXPORTS,
    EMBEDDINGS,
    SURVEYS,
    MOVED_HEAT,
    SCANS,
    RECOMMENDATIONS,
    RUNS_TOGETHER,
    PASSES,
    CONTEXTS,
)
