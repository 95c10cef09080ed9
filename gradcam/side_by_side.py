"""Several runs of a network under way together, their results in order.

A back end lets go of the interpreter's lock while it computes, so that threads are enough.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
MOST = 2  # under way together: each holds its own batch in memory


def in_order(calls: Iterable[Callable[[], T]], at_once: Callable[[], int]) -> Generator[T]:
    """What calls give, in their order, some of them under way together.

    None is begun while a result is looked at. Who leaves early waits for those under way.

    Args:
        calls: each is made once, by another thread where several may be under way; they are taken
            one by one, by whoever goes through the results.
        at_once: how many may be under way, 1 to `MOST`; asked before each is begun.
    """
    under_way: deque[Future[T]] = deque()
    with ThreadPoolExecutor(MOST, thread_name_prefix="side-by-side") as pool:  # no thread yet
        for call in calls:
            while len(under_way) >= (most := at_once()):
                yield under_way.popleft().result()
            if most > 1:
                under_way.append(pool.submit(call))
            else:
                yield call()
        while under_way:
            yield under_way.popleft().result()
