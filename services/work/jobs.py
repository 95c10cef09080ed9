"""Long work in the background: progress that can be read, and left, from any session."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from gradcam import GradcamError
from services.errors import Cancelled
from services.work.progress import Progress

log = logging.getLogger(__name__)
R = TypeVar("R")


class Job(Generic[R]):
    """Work on its way.

    Attributes:
        progress: what it is doing.
        result: what it gave, once done.
        error: one sentence for the person, if it failed.
    """

    def __init__(self) -> None:
        self.progress = Progress()
        self.result: R | None = None
        self.error: str | None = None
        self.cancelled = False
        self.waiting = 0  # people; the last one to leave stops the work
        self._finished = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it ended, in whatever way."""
        return self._finished.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; whether it came in time."""
        return self._finished.wait(seconds)

    def leave(self) -> None:
        """No longer wait; the work stops when nobody does."""
        self.waiting -= 1
        if self.waiting <= 0:
            self.progress.cancel()

    def run(self, work: Callable[[Progress], R]) -> None:
        """Do the work and keep its result or its error."""
        try:
            self.result = work(self.progress)
        except Cancelled:
            self.cancelled = True
        except GradcamError as error:
            log.info("a job was refused: %s", error)
            stage = self.progress.stage
            self.error = f"{stage}: {error}" if stage else str(error)
        except MemoryError:
            log.exception("a job ran out of memory")
            self.error = "There is not enough memory for this network and these pictures."
        except Exception:  # whatever it is, the person who waits must hear of it
            log.exception("a job failed")
            self.error = (
                "Something went wrong that we did not foresee; the server's log tells more."
            )
        finally:
            self._finished.set()


class Jobs(Generic[R]):
    """Jobs by key: who asks for what is already on its way joins in.

    Args:
        workers: how many run at the same time.
    """

    def __init__(self, workers: int = 2) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="job")
        self._jobs: dict[str, Job[R]] = {}
        self._lock = threading.Lock()

    def running(self, key: str) -> Job[R] | None:
        """The job of this key, if it is on its way."""
        with self._lock:
            job = self._jobs.get(key)
        return None if job is None or job.done or job.progress.stopping else job

    def start(self, key: str, work: Callable[[Progress], R]) -> Job[R]:
        """The job of this key, with one more waiting for it: the running one, or a new one."""
        with self._lock:
            running = self._jobs.get(key)
            if running is not None and not running.done and not running.progress.stopping:
                running.waiting += 1
                return running
            job: Job[R] = Job()
            job.waiting = 1
            self._jobs = {k: j for k, j in self._jobs.items() if not j.done}
            self._jobs[key] = job
        self._pool.submit(job.run, work)
        return job
