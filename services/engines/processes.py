"""Batches made by several processes of this machine, each with a single thread of computing.

One thread a process uses the cores better than one process with a thread for each of them: nothing
waits for an interpreter's lock, and no small operation is cut in pieces.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from services.engines.maker import Maker, What
from services.engines.orders import BatchAnswer, BatchOrder
from services.engines.worker import Worker
from services.work.progress import Progress

LOOK = 0.1  # seconds between two looks at whether the person left


@dataclass(frozen=True)
class Processes(Maker):
    """Several processes that take batch after batch.

    Attributes:
        command: starts one, see `Worker`.
        count: how many.
        environment: see `Worker`.
    """

    command: Sequence[str]
    count: int
    environment: Mapping[str, str]

    def made(
        self, numbers: Sequence[int], what: What, progress: Progress
    ) -> Generator[int, None, None]:
        """See `Maker.made`; a process that is killed costs the batch that it had.

        Raises:
            OutputError: a batch cannot be written, or no process lives long enough to make it.
        """
        todo: queue.SimpleQueue[BatchOrder] = queue.SimpleQueue()
        done: queue.SimpleQueue[str] = queue.SimpleQueue()
        for number in numbers:
            todo.put(BatchOrder(number, what))
        with ExitStack() as stack:
            for _ in range(min(self.count, len(numbers))):
                worker = Worker(self.command, self.environment)
                hand = threading.Thread(target=_hand, args=(worker, todo, done), daemon=True)
                hand.start()
                stack.callback(hand.join)
                stack.callback(worker.end)
            for _ in numbers:
                yield _next(done, progress)


def _hand(
    worker: Worker, todo: queue.SimpleQueue[BatchOrder], done: queue.SimpleQueue[str]
) -> None:
    """Give orders to a worker until there are none, or it can do no more."""
    with suppress(queue.Empty):
        while True:
            answer = worker.make(todo.get_nowait().line())
            done.put(answer)
            if BatchAnswer.of(answer).number is None:
                break


def _next(done: queue.SimpleQueue[str], progress: Progress) -> int:
    while True:
        progress.check()
        with suppress(queue.Empty):
            return BatchAnswer.of(done.get(timeout=LOOK)).made()
