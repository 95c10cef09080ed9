"""A process that makes batches, for who orders them; another takes its place if it ends."""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TextIO, cast

from services.engines.orders import BatchAnswer, BatchOrder

log = logging.getLogger(__name__)
LIVES = 3  # processes that may end over one batch before it counts as impossible
LAST_WORDS = 2000  # bytes of what a process said before it ended
ONE_THREAD = dict.fromkeys(
    (
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "OPENCV_FOR_THREADS_NUM",
    ),
    "1",
)


class Worker:
    """A process of one thread that makes a batch at a time; begun with the first.

    Args:
        command: starts one, which `orders.serve`s; what it needs to know stands in it.
        environment: beside this process' own; a key goes this way, which others cannot see.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = tuple(command)
        self._environment = {**os.environ, **ONE_THREAD, **environment}
        self._words = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - as long as this lives
        self._process: subprocess.Popen[str] | None = None
        self._guard = threading.Lock()  # a process is begun, or the end has come
        self._ended = False

    def make(self, order: str) -> str:
        """Have a batch made; the answer as a line, as the order is one, since they may travel."""
        wanted = BatchOrder.of(order)
        for _ in range(LIVES):
            try:
                answer = self._told(order)
            except OSError as error:
                return _refused(f"No process can be started to make batches ({error}).")
            if answer or self._ended:
                return answer or _refused("Stopped.")
            self._words.seek(max(0, self._words.tell() - LAST_WORDS))
            words = self._words.read().decode(errors="replace")
            log.warning("a process ended over batch %d: %s", wanted.number, words)
        return _refused(
            f"{LIVES} processes ended while they made batch {wanted.number + 1}; the machine may "
            "lack memory for so many: give fewer --workers."
        )

    def end(self) -> None:
        """Let nothing run on; may be called while a batch is being made."""
        with self._guard:
            self._ended = True
            if self._process is not None:
                _close(self._process)

    def _told(self, order: str) -> str:
        """What a process says of an order; nothing where it ended instead."""
        with self._guard:
            if self._ended:
                return ""
            if self._process is not None and self._process.poll() is not None:
                _close(self._process)
                self._process = None
            if self._process is None:
                self._process = self._begun()
            process = self._process
        orders, answers = cast(TextIO, process.stdin), cast(TextIO, process.stdout)
        try:
            orders.write(order)
            orders.flush()
            answer = answers.readline()
        except (OSError, ValueError):  # it ended before it could be told
            answer = ""
        if not answer.endswith("\n"):
            process.kill()
            process.wait()
            return ""
        return answer

    def _begun(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            text=True,
            start_new_session=True,  # Ctrl-C is for the driver, which ends all of them
        )


def _refused(sentence: str) -> str:
    return BatchAnswer(None, sentence).line()


def _close(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError, ValueError):  # it holds an order that nobody reads any more
                stream.close()
