"""The dry run: samples are read in Studio again, and nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from services.edge_impulse.access import Access
from services.edge_impulse.client import StudioClient
from services.edge_impulse.model import StudioSample
from services.edge_impulse.test_set import WORKERS
from services.work.asked import INTERACTIVE, Asked
from services.work.progress import Progress
from services.writing_back.drafts import Draft
from services.writing_back.plan import WritePlan


@dataclass(frozen=True)
class DryRun(Asked[WritePlan]):
    """What a draft would write, as Studio is now.

    Attributes:
        draft: what somebody has in mind.
        access: a key that may read the project.
    """

    weight = INTERACTIVE  # it waits for Studio

    draft: Draft
    access: Access

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        told = f"{self.draft} {self.access.fingerprint}"
        return hashlib.sha256(told.encode()).hexdigest()

    @property
    def found(self) -> None:
        """See `Asked.found`: Studio may have changed since."""

    def make(self, progress: Progress) -> WritePlan:
        """See `Asked.make`."""
        client = StudioClient(self.access, progress)
        numbers = self.draft.numbers
        progress.begin("Looking at the samples in Studio", len(numbers))
        return self.draft.plan(_present(client, self.draft.project, numbers, progress))


def _present(
    client: StudioClient, project: int, numbers: Iterable[int], progress: Progress
) -> dict[int, StudioSample | None]:
    present = {}
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="studio")
    try:
        asked = {number: pool.submit(client.sample, project, number) for number in numbers}
        for number, future in asked.items():
            present[number] = future.result()
            progress.advance()
    finally:
        pool.shutdown(cancel_futures=True)
    return present
