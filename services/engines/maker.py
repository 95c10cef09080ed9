"""Who makes the numbered batches of long work; what a batch gives is always the same."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

from services.work.progress import Progress

What = Mapping[str, bool | float | str | None]  # is made of each batch, as it travels


class Maker(ABC):
    """Makes numbered batches of some work. What a batch gives never depends on who makes it."""

    @abstractmethod
    def made(
        self, numbers: Sequence[int], what: What, progress: Progress
    ) -> Generator[int, None, None]:
        """Make batches into the working folder.

        Args:
            numbers: which, each made once.
            what: is made of each, where that differs from one round of the work to the next.
            progress: is asked between two batches whether others go first.

        Yields:
            The number of each batch once its files are there, in any order.

        Raises:
            GradcamError: one sentence on why it cannot be made.
            OSError: the disk is full, or may not be written.
            Cancelled: the person left.
        """


Makers = Callable[[Path], Maker | None]  # who makes batches into a folder; None: who asks


def nobody_else(_folder: Path) -> None:
    """Batches are made by whoever asks for them."""
