"""The workshop of one process: a thread for each job, and one queue for what uses all cores."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from itertools import count
from typing import Any, TypeVar

from services.log_context import logging_about
from services.metrics import JOB_WAIT_SECONDS, JOBS_ENDED
from services.numbers import counted
from services.settings import settings
from services.work.asked import Asked
from services.work.asker import Asker
from services.work.elsewhere import NOWHERE, Elsewhere
from services.work.job import Job
from services.work.listing import JobKey, JobListing
from services.work.order import Order, key_of
from services.work.pace import note_pace, note_steps, steps_of
from services.work.presence import Browsers, Presence
from services.work.progress import Progress
from services.work.workshop import Workshop

T = TypeVar("T")
AT_ONCE = 16  # jobs that need not queue; most of them wait for a disk or for another server
SLICE = 30.0  # seconds that a batch has the machine before it lets other people's go on


class OneProcess(Workshop):
    """Makes things in threads of this process.

    Args:
        presence: of those who ask; always, unless it is told. Work for people who have gone
            ends, unless its weight lasts.
        slice_seconds: see `SLICE`.
        elsewhere: what other servers do; what is being made there is waited for.
    """

    def __init__(
        self,
        presence: Presence | None = None,
        slice_seconds: float = SLICE,
        elsewhere: Elsewhere = NOWHERE,
    ) -> None:
        self._presence = presence or Browsers()
        self._slice = slice_seconds
        self._elsewhere = elsewhere
        self._hands = threading.BoundedSemaphore(AT_ONCE)
        self._numbers = count()
        self._changed = threading.Condition()  # guards what follows
        self._orders: list[Order] = []
        self._at_work: Order | None = None  # who has the machine, of those that queue
        self._turn = 0  # of whoever had it last
        elsewhere.meet(self)

    def ask(self, asked: Asked[T], who: Asker) -> Job[T]:
        """See `Workshop.ask`."""
        if not asked.fit:
            return Job.refused(asked.fit.reason)
        key, seconds = key_of(asked), _seconds(asked)
        if asked.weight.queues:
            self._elsewhere.look()
        with self._changed:
            turn = self._next_turn(who)
            order = self._wanted(key)
            if order is None:
                if asked.weight.queues and (sentence := self._refusal(who, key)):
                    return Job.refused(sentence)
                order = self._accept(key, asked, turn, seconds)
            elif not order.is_of(who):
                order.turn = min(order.turn, turn)
            if who not in order.askers:
                order.askers.append(who)
            self._go_on()
        self._elsewhere.tell()
        return order.job

    def under_way(self, asked: Asked[T]) -> Job[T] | None:
        """See `Workshop.under_way`."""
        key = key_of(asked)
        with self._changed:
            order = self._wanted(key)
            if order is not None:
                return order.job
        return self._elsewhere.job(key)

    def leave(self, job: Job[T], who: Asker) -> None:
        """See `Workshop.leave`."""
        with self._changed:
            for order in [order for order in self._orders if order.job is job]:
                self._keep(order, lambda asker: asker != who and not self._was(asker, who))
            self._go_on()
        self._elsewhere.leave(job.id, who)

    def is_lost(self, asked: Asked[Any], who: Asker) -> bool:
        """See `Workshop.is_lost`."""
        return self._elsewhere.lost(key_of(asked), who)

    def jobs(self) -> tuple[JobListing, ...]:
        """See `Workshop.jobs`."""
        return (*self.own_jobs(), *self._elsewhere.jobs())

    def own_jobs(self) -> tuple[JobListing, ...]:
        """What is under way at this server."""
        with self._changed:
            alive = (order for order in self._orders if not order.given_up)
            return tuple(o.listing for o in sorted(alive, key=lambda o: (o.job.place, o.number)))

    def stop(self, job: str, who: Asker) -> None:
        """See `Workshop.stop`."""
        self.stop_here(job, who)
        self._elsewhere.leave(job, who)

    def stop_here(self, job: str, who: Asker) -> None:
        """The same for what is under way at this server; others do not hear of it."""
        with self._changed:
            for order in [order for order in self._orders if order.job.id == job]:
                self._keep(order, lambda a: not (a.is_same(who) or self._was(a, who)))
            self._go_on()

    def go_on(self) -> None:
        """Look again what comes next: something has changed elsewhere."""
        with self._changed:
            self._go_on()

    def _was(self, asker: Asker, who: Asker) -> bool:
        """Whether an asker may be who somebody was: after a reload a tab is another one."""
        known = asker.person and not asker.is_same(who)
        return not known and not self._presence.connected(asker.session)

    def _keep(self, order: Order, stays: Callable[[Asker], bool]) -> None:
        order.askers = list(filter(stays, order.askers))

    def _refusal(self, who: Asker, key: JobKey) -> str:
        """Why a person may not have a job that queues; "" if they may."""
        most = settings().jobs
        if not who.person or not most:
            return ""
        here = (order.listing for order in self._orders if not order.given_up)
        every = (*here, *self._elsewhere.known())
        keys = {each.key for each in every if each.queues and each.is_of(who)}
        own = len(keys - {key})
        if own < most:
            return ""
        jobs = f"{counted(own, 'job')} under way"
        return (
            f"You have {jobs}, as many as one person may have here; stop one or wait for its end."
        )

    def _wanted(self, key: JobKey) -> Order | None:
        same = (order for order in self._orders if order.key == key and not order.given_up)
        return next(same, None)

    def _next_turn(self, who: Asker) -> int:
        """One more than that of the person's last; of who has nothing in the queue, the present."""
        own = (o.turn for o in self._orders if o.is_of(who) and o.asked.weight.queues)
        return max([self._turn, *(turn + 1 for turn in own)])

    def _accept(self, key: JobKey, asked: Asked[Any], turn: int, seconds: float | None) -> Order:
        before = next((order for order in self._orders if order.key == key), None)
        order = Order(key, asked, next(self._numbers), turn, before, seconds)
        # Not the order itself: what was made goes as soon as nobody looks at it any more.
        own = weakref.ref(order)
        order.job = Job(Progress(partial(self._give_way, own), partial(self._is_alone, own)))
        self._orders.append(order)
        if not asked.weight.queues:
            self._begin(order)
        return order

    def _begin(self, order: Order) -> None:
        order.begun, order.before = True, None
        self._elsewhere.take(order.key)
        threading.Thread(target=self._work, args=(order,), name="job", daemon=True).start()

    def _work(self, order: Order) -> None:
        try:
            with nullcontext() if order.asked.weight.queues else self._hands:
                JOB_WAIT_SECONDS.observe(time.monotonic() - order.asked_at, order.asked.words)
                with logging_about(job=order.job.id):
                    order.job.run(partial(_made, order.asked))
        finally:
            with self._changed:
                self._close(order)
                self._go_on()

    def _go_on(self) -> None:
        """Give the machine to who is next, and tell everybody their place."""
        for order in list(self._orders):
            gone = all(self._presence.gone(asker.session) for asker in order.askers)
            stays = order.asked.weight.lasts or not gone
            if not order.askers or not stays:
                self._give_up(order)
        line = sorted((o for o in self._orders if self._queues(o)), key=lambda order: order.rank)
        if self._at_work is None:
            ready = (o for o in line if self._is_ready(o))
            self._at_work = following = next(ready, None)
            if following is not None:
                self._turn = following.turn
                if not following.goes_on:
                    following.goes_on, following.since = True, time.monotonic()
                if not following.begun:
                    self._begin(following)
        self._tell(line)
        self._changed.notify_all()

    def _is_ready(self, order: Order) -> bool:
        if order.before is not None and not order.before.job.done:
            return False
        return order.begun or self._elsewhere.making(order.key) is None

    def _tell(self, line: Sequence[Order]) -> None:
        """Tell everybody their place, and how long it is until it is their turn."""
        runs = self._at_work
        wait: float | None = 0.0
        for place, order in enumerate(line, 1):
            is_first = order is runs
            order.job.place = 0 if is_first else place
            order.job.wait_seconds = None if is_first else wait or None
            others = runs is not None and not any(map(runs.is_of, order.askers))
            order.job.runs = runs.listing.whose if runs is not None and others else ""
            if not order.begun and (listing := self._elsewhere.making(order.key)) is not None:
                order.job.place, order.job.progress.step = 0, listing.step
                continue
            wait = None if wait is None or order.left is None else wait + order.left

    def _queues(self, order: Order) -> bool:
        return order.asked.weight.queues and (order is self._at_work or not order.given_up)

    def _give_way(self, own: weakref.ref[Order]) -> float:
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
                if time.monotonic() - order.since >= self._slice:
                    self._send_behind(order)
            self._go_on()
            if self._may_work(order):
                return 0.0
            started = time.monotonic()
            self._changed.wait_for(lambda: order.given_up or self._may_work(order))
            return time.monotonic() - started

    def _send_behind(self, order: Order) -> None:
        """Let a job of each other person go first; the person's own stay behind it."""
        order.goes_on = False
        later = self._turn + 1 - order.turn
        own = (o for o in self._orders if any(map(o.is_of, order.askers)))
        for each in own if later > 0 else ():
            each.turn += later

    def _is_alone(self, own: weakref.ref[Order]) -> bool:
        """Whether nobody but those who ask for an order waits for anything."""
        order = own()
        with self._changed:
            others = (o for o in self._orders if o is not order and not o.given_up)
            return order is not None and all(set(o.askers) <= set(order.askers) for o in others)

    def _may_work(self, order: Order) -> bool:
        if order.job.done:  # a thread of its own that ends later
            return True
        if order.asked.weight.queues:
            return self._at_work is order
        return self._at_work is None or not self._at_work.asked.weight.alone

    def _give_up(self, order: Order) -> None:
        order.job.progress.cancel()
        if not order.begun:
            order.job.cancelled = True
            self._close(order)

    def _close(self, order: Order) -> None:
        self._orders.remove(order)
        if self._at_work is order:
            self._at_work = None
        order.job.end()


def _seconds(asked: Asked[Any]) -> float | None:
    """How long something that queues takes on this machine; None where nobody knows."""
    price = asked.price if asked.weight.queues else None
    return None if price is None else price.seconds


def _made(asked: Asked[T], progress: Progress) -> T:
    with JOBS_ENDED.outcome(asked.words):
        progress.check()
        kept = asked.found  # somebody else may have made it meanwhile
        return _timed(asked, progress) if kept is None else kept


def _timed(asked: Asked[T], progress: Progress) -> T:
    """Make it, and remember how long that took, for the price of the next one."""
    price = asked.price if asked.fit else None
    started, waited, steps = time.monotonic(), progress.waited, progress.steps
    if price is not None:
        progress.expect(price.seconds, steps_of(price.work))
    made = asked.make(progress)
    if price is not None:
        seconds = time.monotonic() - started - (progress.waited - waited)
        note_pace(price.work, price.count, seconds)
        note_steps(price.work, progress.steps - steps)
    return made
