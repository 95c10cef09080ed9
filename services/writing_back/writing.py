"""Writing a plan to Studio: each sample is read again first, each value logged before its call."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice

from gradcam import GradcamError
from services.edge_impulse.access import Access
from services.edge_impulse.errors import StudioError
from services.edge_impulse.model import StudioSample
from services.edge_impulse.shelf import shelf_of
from services.edge_impulse.test_set import TOO_MANY, WORKERS
from services.edge_impulse.writing import StudioWriter
from services.errors import NotAllowedError
from services.keeping.locks import alone, hold_made
from services.people.person import Action, Person, demand
from services.sample import LeftOut
from services.work.asked import INTERACTIVE, Asked
from services.work.progress import Progress
from services.writing_back.log import CallOutcome, RunLog
from services.writing_back.plan import ASK_TWICE, Change, SampleChanges, WritePlan, why_changed

log = logging.getLogger(__name__)

# What was begun is brought to its end, also where whoever pressed the button has gone.
TO_THE_END = replace(INTERACTIVE, name="to the end", lasts=True)


@dataclass(frozen=True)
class Written:
    """What a run did.

    Attributes:
        run: its id in the log.
        samples: names of those that were written.
        refused: those that were not, and why.
        trouble: why it ended before the last one; "" where it did not.
    """

    run: str
    samples: tuple[str, ...]
    refused: tuple[LeftOut, ...]
    trouble: str = ""


@dataclass(frozen=True)
class WritingBack(Asked[Written]):
    """A plan to be written to Studio.

    Attributes:
        plan: what somebody saw and wants.
        access: a key of the role admin, asked for at this moment; it goes with this value.
        person: who wants it.
        typed: the number of samples, typed where there are many.
    """

    weight = TO_THE_END

    plan: WritePlan
    access: Access
    person: Person
    typed: int | None = None

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        told = f"{self.plan.digest} {self.access.fingerprint} {self.person.id}"
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def found(self) -> None:
        """See `Asked.found`: it is done once for each time that somebody asks."""

    def make(self, progress: Progress) -> Written:
        """See `Asked.make`."""
        demand(self.person, Action.WRITE_BACK)
        count = len(self.plan.samples)
        if self.plan.must_be_typed and self.typed != count:
            raise NotAllowedError(
                f"This changes {count:,} samples; where they are more than {ASK_TWICE}, type their "
                "number."
            )
        progress.begin("Checking the key with Studio")
        writer = StudioWriter(self.access, self.plan.project, progress)
        folder = shelf_of(self.plan.origin, self.plan.project).folder
        held = hold_made(folder)
        with alone(folder / ".writing", progress, "Waiting for somebody else who writes to it"):
            written = _Writing(self.plan, writer, RunLog(self.plan, self.person), progress).all()
        del held
        return written


class _Writing:
    """A run under way."""

    def __init__(
        self, plan: WritePlan, writer: StudioWriter, run_log: RunLog, progress: Progress
    ) -> None:
        self._plan = plan
        self._writer = writer
        self._log = run_log
        self._progress = progress
        self._written: list[str] = []
        self._refused: list[LeftOut] = []

    def all(self) -> Written:
        """Write every sample; one that cannot be written does not stop the others.

        It ends early where the next ones would be refused as well, or nothing can be logged.

        Raises:
            Cancelled: the person left; samples under way are brought to their end.
        """
        self._progress.begin("Writing to Studio", len(self._plan.samples))
        trouble = ""
        try:
            self._each()
        except GradcamError as error:
            log.info("writing to Studio ended early: %s", error)
            trouble = str(error)
        return Written(self._log.id, tuple(self._written), tuple(self._refused), trouble)

    def _each(self) -> None:
        in_a_row = 0
        with closing(self._outcomes()) as outcomes:
            for name, reason in outcomes:
                if reason:
                    self._refused.append(LeftOut(name, str(reason)))
                else:
                    self._written.append(name)
                in_a_row = in_a_row + 1 if isinstance(reason, StudioError) else 0
                if isinstance(reason, StudioError) and in_a_row == TOO_MANY:
                    raise reason
                self._progress.advance()

    def _outcomes(self) -> Generator[tuple[str, StudioError | str]]:
        """Names of samples as they are through, and why they were not written; "" if they were."""
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="studio")
        try:
            ahead = iter(self._plan.samples)
            under_way: dict[Future[str], str] = {}

            def start(count: int) -> None:
                for sample in islice(ahead, count):
                    under_way[pool.submit(self._write, sample)] = sample.name

            start(WORKERS)
            while under_way:
                future = next(iter(wait(under_way, return_when=FIRST_COMPLETED).done))
                name = under_way.pop(future)
                try:
                    yield name, future.result()
                except StudioError as error:
                    if error.concerns_all:
                        raise
                    yield name, error
                start(1)
        finally:
            pool.shutdown(cancel_futures=True)  # and waits for those under way

    def _write(self, sample: SampleChanges) -> str:
        """Write one sample; why it was not, or ""."""
        now = self._writer.sample(sample.present.id)
        reason = why_changed(sample.present, now)
        if now is None or reason:
            return reason
        for change in sample.changes:
            self._set(now, sample.name, change)
        return ""

    def _set(self, now: StudioSample, name: str, change: Change) -> None:
        entry = self._log.begin(now.id, name, change)
        try:
            change.field.put(self._writer, now, change.after)
        except StudioError as error:
            if error.is_final:
                self._log.end(entry, CallOutcome.REFUSED)
            raise
        self._log.end(entry, CallOutcome.DONE)
