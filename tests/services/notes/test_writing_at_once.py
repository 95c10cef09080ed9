"""Many people who write at once: nothing is lost, on either database."""

import multiprocessing
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from services.database.transactions import have_schema, reading
from services.notes.feed import changes
from services.notes.notebook import opinions, say
from services.notes.opinion import Opinion, Subject
from services.notes.settling import settle, shared_of, tag
from services.notes.shared import ConflictError, Shared
from services.notes.tables import EVENTS
from services.people.person import Person, Role
from tests.services.notes.people import ANN, ISSUER

PROCESSES, THREADS, SAMPLES = 2, 8, 5
COMMON = Subject("common")


def _person(process, thread):
    number = f"{process}-{thread}"
    return Person(ISSUER, number, f"P{number}", Role.REVIEWER)


def _write(person, steps):
    """A note of one's own, a tag on what all tag, and a step further of what all settle."""
    for step in range(steps):
        word = f"{person.subject}.{step}"
        subject = Subject(f"s{step % SAMPLES}", "net")
        say(person, subject, "s", lambda old, word=word: old.noted(f"{old.note} {word}"))
        tag(person, COMMON, "c", add=[word])
        _go_further(person)


def _go_further(person):
    while True:
        seen = shared_of("net").get(COMMON, Shared(COMMON))
        new = replace(seen, agreed=f"{person.subject} after {seen.version}")
        try:
            settle(person, "c", seen, new)
        except ConflictError:
            continue
        return


def _people(process, threads, steps, start):
    start.wait()
    workers = [
        threading.Thread(target=_write, args=(_person(process, thread), steps))
        for thread in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def write_together(threads, steps):
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(PROCESSES)
    workers = [
        spawn.Process(target=_people, args=(process, threads, steps, start))
        for process in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES


def nothing_is_lost(threads, steps):
    people = [_person(process, thread) for process in range(PROCESSES) for thread in range(threads)]
    words = {person.id: {f"{person.subject}.{step}" for step in range(steps)} for person in people}
    noted = {person.id: set() for person in people}
    for each in opinions("net"):
        noted[each.person] |= set(each.opinion.note.split())
    assert noted == words
    common = shared_of("net")[COMMON]
    assert common.tags == set().union(*words.values())
    writes = len(people) * steps
    assert common.version == 2 * writes
    with reading() as connection:
        assert connection.execute(select(func.count(EVENTS.c.id))).scalar_one() == 3 * writes


def test_two_processes_of_eight_people_lose_nothing(each_database):
    write_together(THREADS, 2)
    nothing_is_lost(THREADS, 2)


@pytest.mark.whole
def test_two_processes_of_twenty_five_people_lose_nothing(each_database):
    write_together(25, 8)
    nothing_is_lost(25, 8)


def test_who_follows_the_feed_misses_no_event_of_writers_at_once(each_database):
    """Numbers become visible in their order: who asks after the last seen one sees all."""
    have_schema()
    done, seen = threading.Event(), []

    def follow():
        while True:
            ended = done.is_set()
            told = changes(seen[-1] if seen else 0)
            seen.extend(each.number for each in told)
            if ended and not told:
                return

    def write(number):
        for step in range(10):
            say(ANN, Subject(f"{number}-{step}"), "s", lambda _: Opinion(note="x"))

    follower = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for each in (follower, *writers):
        each.start()
    for writer in writers:
        writer.join()
    done.set()
    follower.join()
    assert len(seen) == len(set(seen)) == 60
