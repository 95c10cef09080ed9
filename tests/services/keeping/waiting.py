"""Who waits for another one's lock."""

import threading

from services.work.progress import Progress


class Told(Progress):
    """Progress that shows when it is told that somebody else has the lock."""

    def __init__(self):
        super().__init__()
        self.told = threading.Event()

    def say(self, name):
        super().say(name)
        self.told.set()
