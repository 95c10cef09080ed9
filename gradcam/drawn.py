"""What was drawn at random for pictures of one size, kept for the next picture."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from gradcam.arrays import Floats

LIMIT = 48 << 20  # bytes: a thousand masks of 96 × 96 pixels take 37 MB


class DrawnArrays:
    """Arrays by what they were drawn from; of those that fit into the bound the last ones stay.

    Args:
        limit: the bound, in bytes.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, Floats] = OrderedDict()
        self._lock = threading.Lock()

    def fits(self, count: int) -> bool:
        """Whether so many bytes are kept at all."""
        return count <= self._limit

    def get(self, key: Hashable, draw: Callable[[], Floats]) -> Floats:
        """The array of a key, drawn where it is not kept; nobody may write to it.

        Args:
            key: all that it is drawn from.
            draw: makes it; the same array for the same key.
        """
        with self._lock:
            if key not in self._kept:
                self._kept[key] = drawn = draw()
                drawn.flags.writeable = False
            self._kept.move_to_end(key)
            array = self._kept[key]
            while sum(each.nbytes for each in self._kept.values()) > self._limit:
                self._kept.popitem(last=False)
            return array
