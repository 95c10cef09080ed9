"""Imports without what is optional: some packages are refused to one thread for a moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Finder:
    """Refuses packages to one thread; everybody else's imports pass it by.

    Attributes:
        refused: what was asked for in vain.
    """

    def __init__(self, packages: Collection[str], thread: int) -> None:
        self.refused: set[str] = set()
        self._packages, self._thread = frozenset(packages), thread

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder`; asked only for what is not imported yet."""
        if name in self._packages and threading.get_ident() == self._thread:
            self.refused.add(name)
            raise ModuleNotFoundError(f"{name} is refused while Keras is imported", name=name)
        return None


@contextmanager
def refusing(packages: Collection[str]) -> Iterator[set[str]]:
    """Have packages look as if they were not installed, to this thread and inside the block.

    What is imported already is left alone, and other threads import what they like meanwhile.

    Args:
        packages: names without a dot; with a package all below it is refused.

    Yields:
        Those that were asked for in vain so far.
    """
    finder = _Finder(packages, threading.get_ident())
    # New lists: another thread that goes through the old one would miss a finder if it shrank.
    sys.meta_path = [finder, *sys.meta_path]
    try:
        yield finder.refused
    finally:
        sys.meta_path = [each for each in sys.meta_path if each is not finder]
