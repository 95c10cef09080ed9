"""Going through samples: the next ones are read while the last ones are worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from gradcam import PictureError
from services.media.medium import Medium, Reading
from services.sample import Sample

BATCH_SIZE = 32  # samples that go through a network at once
DECODERS = 2
T = TypeVar("T")
Item = TypeVar("Item")


@dataclass(frozen=True)
class Unreadable:
    """A sample that cannot be read, and why, in words."""

    reason: str


def in_parts(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Cut into parts of `size`, the last one shorter."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def readable(items: Sequence[Item], read: Sequence[T | Unreadable]) -> list[tuple[Item, T]]:
    """Each item with what was found of it, without those that cannot be read."""
    both = zip(items, read, strict=True)
    return [(item, one) for item, one in both if not isinstance(one, Unreadable)]


def unreadable(items: Sequence[Item], read: Sequence[T | Unreadable]) -> list[tuple[Item, str]]:
    """The items that cannot be read, each with the reason."""
    both = zip(items, read, strict=True)
    return [(item, one.reason) for item, one in both if isinstance(one, Unreadable)]


@contextmanager
def reading_ahead(
    medium: Medium, parts: Iterable[Sequence[Sample]], look: Callable[[Reading], T]
) -> Iterator[Iterator[list[T | Unreadable]]]:
    """Samples part by part, each part being read while the one before it is worked on.

    Whoever leaves the block early waits for no more than the files that are being read just then.

    Args:
        medium: reads them.
        parts: samples; of two parts at once something is kept.
        look: what is kept of a sample once it is read; several threads call it.

    Yields:
        An iterator over the parts: for each sample what `look` gave, or why it cannot be read.
    """
    pool = ThreadPoolExecutor(DECODERS, thread_name_prefix="reading")

    def read(sample: Sample) -> T | Unreadable:
        try:
            return look(medium.read(sample.path, sample.window))
        except PictureError as error:
            return Unreadable(str(error))

    def ahead() -> Iterator[list[T | Unreadable]]:
        coming: deque[list[Future[T | Unreadable]]] = deque()
        for part in parts:
            coming.append([pool.submit(read, sample) for sample in part])
            if len(coming) > 1:
                yield [future.result() for future in coming.popleft()]
        while coming:
            yield [future.result() for future in coming.popleft()]

    try:
        yield ahead()
    finally:
        pool.shutdown(cancel_futures=True)


def read_all(
    medium: Medium, samples: Sequence[Sample], look: Callable[[Reading], T]
) -> list[T | Unreadable]:
    """The same for samples that are worked on all at once."""
    with reading_ahead(medium, [samples], look) as parts:
        return next(parts)


def read_whole(medium: Medium, samples: Sequence[Sample], look: Callable[[Reading], T]) -> list[T]:
    """The same where none of them may be missing.

    Raises:
        PictureError: one of them cannot be read.
    """
    whole: list[T] = []
    for one in read_all(medium, samples, look):
        if isinstance(one, Unreadable):
            raise PictureError(one.reason)
        whole.append(one)
    return whole
