"""Whether people may be led to this server: it has opened a project, and explains it.

Right by what comes out, not by what answers: a real heatmap through the real path, the database
asked, room on the disk. Nothing is looked at, and no TensorFlow imported, before somebody asks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from sqlalchemy import text

from gradcam import GradcamError
from services.asking import begin
from services.choices.recipe import Recipe
from services.database.transactions import reading
from services.heatmaps.heatmaps import heatmaps
from services.keeping.bound import free_bytes
from services.opening.opening import Opened, Opening, already_open
from services.opening.warm_up import FIRST, warm_up
from services.settings import settings

log = logging.getLogger(__name__)
KEPT: Final = 5.0  # seconds that an answer holds
PATIENCE: Final = 3.0  # seconds for one that somebody else is about to have


class Essential(StrEnum):
    """What a server cannot do without."""

    PROJECT = "an open project"
    HEATMAP = "a heatmap"
    DATABASE = "the database"
    DISK = "free disk"


class Readiness:
    """Looks at what is needed, at most once in `KEPT` seconds. Safe between threads.

    Args:
        checks: whether each essential is met; what they raise counts as no.
        clock: seconds.
    """

    def __init__(
        self,
        checks: dict[Essential, Callable[[], bool]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._checks = checks
        self._clock = clock
        self._looking = threading.Lock()
        self._looked: float | None = None
        self._lacking: frozenset[Essential] = frozenset(checks)

    def lacking(self) -> frozenset[Essential]:
        """What is not there now; everything, where nobody can tell in time."""
        if not self._looking.acquire(timeout=PATIENCE):
            return frozenset(self._checks)
        try:
            if self._looked is None or self._clock() - self._looked >= KEPT:
                self._take(
                    {essential for essential, check in self._checks.items() if not _is_met(check)}
                )
            return self._lacking
        finally:
            self._looking.release()

    @property
    def last_lacking(self) -> frozenset[Essential]:
        """What was not there when somebody looked last; everything before that."""
        return self._lacking

    def _take(self, lacking: set[Essential]) -> None:
        if self._looked is None or lacking != self._lacking:
            told = ", ".join(essential for essential in Essential if essential in lacking)
            log.warning("not ready: %s", told) if told else log.info("ready")
        self._lacking, self._looked = frozenset(lacking), self._clock()


def _is_met(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (GradcamError, OSError) as error:
        log.info("not ready: %s", error)
        return False
    except Exception:  # whatever it is, a proxy must hear of it
        log.exception("a check of readiness failed")
        return False


def _first_project() -> Opened | None:
    job = warm_up(begin)
    if not job.done:
        return None
    opened = already_open(FIRST)
    if opened is None:  # it failed, or others took its place in memory
        begin(Opening(FIRST))
    return opened or job.result


def _is_explained() -> bool:
    """Whether the first project's first sample has a heatmap that shows something."""
    opened = _first_project()
    return opened is not None and heatmaps(opened.predictions, [0], Recipe())[0].heat.max() > 0


def _answers() -> bool:
    """Whether the database answers, where there is one."""
    with reading() as connection:
        return connection is None or connection.execute(text("SELECT 1")).scalar() == 1


def _has_room() -> bool:
    """Whether the disk of the cache has room left."""
    return free_bytes() >= settings().free_bytes


READINESS: Final = Readiness(
    {
        Essential.PROJECT: lambda: _first_project() is not None,
        Essential.HEATMAP: _is_explained,
        Essential.DATABASE: _answers,
        Essential.DISK: _has_room,
    }
)
