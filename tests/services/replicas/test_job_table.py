"""Jobs of several replicas: each hears of the others', joins in, leaves, and takes over."""

import threading

import pytest
from sqlalchemy import select

from services.database.transactions import reading, writing
from services.replicas import job_table as module
from services.replicas.job_table import JobTable
from services.replicas.tables import JOB_ROWS, LEAVES
from services.settings import settings
from services.work.asked import BATCH
from services.work.asker import Asker
from services.work.one_process import OneProcess
from tests.services.work.pieces import Piece
from tests.waiting import PATIENCE, wait_until

ANN, ANN_THERE = Asker("tab 1", "idp:ann", "Ann"), Asker("tab 2", "idp:ann", "Ann")
BEN = Asker("tab 3", "idp:ben", "Ben")
BEAT = 0.02


class Replica:
    """A workshop that shares a database with others."""

    def __init__(self, stale=PATIENCE):
        self.table = JobTable(BEAT, stale)
        self.workshop = OneProcess(elsewhere=self.table)

    def dies(self):
        """It is killed: it says nothing any more."""
        self.table.close()


@pytest.fixture(autouse=True)
def shared(each_database):
    """On both kinds of database."""


@pytest.fixture
def replicas():
    made = [Replica(), Replica()]
    yield made
    for each in made:
        each.dies()


@pytest.fixture
def piece():
    made = []

    def make(*given, **more):
        made.append(Piece(*given, **more))
        return made[-1]

    yield make
    for one in made:
        one.let_go()


def began(replica, asked, who):
    job = replica.workshop.ask(asked, who)
    assert asked.begun.wait(PATIENCE)
    return job


def seen(replica, **wanted):
    """What a replica lists of others, once one is as it is wanted."""

    def fits():
        every = [each for each in replica.workshop.jobs() if each.host]
        fitting = [e for e in every if all(getattr(e, n) == v for n, v in wanted.items())]
        return fitting and fitting[0]

    return wait_until(fits)


def test_each_sees_what_the_others_do(replicas, piece):
    here, there = replicas
    asked = piece("a", BATCH, items=3)
    began(there, asked, ANN)
    asked.go_on(2)
    listing = seen(here, done=2)
    assert (listing.whose, listing.total, listing.begun) == ("Ann's work", 3, True)
    assert listing.is_of(ANN_THERE)
    assert str(listing.step).startswith("a: 2 of 3")
    asked.let_go()
    wait_until(lambda: not here.workshop.jobs())


def test_what_another_makes_is_waited_for_with_its_progress_and_not_made_twice(replicas, piece):
    here, there = replicas
    asked, same, other = piece("a", BATCH, items=3), piece("a", BATCH), piece("b", BATCH)
    began(there, asked, ANN)
    seen(here, begun=True)
    job = here.workshop.ask(same, BEN)
    asked.go_on(2)
    wait_until(lambda: job.progress.step.done == 2)
    assert (job.place, str(job).partition(",")[0]) == (0, "a: 2 of 3")
    began(here, other, ANN)  # the machine is not kept from others meanwhile
    same.kept.append("made there")
    asked.let_go()
    other.let_go()
    assert job.wait(PATIENCE)
    assert (job.result, same.begun.is_set()) == ("made there", False)


def test_two_that_wait_for_their_machines_do_not_wait_for_each_other(replicas, piece):
    busy = [piece(f"busy {n}") for n in range(2)]
    same = [piece("a", BATCH) for _ in range(2)]
    jobs = []
    for replica, work, asked in zip(replicas, busy, same, strict=True):
        began(replica, work, BEN)
        jobs.append(replica.workshop.ask(asked, ANN))
    for replica in replicas:
        seen(replica, digest="a", begun=False)
    for each in (*busy, *same):
        each.let_go()
    assert all(job.wait(PATIENCE) for job in jobs)


def test_who_only_looks_follows_the_job_of_another_replica_to_its_end(replicas, piece):
    here, there = replicas
    asked = piece("a", BATCH, items=3)
    began(there, asked, ANN)
    seen(here, begun=True)
    job = here.workshop.under_way(piece("a", BATCH))
    asked.go_on()
    wait_until(lambda: not job.done and job.progress.step.done == 1)
    asked.let_go()
    wait_until(lambda: job.done)
    assert here.workshop.under_way(piece("a", BATCH)) is None


def test_a_person_stops_their_own_there_from_here(replicas, piece):
    here, there = replicas
    asked = piece("a", BATCH, items=9)
    job = began(there, asked, ANN)
    there.workshop.ask(asked, BEN)
    listing = seen(here, askers=(ANN, BEN))
    here.workshop.stop(listing.id, ANN_THERE)
    seen(here, askers=(BEN,))
    assert not job.progress.stopping
    here.workshop.leave(here.workshop.under_way(piece("a", BATCH)), BEN)
    wait_until(lambda: job.progress.stopping)
    asked.let_go()
    assert job.wait(PATIENCE)
    with reading() as connection:
        assert connection.execute(select(LEAVES)).all() == []


def test_jobs_of_a_person_count_wherever_they_are(replicas, piece, monkeypatch):
    monkeypatch.setenv("GRADCAM_JOBS", "1")
    settings.cache_clear()
    here, there = replicas
    began(there, piece("a", BATCH), ANN)
    seen(here, begun=True)
    assert "1 job under way" in here.workshop.ask(piece("b", BATCH), ANN_THERE).error
    assert not here.workshop.ask(piece("a", BATCH), ANN_THERE).error  # the same is none more


def test_what_a_killed_replica_left_is_taken_over_by_who_waits(piece):
    here, there = Replica(stale=10 * BEAT), Replica()
    asked, same = piece("a", BATCH, items=2), piece("a", BATCH, items=2)
    began(there, asked, ANN)
    seen(here, begun=True)
    job = here.workshop.ask(same, BEN)
    assert not same.begun.is_set()
    there.dies()
    assert same.begun.wait(PATIENCE)
    same.let_go()
    assert job.wait(PATIENCE)
    assert job.result == "a is made"
    wait_until(lambda: not here.workshop.jobs())  # what was lost is lost no more
    here.dies()


def test_a_replica_that_says_good_bye_is_not_waited_for(replicas, piece):
    here, there = replicas
    asked, same = piece("a", BATCH), piece("a", BATCH)
    began(there, asked, ANN)
    seen(here, begun=True)
    there.table.end()
    seen(here, is_lost=True)
    assert here.workshop.under_way(same) is None
    assert here.workshop.is_lost(same, ANN_THERE)
    assert not here.workshop.is_lost(same, BEN)
    assert not here.workshop.is_lost(piece("b", BATCH), ANN_THERE)
    began(here, same, ANN_THERE)
    wait_until(lambda: not here.workshop.is_lost(same, ANN_THERE))


def test_what_was_lost_can_be_given_up_by_who_wanted_it(replicas, piece):
    here, there = replicas
    began(there, piece("a", BATCH), ANN)
    seen(here, begun=True)
    there.table.end()
    listing = seen(here, is_lost=True)
    here.workshop.stop(listing.id, BEN)
    with reading() as connection:
        assert len(connection.execute(select(JOB_ROWS)).all()) == 1
    here.workshop.stop(listing.id, ANN_THERE)
    wait_until(lambda: not here.workshop.jobs())


def test_nobody_comes_back_for_what_was_lost_long_ago(replicas, piece, monkeypatch):
    here, there = replicas
    began(there, piece("a", BATCH), ANN)
    seen(here, begun=True)
    there.table.end()
    monkeypatch.setattr(module, "FORGOTTEN", -1.0)
    began(here, piece("b", BATCH), BEN)
    wait_until(lambda: [each.digest for each in here.workshop.jobs()] == ["b"])


def test_without_jobs_nothing_is_written():
    before = set(threading.enumerate())
    replica = Replica()
    assert replica.workshop.jobs() == ()
    assert set(threading.enumerate()) == before
    replica.dies()
    with writing() as connection:
        assert connection.execute(select(JOB_ROWS)).all() == []


def test_a_database_that_does_not_answer_stops_no_job(monkeypatch, piece, caplog):
    def refuse():
        raise module.DatabaseError("The database does not answer.")

    monkeypatch.setattr(module, "writing", refuse)
    monkeypatch.setattr(module, "reading", refuse)
    replica = Replica()
    asked = piece("a", BATCH)
    job = began(replica, asked, ANN)
    wait_until(lambda: "do not hear of jobs" in caplog.text)
    asked.let_go()
    assert job.wait(PATIENCE)
    replica.dies()
