"""What was not used for long goes from the cache, once an hour, by one process for all."""

from __future__ import annotations

import logging
import os
import threading
import time

from services.keeping.bound import remove_unused
from services.keeping.locks import unused
from services.settings import settings

log = logging.getLogger(__name__)
AGEING = "ageing"  # a file: held by who looks, its time is that of the last look
HOUR, DAY = 3600.0, 86_400.0  # seconds
_begun = threading.Lock()  # taken for good by who begins


def begin_ageing() -> None:
    """Look once an hour from now on, where the server's owner wants that; called at each page."""
    if settings().cache_days and _begun.acquire(blocking=False):
        threading.Thread(target=_age, name="ageing", daemon=True).start()


def age_once(now: float) -> int | None:
    """Have go what is too old; how many entries that were, None where an hour has not passed.

    Args:
        now: in seconds since the epoch.

    Raises:
        OSError: nothing can be written there.
    """
    settings().cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings().cache / AGEING
    if not path.exists():
        path.touch(mode=0o600)
        os.utime(path, (0, 0))
    with unused(path) as mine:
        if not mine or now - path.stat().st_mtime < HOUR:
            return None
        gone = remove_unused(now - settings().cache_days * DAY)
        os.utime(path, (now, now))
        return gone


def _age() -> None:
    while True:
        try:
            if gone := age_once(time.time()):
                log.info("cache: %d entries were not opened for long and are gone", gone)
        except OSError as error:
            log.warning("the cache is not looked over: %s", error)
        time.sleep(HOUR / 4)  # whoever is the first after an hour looks
