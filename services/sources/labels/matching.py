"""From the name that a table gives a file to the file that lies here."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from unicodedata import normalize

from services.sources.labels.inside import inside


class How(StrEnum):
    """By what a file was found, the surest first."""

    PATH = "by their path"
    NAME = "by the end of their path"
    STEM = "without their ending"
    NOTHING = "not at all"


@dataclass(frozen=True)
class Match:
    """A file, or why there is none.

    Attributes:
        path: where it is; None where there is none.
        how: by what it was found.
        tail: how many names at the end of its path were equal.
        problem: why there is none.
    """

    path: Path | None
    how: How = How.NOTHING
    tail: int = 0
    problem: str = ""


class Files:
    """The samples of a project, by their names."""

    def __init__(self, paths: Iterable[Path], data: Path, table: Path) -> None:
        """Args: all samples, the folder that is looked at, and where the table lies."""
        self._data, self._table = data, table
        self._paths = {str(path) for path in paths}
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        for text in sorted(self._paths):
            path = Path(text)
            self._by_name[_alike(path.name)].append(path)
            self._by_stem[_alike(path.stem)].append(path)

    def match(self, name: str) -> Match:
        """The file of a name, which may be a path on another machine, or lack its ending."""
        if not name:
            return Match(None, problem="its row names no file")
        for folder in (self._table, self._data):
            path = os.path.normpath(folder / name)
            if path in self._paths:
                return Match(Path(path), How.PATH, len(Path(path).parts))
        parts = [part for part in re.split(r"[\\/]+", name.strip("\"' ")) if part not in _NOWHERE]
        if not parts:
            return Match(None, problem="its row names no file")
        named = self._by_name.get(_alike(parts[-1]), ())
        stem = _alike(Path(parts[-1]).stem)
        stems = named or [
            *self._by_stem.get(stem, ()), *self._by_stem.get(_alike(parts[-1]), ())
        ]  # fmt: skip
        if not stems:
            return self._beside(name)
        return self._longest(stems, parts, How.NAME if named else How.STEM)

    def _longest(self, paths: Iterable[Path], parts: list[str], how: How) -> Match:
        """The one file whose path ends most like the name; of equals the one that is looked at."""
        tails = {path: _tail(path, parts) for path in paths}
        longest = max(tails.values())
        best = [path for path, tail in tails.items() if tail == longest]
        if len(best) > 1:
            best = [path for path in best if path.is_relative_to(self._data)] or best
        if len(best) > 1:
            shown = " and ".join(_below(path, self._data) for path in best[:2])
            return Match(
                None, problem=f"{len(best)} files are called so: {shown}; write its folder too"
            )
        return Match(best[0], how, longest)

    def _beside(self, name: str) -> Match:
        """A file of another kind that lies just there."""
        path = inside(self._data, name)
        if path is None:
            return Match(None, problem="its path leads out of the folder")
        try:
            lies_there = path.is_file()
        except OSError:  # a text too long to be a name
            lies_there = False
        if lies_there:
            return Match(path, How.PATH, len(path.parts))
        return Match(None, problem=f"there is no such file in {self._data.name} and below")


_NOWHERE = frozenset({"", ".", ".."})


def _tail(path: Path, parts: list[str]) -> int:
    """How many folders before the file are equal, counted from the end, and the file."""
    own = [_alike(part) for part in path.parts[-2::-1]]
    other = [_alike(part) for part in parts[-2::-1]]
    equal = 1
    for one, two in zip(own, other, strict=False):
        if one != two:
            break
        equal += 1
    return equal


def _alike(name: str) -> str:
    return normalize("NFC", name).casefold()


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
