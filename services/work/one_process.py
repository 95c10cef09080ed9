"""The workshop of one process: a thread for each job, and one queue for what uses all cores."""

from __future__ import annotations

import threading
import time
import weakref
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, TypeVar

from services.work.asked import Asked
from services.work.job import Job
from services.work.pace import note_pace
from services.work.presence import Browsers, Presence
from services.work.progress import Progress
from services.work.workshop import Workshop

T = TypeVar("T")
AT_ONCE = 16  # jobs that need not queue; most of them wait for a disk or for another server


@dataclass(eq=False)
class _Order:
    """Something that was asked for and has not ended.

    Attributes:
        key: two with the same are the same.
        asked: what it is.
        number: in the order of asking.
        turn: the rounds that others have before it.
        before: the same, given up and still ending; both may write the same files.
        askers: who waits for it.
        begun: whether its thread runs.
        job: what the askers see.
    """

    key: tuple[type, str]
    asked: Asked[Any]
    number: int
    turn: int
    before: _Order | None
    askers: set[str] = field(default_factory=set)
    begun: bool = False
    job: Job[Any] = field(default_factory=Job)

    @property
    def given_up(self) -> bool:
        """Whether nobody waits any more."""
        return self.job.progress.stopping

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """The lowest in the queue is next."""
        return not self.asked.weight.first, not self.begun, self.turn, self.number


class OneProcess(Workshop):
    """Makes things in threads of this process.

    Args:
        presence: of those who ask; always, unless it is told. Work for people who have gone
            ends, unless its weight lasts.
    """

    def __init__(self, presence: Presence | None = None) -> None:
        self._presence = presence or Browsers()
        self._hands = threading.BoundedSemaphore(AT_ONCE)
        self._numbers = count()
        self._changed = threading.Condition()  # guards what follows
        self._orders: list[_Order] = []
        self._at_work: _Order | None = None  # who has the machine, of those that queue
        self._turn = 0  # of whoever had it last

    def ask(self, asked: Asked[T], who: str) -> Job[T]:
        """See `Workshop.ask`."""
        key = _key(asked)
        with self._changed:
            turn = self._next_turn(who)
            order = self._wanted(key)
            if order is None:
                order = self._accept(key, asked, turn)
            elif who not in order.askers:
                order.turn = min(order.turn, turn)
            order.askers.add(who)
            self._go_on()
            return order.job

    def under_way(self, asked: Asked[T]) -> Job[T] | None:
        """See `Workshop.under_way`."""
        key = _key(asked)
        with self._changed:
            order = self._wanted(key)
            return None if order is None else order.job

    def leave(self, job: Job[T], who: str) -> None:
        """See `Workshop.leave`."""
        with self._changed:
            for order in [order for order in self._orders if order.job is job]:
                # After a reload a person is somebody else: who they were does not wait any more.
                order.askers = set(filter(self._presence.connected, order.askers - {who}))
            self._go_on()

    def _wanted(self, key: tuple[type, str]) -> _Order | None:
        same = (order for order in self._orders if order.key == key and not order.given_up)
        return next(same, None)

    def _next_turn(self, who: str) -> int:
        """One more than that of the person's last; of who has nothing in the queue, the present."""
        own = (o.turn for o in self._orders if who in o.askers and o.asked.weight.queues)
        return max([self._turn, *(turn + 1 for turn in own)])

    def _accept(self, key: tuple[type, str], asked: Asked[Any], turn: int) -> _Order:
        before = next((order for order in self._orders if order.key == key), None)
        order = _Order(key, asked, next(self._numbers), turn, before)
        # Not the order itself: what was made goes as soon as nobody looks at it any more.
        own = weakref.ref(order)
        order.job = Job(Progress(partial(self._give_way, own), partial(self._is_alone, own)))
        self._orders.append(order)
        if not asked.weight.queues:
            self._begin(order)
        return order

    def _begin(self, order: _Order) -> None:
        order.begun, order.before = True, None
        threading.Thread(target=self._work, args=(order,), name="job", daemon=True).start()

    def _work(self, order: _Order) -> None:
        try:
            with nullcontext() if order.asked.weight.queues else self._hands:
                order.job.run(partial(_made, order.asked))
        finally:
            with self._changed:
                self._close(order)
                self._go_on()

    def _go_on(self) -> None:
        """Give the machine to who is next, and tell everybody their place."""
        for order in list(self._orders):
            stays = order.asked.weight.lasts or not all(map(self._presence.gone, order.askers))
            if not order.askers or not stays:
                self._give_up(order)
        line = sorted((o for o in self._orders if self._queues(o)), key=lambda order: order.rank)
        if self._at_work is None:
            ready = (o for o in line if o.before is None or o.before.job.done)
            self._at_work = following = next(ready, None)
            if following is not None:
                self._turn = following.turn
                if not following.begun:
                    self._begin(following)
        for place, order in enumerate(line, 1):
            order.job.place = 0 if order is self._at_work else place
        self._changed.notify_all()

    def _queues(self, order: _Order) -> bool:
        return order.asked.weight.queues and (order is self._at_work or not order.given_up)

    def _give_way(self, own: weakref.ref[_Order]) -> float:
        """Called by a job at each of its items: wait while others go first.

        Returns:
            seconds that it took.
        """
        order = own()
        if order is None:  # it has ended
            return 0.0
        with self._changed:
            if self._at_work is order and not order.asked.weight.first:
                self._at_work = None  # whoever is next now may be this one again
            self._go_on()
            if self._may_work(order):
                return 0.0
            started = time.monotonic()
            self._changed.wait_for(lambda: order.given_up or self._may_work(order))
            return time.monotonic() - started

    def _is_alone(self, own: weakref.ref[_Order]) -> bool:
        """Whether nobody but those who ask for an order waits for anything."""
        order = own()
        with self._changed:
            others = (o for o in self._orders if o is not order and not o.given_up)
            return order is not None and not any(o.askers - order.askers for o in others)

    def _may_work(self, order: _Order) -> bool:
        if order.job.done:  # a thread of its own that ends later
            return True
        if order.asked.weight.queues:
            return self._at_work is order
        return self._at_work is None or not self._at_work.asked.weight.alone

    def _give_up(self, order: _Order) -> None:
        order.job.progress.cancel()
        if not order.begun:
            order.job.cancelled = True
            self._close(order)

    def _close(self, order: _Order) -> None:
        self._orders.remove(order)
        if self._at_work is order:
            self._at_work = None
        order.job.end()


def _key(asked: Asked[Any]) -> tuple[type, str]:
    return type(asked), asked.digest


def _made(asked: Asked[T], progress: Progress) -> T:
    progress.check()
    kept = asked.found  # somebody else may have made it meanwhile
    return _timed(asked, progress) if kept is None else kept


def _timed(asked: Asked[T], progress: Progress) -> T:
    """Make it, and remember how long that took, for the price of the next one."""
    price = asked.price if asked.fit else None
    started, waited = time.monotonic(), progress.waited
    made = asked.make(progress)
    if price is not None:
        seconds = time.monotonic() - started - (progress.waited - waited)
        note_pace(price.work, price.count, seconds)
    return made
