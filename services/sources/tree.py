"""A folder and all that lies below it, read once: what systems leave behind is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.media.kinds import is_sample
from services.settings import settings

LEFT_BEHIND = frozenset({"__macosx", "thumbs.db", "desktop.ini"})
DEPTH = 50  # folders in folders; deeper ones are passed over
FOLDERS = 20_000  # at most, since links that lead to each other multiply


@dataclass(frozen=True)
class Folder:
    """A folder, without hidden files.

    Attributes:
        path: where it is.
        samples: files in it that are samples of some kind, sorted.
        others: all other files in it, sorted.
        folders: those in it, sorted; a link is one where it leads to a folder that may be opened.
        astray: links in it that lead to nothing, or out of what may be opened.
    """

    path: Path
    samples: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()
    folders: tuple[Folder, ...] = ()
    astray: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.name

    @cached_property
    def count(self) -> int:
        """Samples in it and below."""
        return len(self.samples) + sum(inner.count for inner in self.folders)

    def walk(self) -> Iterator[Folder]:
        """It and all folders below, each before those in it."""
        yield self
        for inner in self.folders:
            yield from inner.walk()


def read_tree(folder: Path) -> Folder:
    """Read a folder with all that lies below it.

    Links are followed where they lead to what may be opened, but never round in a circle.

    Raises:
        PermissionError: the folder itself may not be read.
    """
    return _Reading(folder.resolve(), FOLDERS).read(folder, frozenset({_identity(folder)}))


def is_left_behind(name: str) -> bool:
    """Whether a file or folder of that name is hidden, or was made by a system for itself."""
    return name.startswith(".") or name.lower() in LEFT_BEHIND


@dataclass
class _Reading:
    """A tree that is being read; `left` is how many folders may still be."""

    root: Path
    left: int

    def read(self, folder: Path, above: frozenset[tuple[int, int]]) -> Folder:
        samples: list[Path] = []
        others: list[Path] = []
        inner: list[Folder] = []
        astray: list[Path] = []
        for path in sorted(folder.iterdir()):
            if is_left_behind(path.name):
                continue
            if path.is_symlink() and not may_be_opened(path, self.root):
                astray.append(path)
            elif path.is_dir():
                inner += self._below(path, above)
            elif path.is_file():
                (samples if is_sample(path) else others).append(path)
        return Folder(folder, tuple(samples), tuple(others), tuple(inner), tuple(astray))

    def _below(self, folder: Path, above: frozenset[tuple[int, int]]) -> list[Folder]:
        identity = _identity(folder)
        if identity in above or len(above) > DEPTH or not self.left:
            return []
        self.left -= 1
        try:
            return [self.read(folder, above | {identity})]
        except PermissionError:
            return [Folder(folder)]


def may_be_opened(link: Path, root: Path) -> bool:
    """Whether a link leads to something within a project's folder, or that may be opened anyway."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # it leads to nothing, or round in a circle
        return False
    allowed = settings().folders
    return (
        allowed is None
        or target.is_relative_to(root.resolve())
        or any(target.is_relative_to(each) for each in allowed)
    )


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino
