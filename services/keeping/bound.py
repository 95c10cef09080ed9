"""The cache folder is bounded: what was not used for the longest time goes first.

All processes that share the folder share a tally of what they added since it was last counted.
Only where the tally passes the bound is the folder counted and, if it must be, made smaller.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from services.keeping.drawers import DRAWERS, Drawer, Entry, last_used
from services.keeping.files import size_of
from services.keeping.locks import locked, unused
from services.settings import settings

log = logging.getLogger(__name__)
TALLY, SWEEPING = "tally", "sweeping"  # files
ENOUGH = 0.9  # of the bound: there is room for more then, and the next sweep is far
UNCOUNTED = 1 << 62  # bytes: more than any bound
STEP = 0.01  # of the bound: so much is added before what is all in use is counted once more


@dataclass(frozen=True)
class Tally:
    """What is known of the folder's size without counting.

    Attributes:
        bytes: at the last count, and what was added since.
        allowed: beyond the bound, as what is in use was more; 0 where it was not.
    """

    bytes: int = UNCOUNTED
    allowed: int = 0

    @property
    def passed(self) -> bool:
        """Whether it is time to count."""
        return self.bytes > max(self.allowed, settings().cache_bytes)


def grown(count: int) -> None:
    """Say that so many bytes were kept; where the bound may be passed by that, make room."""
    if count > 0:
        _bounded(lambda: _tally(lambda now: Tally(now.bytes + count, now.allowed)).passed)


@contextmanager
def growing(*paths: Path) -> Iterator[None]:
    """Say how much files or folders of the cache grow in the meantime."""
    before = sum(map(size_of, paths))
    try:
        yield
    finally:
        grown(sum(map(size_of, paths)) - before)


def make_room() -> None:
    """Have the bound hold now that something may be in use no longer."""
    _bounded(lambda: _tally().bytes > settings().cache_bytes)


def cached_bytes() -> int | None:
    """What the folder holds by the tally, without counting; None where nobody has counted yet."""
    try:
        kept = _tally().bytes
    except OSError:
        return None
    return kept if kept < UNCOUNTED else None


def free_bytes() -> int:
    """Room on the disk of the folder, which need not be there yet."""
    place = settings().cache.absolute()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free


def _bounded(passed: Callable[[], bool]) -> None:
    """Where nothing can be written, nothing grows either."""
    try:
        settings().cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        if passed():
            _sweep()
    except OSError as error:
        log.warning("the cache is not bounded: %s", error)


def _tally(change: Callable[[Tally], Tally] = lambda now: now) -> Tally:
    """The tally as it is changed; nobody else changes it at the same time."""
    with locked(settings().cache / TALLY) as descriptor:
        try:
            kept, allowed = map(int, os.pread(descriptor, 64, 0).split())
            now = Tally(kept, allowed)
        except ValueError:  # none yet, or half of one
            now = Tally()
        new = change(now)
        os.pwrite(descriptor, f"{new.bytes:>20} {new.allowed:>20}\n".encode(), 0)
        return new


def _sweep() -> None:
    """Make the folder smaller, unless somebody else is at it, who then looks once more."""
    path = settings().cache / SWEEPING
    path.touch(mode=0o600)
    while True:
        with unused(path) as mine:
            if not mine:
                return
            _count()
        if not _tally().passed:
            return


def _count() -> None:
    bound, before = settings().cache_bytes, _tally().bytes
    total = _swept(bound)
    allowed = total + round(STEP * bound) if total > bound else 0
    # What others have added meanwhile counts on top, even where it was counted already.
    _tally(lambda now: Tally(total + now.bytes - before, allowed))


def _swept(bound: int) -> int:
    """Remove what was not used for the longest time; how many bytes are left."""
    total = size_of(settings().cache)
    if total <= bound:
        return total
    entries = [entry for drawer in DRAWERS for entry in drawer.entries()]
    # The youngest stays whatever its size: it was kept just now, and will be opened in a moment.
    for entry in fairly(sorted(entries, key=lambda entry: entry.used)[:-1]):
        if total <= ENOUGH * bound:
            break
        with unused(entry.path) as free:
            if free:
                total -= _removed(entry)
    for drawer in DRAWERS:
        drawer.settle()
    return size_of(settings().cache)


def fairly(entries: Sequence[Entry]) -> list[Entry]:
    """Entries in the order in which they go: those of whoever has the most of a kind come first.

    Each kind keeps its places among the others, which are by the time of use alone.

    Args:
        entries: the least recently used first.
    """
    places: dict[Drawer, list[int]] = {}
    later: Counter[tuple[Drawer, str]] = Counter()  # entries that the same person used later
    ranks = {}
    for place in reversed(range(len(entries))):
        drawer, owner = entries[place].drawer, entries[place].owner
        places.setdefault(drawer, []).insert(0, place)
        ranks[place] = later[drawer, owner]
        later[drawer, owner] += 1
    order = list(entries)
    for kind in places.values():
        for place, going in zip(kind, sorted(kind, key=lambda each: -ranks[each]), strict=True):
            order[place] = entries[going]
    return order


def remove_unused(before: float) -> int:
    """Remove what was last used before a moment and is held by nobody; how many entries went.

    Args:
        before: in seconds since the epoch.
    """
    gone = removed = 0
    for entry in [entry for drawer in DRAWERS for entry in drawer.entries()]:
        if last_used(entry) >= before:
            continue
        with unused(entry.path) as free:
            if not free or last_used(entry) >= before:  # it may have been opened just now
                continue
            removed += _removed(entry)
            gone += 1
    if gone:
        _tally(lambda now: replace(now, bytes=max(0, now.bytes - removed)))
        for drawer in DRAWERS:
            drawer.settle()
    return gone


def _removed(entry: Entry) -> int:
    try:
        return entry.drawer.remove(entry)
    except OSError as error:
        log.warning("%s cannot be removed from the cache: %s", entry.path, error)
        return 0
