"""Whether nobody else waits: only then does a job take the whole machine."""

import pytest

from services.work.asked import BATCH, INTERACTIVE, LONG
from services.work.asker import Asker
from services.work.progress import Progress
from tests.services.work.pieces import Piece


def begun(workshop, name, who, weight=LONG):
    """Somebody's job that is under way."""
    piece = Piece(name, weight)
    job = workshop.ask(piece, Asker(who))
    piece.begun.wait()
    return piece, job


def test_who_is_the_only_one_is_alone(workshop):
    piece, job = begun(workshop, "one", "Ann")
    assert job.progress.alone()
    piece.let_go()
    job.wait()


@pytest.mark.parametrize("weight", [LONG, BATCH, INTERACTIVE], ids=str)
def test_whatever_somebody_else_asks_for_ends_that_until_it_has_ended(workshop, weight):
    own, job = begun(workshop, "one", "Ann", INTERACTIVE)
    other, others_job = begun(workshop, "other", "Ben", weight)
    assert not job.progress.alone()
    assert not others_job.progress.alone()
    other.let_go()
    others_job.wait()
    assert job.progress.alone()
    own.let_go()
    job.wait()


def test_who_waits_in_the_queue_counts_as_well_and_who_has_left_it_does_not(workshop):
    own, job = begun(workshop, "one", "Ann")
    waiting = workshop.ask(Piece("other"), Asker("Ben"))
    assert not job.progress.alone()
    workshop.leave(waiting, Asker("Ben"))
    assert job.progress.alone()
    own.let_go()
    job.wait()


def test_one_s_own_further_jobs_and_who_wants_the_same_are_nobody_else(workshop):
    own, job = begun(workshop, "one", "Ann")
    further = workshop.ask(Piece("other"), Asker("Ann"))
    assert job.progress.alone()
    assert workshop.ask(own, Asker("Ben")) is job
    assert job.progress.alone()
    workshop.leave(further, Asker("Ann"))
    own.let_go()
    job.wait()


def test_all_runs_may_be_under_way_only_while_nobody_else_waits():
    others = []
    progress = Progress(alone=lambda: not others)
    at_once, unseen = progress.at_once(2), progress.unseen().at_once(2)
    assert (at_once(), unseen()) == (2, 2)
    others.append("Ben")
    assert (at_once(), unseen()) == (1, 1)
    assert progress.at_once(1)() == 1
