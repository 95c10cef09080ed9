"""Work that tests hold in their hands: it goes on item by item, when it is told to."""

import threading
from dataclasses import dataclass, field

from services.work.asked import LONG, Asked, Weight
from tests.waiting import PATIENCE


@dataclass(frozen=True, eq=False)
class Piece(Asked[str]):
    """Work of some items that can be watched and held.

    Attributes:
        name: two with the same are the same.
        weight: how it shares the machine.
        items: how many there are.
        log: gets the name at each item, if it is shared with others.
    """

    name: str
    weight: Weight = LONG
    items: int = 1
    log: list = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    allowed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    done_items: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    kept: list = field(default_factory=list)

    @property
    def digest(self):
        return self.name

    @property
    def found(self):
        return self.kept[0] if self.kept else None

    def make(self, progress):
        self.begun.set()
        progress.begin(self.name, self.items)
        for _ in range(self.items):
            assert self.allowed.acquire(timeout=PATIENCE)
            self.log.append(self.name)
            self.done_items.release()
            progress.advance()
        return f"{self.name} is made"

    def go_on(self, items=1):
        """Let it do some items, and wait until it has done them."""
        self.allowed.release(items)
        for _ in range(items):
            assert self.done_items.acquire(timeout=PATIENCE)

    def let_go(self):
        """Let it run to its end."""
        self.allowed.release(self.items)
