"""What is worked out of something once, kept as long as it is, and forgotten with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from services.keeping.store import BoundedStore

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Derived(Generic[K, V]):
    """Values by what they were worked out of, which keeps none of them alive, and a key.

    Args:
        limit: how many are kept of one origin; the least recently used goes first.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._made: WeakKeyDictionary[object, BoundedStore[K, V]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, origin: object, key: K, make: Callable[[], V]) -> V:
        """The value; two that ask at once may both make it.

        Args:
            origin: told from others by what it is, not by what it is equal to.
            key: what else it depends on.
            make: works it out; must not hold the origin in what it gives.
        """
        with self._lock:
            kept = self._made.setdefault(origin, BoundedStore(self._limit))
        value = kept.get(key)
        if value is None:
            value = make()
            kept.put(key, value)
        return value
