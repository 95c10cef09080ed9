"""A replica that is killed and comes back costs nobody a filter, a flag, an upload or an export."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import count

import pytest
from sqlalchemy import create_engine, func, select

from hosting.team import Team
from services.notes.tables import OPINIONS
from tests.hosting.colleague import Colleague, Work
from tests.looping import run_through
from tests.waiting import PATIENCE


async def everybody_works(people: Sequence[Colleague], numbers: count[int]) -> list[Work]:
    """Each uploads and downloads; whoever cannot, fails the test."""
    return await asyncio.gather(*(person.work(next(numbers)) for person in people))


async def losses(people: Sequence[Colleague], works: Sequence[Work]) -> list[str]:
    return [
        lost
        for each in await asyncio.gather(
            *(person.losses(work) for person, work in zip(people, works, strict=True))
        )
        for lost in each
    ]


async def newcomer_at(team: Team, name: str, stack: AsyncExitStack) -> Colleague:
    """Somebody whom the proxy leads to a replica, once it does so."""
    async with asyncio.timeout(PATIENCE):
        for number in count():
            person = await stack.enter_async_context(Colleague(team.url, number))
            if person.replica == name:
                return person
    raise AssertionError


async def back(person: Colleague) -> float:
    """Seconds until somebody whose replica was killed sees their page again."""
    start = time.perf_counter()
    await person.come_back()
    return time.perf_counter() - start


async def through_failure(team: Team, size: int) -> list[Work]:
    """Work before, while one replica is dead, and once it is back; gives all of it."""
    numbers = count()
    async with AsyncExitStack() as stack:
        for name in ("a", "b"):  # the proxy looks at each every few seconds
            await newcomer_at(team, name, stack)
        people = [
            await stack.enter_async_context(Colleague(team.url, number)) for number in range(size)
        ]
        assert {person.replica for person in people} == {"a", "b"}
        before = await everybody_works(people, numbers)

        team.replica("a").process.kill()
        orphans = [person for person in people if person.replica == "a"]
        seconds = sorted(await asyncio.gather(*map(back, orphans)))
        assert {person.replica for person in people} == {"b"}
        assert await losses(people, before) == []
        meanwhile = await everybody_works(people, numbers)

        team.replica("a").start()
        await asyncio.to_thread(team.replica("a").wait_until_ready)
        fresh = await newcomer_at(team, "a", stack)
        # What was made before it ended and while it was away, seen by who never had a part in it.
        for work in (*before, *meanwhile):
            assert await fresh.losses(work) == []
        assert fresh.replica == "a"
        after = await everybody_works([*people, fresh], numbers)
        assert await losses([*people, fresh], after) == []
        assert {person.replica for person in people} == {"b"}
        works = [*before, *meanwhile, *after]
        print(
            f"{size} people, {len(orphans)} of them at the replica that was killed, back after "
            f"{seconds[len(seconds) // 2]:.1f} s (the last one {seconds[-1]:.1f} s); "
            f"{2 * len(works)} uploads and {len(works)} downloads in three phases, none failed; "
            f"{len(works)} filters, flags, uploads and exports, none lost"
        )
        return works


def flags_in(address: str) -> int:
    """How many flags a database holds."""
    engine = create_engine(address)
    with engine.connect() as connection:
        flagged = select(func.count()).select_from(OPINIONS).where(OPINIONS.c.flag != "")
        count = connection.execute(flagged).scalar_one()
    engine.dispose()
    return count


def test_nothing_is_lost_when_a_replica_is_killed_and_comes_back(team):
    hold_to_failure(team, 2)


@pytest.mark.whole
def test_nor_with_twenty_people_at_work(team):
    hold_to_failure(team, 20)


def hold_to_failure(team: Team, size: int) -> None:
    works = run_through(through_failure(team, size))
    assert len({work.view["sample"] for work in works}) == len(works)
    assert flags_in(team.database) == len(works)
    log = (team.folder / "logs" / "haproxy.log").read_text(encoding="utf-8")
    for masked in ("PUT /_stcore/upload_file/", "GET /media/"):
        assert f" {masked} " in log
        assert f" {masked}" not in log.replace(f" {masked} ", "")  # whose they are stands nowhere
