"""Jobs: exporting the data, testing the model. They go on when their status is asked for."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tests.studio.clock import after, now, written
from tests.studio.errors import StudioError
from tests.studio.impulse import Variant
from tests.studio.project import Export, StudioProject, TestRun

Json = dict[str, Any]


class JobKind(StrEnum):
    """What a job does; the values are its category key."""

    EXPORT = "export"
    CLASSIFY = "classify"


@dataclass(frozen=True)
class LogLine:
    """A line of a job's output."""

    created: datetime
    text: str
    level: str = "info"


@dataclass
class Job:
    """A job.

    Attributes:
        polls_left: how often its status will still be “running”.
        fails: whether it will end unsuccessfully.
        variants: of a classify job.
        request: the body it was started with.
    """

    id: int
    project_id: int
    kind: JobKind
    created: datetime
    polls_left: int
    request: Json
    work: Future[Any] = field(repr=False)
    fails: str | None = None
    variants: tuple[Variant, ...] = ()
    finished: datetime | None = None
    succeeded: bool | None = None
    cancelled: bool = False
    log: list[LogLine] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def is_due(self) -> bool:
        """Whether the next poll is to find it finished, by its own work."""
        return self.finished is None and self.polls_left <= 0 and self.fails is None

    def say(self, text: str, level: str = "info") -> None:
        """Add a line to the output."""
        self.log.append(LogLine(now(), text, level))

    def end(self, *, successfully: bool) -> None:
        """Finish, for good."""
        self.finished = after(self.created)
        self.succeeded = successfully


def go_on(project: StudioProject, job: Job) -> None:
    """One poll nearer to the end; at the end the project has what the job was for."""
    if job.finished is not None:
        return
    if job.polls_left > 0:
        job.polls_left -= 1
        job.say(f"Still working, {job.polls_left} to go")
        return
    if job.fails is not None:
        job.say(job.fails, "error")
        job.say("Job failed (see above)", "error")
        job.end(successfully=False)
        return
    try:
        outcome = job.work.result()
    except StudioError as error:
        job.say(error.text, "error")
        job.end(successfully=False)
        return
    _keep(project, job, outcome)
    job.say("Job completed")


def _keep(project: StudioProject, job: Job, outcome: Any) -> None:
    if job.kind is JobKind.EXPORT:
        job.end(successfully=True)
        number = len(project.exports) + 1
        project.exports.append(Export(job.finished, outcome, number))
        return
    runs: list[TestRun] = outcome
    for run in runs:
        project.tests[run.impulse_id, run.variant] = run
    project.thresholds_changed = None
    job.end(successfully=True)


def told(job: Job) -> Json:
    """A job as its status shows it."""
    titles = {JobKind.EXPORT: "Export", JobKind.CLASSIFY: "Model testing"}
    answer: Json = {
        "id": job.id,
        "category": titles[job.kind],
        "categoryKey": job.kind.value,
        "key": f"{job.kind.value}-{job.project_id}",
        "created": written(job.created),
        "started": written(job.created),
        "jobNotificationUids": [],
    }
    if job.finished is not None:
        answer |= {"finished": written(job.finished), "finishedSuccessful": job.succeeded}
    return answer
