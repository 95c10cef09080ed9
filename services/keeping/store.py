"""A bounded store in memory: the least recently used goes first. Safe between threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedStore(Generic[K, V]):
    """Values by key, bounded by the sum of their sizes.

    Args:
        limit: the largest sum of sizes that is kept.
        size: the size of one value; 1 each unless told.
    """

    def __init__(self, limit: int, size: Callable[[V], int] = lambda _: 1) -> None:
        self._limit = limit
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, now the most recently used; None if it is not kept."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: K, value: V) -> None:
        """Keep a value, and drop the least recently used until the bound holds."""
        with self._lock:
            if key in self._values:
                self._total -= self._size(self._values.pop(key))
            self._values[key] = value
            self._total += self._size(value)
            while self._total > self._limit and len(self._values) > 1:
                self._total -= self._size(self._values.popitem(last=False)[1])

    def drop(self, key: K) -> None:
        """Keep a value no longer; nothing happens where it is not kept."""
        with self._lock:
            if key in self._values:
                self._total -= self._size(self._values.pop(key))

    @property
    def total(self) -> int:
        """Sum of the sizes of what is kept."""
        with self._lock:
            return self._total
