"""What every workshop promises; a new one is added to `WORKSHOPS` and passes all of this."""

import gc
import threading
import weakref
from types import SimpleNamespace

import pytest

from gradcam import Fit
from services.errors import ProjectError
from services.settings import settings
from services.work.asked import ALONE, BATCH, INTERACTIVE, LONG, Asked
from services.work.asker import Asker
from services.work.one_process import OneProcess
from services.work.pace import note_pace
from services.work.price import Price
from tests.services.work.pieces import Piece
from tests.waiting import PATIENCE, wait_until

WORKSHOPS = {"one process": OneProcess}
QUEUED = (LONG, ALONE, BATCH)
WEIGHTS = (INTERACTIVE, *QUEUED)


class Thing:
    """Something that is made."""


class Made(Piece):
    """Makes a thing, and tells which thread does."""

    def make(self, progress):
        object.__setattr__(self, "left", threading.current_thread())
        return Thing()


@pytest.fixture(params=WORKSHOPS)
def make_workshop(request):
    return WORKSHOPS[request.param]


@pytest.fixture
def workshop(make_workshop):
    return make_workshop()


@pytest.fixture
def piece():
    """Makes pieces, and lets them go when the test is over."""
    made = []

    def make(*given, **more):
        made.append(Piece(*given, **more))
        return made[-1]

    yield make
    for one in made:
        one.let_go()


def ended(job):
    assert job.wait(PATIENCE)
    return job


def running(workshop, asked, who):
    job = workshop.ask(asked, Asker(who))
    assert asked.begun.wait(PATIENCE)
    return job


# ------------------------------------------------------------------------------------- one job


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_what_is_asked_for_is_made(workshop, piece, weight):
    asked = piece("a", weight)
    job = running(workshop, asked, "ann")
    assert (job.done, job.place, job.result) == (False, 0, None)
    assert workshop.under_way(asked) is job
    asked.let_go()
    assert ended(job).result == "a is made"
    assert (job.error, job.cancelled, job.place) == (None, False, 0)
    assert workshop.under_way(asked) is None


def test_what_was_made_is_let_go_with_its_job(workshop):
    """Files of a project stay as long as somebody has it, and no moment longer."""
    gc.disable()
    try:
        made = Made("a", weight=LONG)
        job = ended(workshop.ask(made, Asker("ann")))
        thing = weakref.ref(job.result)
        del job
        made.left.join(PATIENCE)
        assert thing() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_what_fails_says_so_and_holds_nobody_up(workshop, piece, weight):
    class Failing(Piece):
        def make(self, progress):
            raise ProjectError("No.")

    assert ended(workshop.ask(Failing("a", weight), Asker("ann"))).error == "No."
    following = piece("b", weight)
    following.let_go()
    assert ended(workshop.ask(following, Asker("ann"))).result == "b is made"


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_what_is_there_by_its_turn_is_not_made_again(workshop, piece, weight):
    asked = piece("a", weight, kept=["somebody else made it"])
    assert ended(workshop.ask(asked, Asker("ann"))).result == "somebody else made it"
    assert not asked.begun.is_set()


def test_what_has_ended_is_made_anew_where_nothing_is_kept(workshop, piece):
    first, second = piece("a"), piece("a")
    first.let_go()
    job = ended(workshop.ask(first, Asker("ann")))
    second.let_go()
    again = ended(workshop.ask(second, Asker("ann")))
    assert again is not job
    assert second.begun.is_set()


# ----------------------------------------------------------------------------- joining, leaving


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_who_asks_for_what_is_under_way_joins_in(workshop, piece, weight):
    first, same = piece("a", weight), piece("a", weight)
    job = running(workshop, first, "ann")
    assert workshop.ask(same, Asker("ben")) is job
    assert workshop.under_way(same) is job
    first.let_go()
    assert ended(job).result == "a is made"
    assert not same.begun.is_set()


def test_other_work_of_the_same_digest_is_other_work(workshop, piece):
    class Other(Asked):
        digest, weight, found = "a", INTERACTIVE, None

        def make(self, progress):
            return "other"

    job = running(workshop, piece("a"), "ann")
    assert ended(workshop.ask(Other(), Asker("ann"))).result == "other"
    assert not job.done


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_who_leaves_what_others_wait_for_does_not_stop_it(workshop, piece, weight):
    asked = piece("a", weight, items=2)
    job = running(workshop, asked, "ann")
    workshop.ask(asked, Asker("ben"))
    workshop.leave(job, Asker("ann"))
    workshop.leave(job, Asker("ann"))  # twice is once
    assert workshop.under_way(asked) is job
    asked.let_go()
    assert ended(job).result == "a is made"


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_the_last_one_to_leave_stops_it(workshop, piece, weight):
    asked = piece("a", weight, items=5)
    job = running(workshop, asked, "ann")
    workshop.ask(asked, Asker("ben"))
    workshop.leave(job, Asker("ann"))
    workshop.leave(job, Asker("ben"))
    assert workshop.under_way(asked) is None
    asked.let_go()
    assert ended(job).cancelled
    assert asked.log == ["a"]
    assert (job.result, job.error) == (None, None)


def test_who_asks_twice_leaves_once(workshop, piece):
    asked = piece("a", items=5)
    job = running(workshop, asked, "ann")
    workshop.ask(asked, Asker("ann"))
    workshop.leave(job, Asker("ann"))
    asked.let_go()
    assert ended(job).cancelled


@pytest.mark.parametrize("weight", QUEUED, ids=lambda weight: weight.name)
def test_who_leaves_before_the_turn_has_come_is_out_of_the_queue(workshop, piece, weight):
    running(workshop, piece("a", LONG), "ann")
    asked, behind = piece("b", weight), piece("c", weight)
    job, last = workshop.ask(asked, Asker("ben")), workshop.ask(behind, Asker("cleo"))
    assert (job.place, last.place) == (2, 3)
    workshop.leave(job, Asker("ben"))
    assert (job.done, job.cancelled, last.place) == (True, True, 2)
    assert not asked.begun.is_set()


def test_leaving_what_has_ended_changes_nothing(workshop, piece):
    asked = piece("a")
    asked.let_go()
    job = ended(workshop.ask(asked, Asker("ann")))
    workshop.leave(job, Asker("ann"))
    assert (job.result, job.cancelled) == ("a is made", False)


@pytest.mark.parametrize("weight", QUEUED, ids=lambda weight: weight.name)
def test_who_comes_back_is_not_joined_to_what_was_stopped(workshop, piece, weight):
    stopped, again = piece("a", weight, items=2), piece("a", weight)
    job = running(workshop, stopped, "ann")
    workshop.leave(job, Asker("ann"))
    new = workshop.ask(again, Asker("ann"))
    assert new is not job
    assert not again.begun.is_set()  # both may write the same files
    stopped.let_go()
    again.let_go()
    assert ended(job).cancelled
    assert ended(new).result == "a is made"


# ------------------------------------------------------------------------------------ the queue


def test_two_long_jobs_of_two_people_are_made_one_after_the_other(workshop, piece):
    first, second = piece("a"), piece("b")
    running(workshop, first, "ann")
    job = workshop.ask(second, Asker("ben"))
    assert (job.place, job.done) == (2, False)
    assert str(job) == "Place 2 in the queue"
    assert not second.begun.is_set()
    first.let_go()
    assert second.begun.wait(PATIENCE)
    assert job.place == 0
    second.let_go()
    assert ended(job).result == "b is made"


def test_what_need_not_queue_starts_at_once_whatever_runs(workshop, piece):
    running(workshop, piece("a", LONG), "ann")
    workshop.ask(piece("b", BATCH), Asker("ann"))
    for number in range(5):
        quick = piece(f"quick {number}", INTERACTIVE)
        running(workshop, quick, "ann")
        assert workshop.under_way(quick).place == 0


def order_of(workshop, pieces, log):
    """In which order people's pieces are made while the machine is busy with the first."""
    (first, who), *rest = pieces
    running(workshop, first, who)
    jobs = [workshop.ask(asked, Asker(who)) for asked, who in rest]
    places = [job.place for job in jobs]
    for asked, _ in pieces:
        asked.let_go()
    for job in jobs:
        ended(job)
    expected = [asked.name for _, (asked, _) in sorted(zip(places, rest, strict=True))]
    assert log[1:] == expected  # as each place had said
    return "".join(log)


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ("a1 a2 b1", "a1 b1 a2"),
        ("a1 a2 a3 b1 c1 b2", "a1 b1 c1 a2 b2 a3"),
        ("a1 b1 b2 b3 c1 a2", "a1 b1 c1 b2 a2 b3"),
        ("a1 b1 c1 a2 b2 c2", "a1 b1 c1 a2 b2 c2"),
    ],
)
def test_people_take_turns(workshop, piece, asked, made):
    log = []
    pieces = [(piece(name, log=log), name[0]) for name in asked.split()]
    assert order_of(workshop, pieces, log) == made.replace(" ", "")


def test_who_joins_a_later_job_of_somebody_moves_it_up(workshop, piece):
    running(workshop, piece("a1"), "ann")
    third = piece("a3")
    second_job, third_job = (
        workshop.ask(piece("a2"), Asker("ann")),
        workshop.ask(third, Asker("ann")),
    )
    assert (second_job.place, third_job.place) == (2, 3)
    workshop.ask(third, Asker("ben"))
    assert (second_job.place, third_job.place) == (3, 2)


def test_what_was_left_does_not_count_against_a_person(workshop, piece):
    running(workshop, piece("a"), "ann")
    for number in range(3):  # who steps through samples wants another thing at each step
        workshop.leave(workshop.ask(piece(f"b{number}"), Asker("ben")), Asker("ben"))
    wanted = workshop.ask(piece("b"), Asker("ben"))
    workshop.ask(piece("c"), Asker("cleo"))
    assert wanted.place == 2


# ------------------------------------------------------------------------------- batches give way


def test_a_long_job_starts_within_one_item_of_a_batch(workshop, piece):
    log = []
    batch, long = piece("batch", BATCH, items=4, log=log), piece("long", LONG, items=2, log=log)
    export = running(workshop, batch, "ann")
    batch.go_on()
    job = workshop.ask(long, Asker("ben"))
    assert (job.place, export.place) == (1, 0)
    batch.go_on()
    assert long.begun.wait(PATIENCE)
    assert (job.place, export.place) == (0, 2)
    batch.allowed.release(2)  # it could go on, and does not
    long.let_go()
    ended(job)
    assert ended(export).result == "batch is made"
    assert log == ["batch", "batch", "long", "long", "batch", "batch"]


def test_a_batch_waits_for_every_long_job_and_comes_before_other_batches(workshop, piece):
    log = []
    batch = piece("batch", BATCH, items=2, log=log)
    running(workshop, batch, "ann")
    other = piece("other", BATCH, log=log)
    longs = [piece(name, log=log) for name in ("long 1", "long 2")]
    jobs = [
        workshop.ask(other, Asker("ben")),
        *(workshop.ask(long, Asker("cleo")) for long in longs),
    ]
    for each in (batch, other, *longs):
        each.let_go()
    for job in jobs:
        ended(job)
    assert log == ["batch", "long 1", "long 2", "batch", "other"]


def test_a_batch_that_rests_comes_before_any_other_whoever_joins_that(workshop, piece):
    log = []
    first, rests = piece("a1"), piece("b", BATCH, items=2, log=log)
    other, long = piece("a2", BATCH, log=log), piece("long", log=log)
    running(workshop, first, "ann")
    asked = [workshop.ask(other, Asker("ann")), workshop.ask(rests, Asker("ben"))]
    first.let_go()
    assert rests.begun.wait(PATIENCE)
    workshop.ask(other, Asker("cleo"))  # who would have been the first of these
    job = workshop.ask(long, Asker("dan"))
    rests.go_on()
    assert long.begun.wait(PATIENCE)
    assert [job.place for job in asked] == [3, 2]
    for each in (long, rests, other):
        each.let_go()
    for each in (job, *asked):
        ended(each)
    assert log == ["b", "long", "b", "a2"]


def test_a_long_job_gives_way_to_nobody(workshop, piece):
    first = piece("a", LONG, items=3)
    running(workshop, first, "ann")
    second = piece("b", LONG)
    job = workshop.ask(second, Asker("ben"))
    first.go_on(2)
    assert (job.place, second.begun.is_set()) == (2, False)


def test_a_batch_that_rests_can_be_stopped(workshop, piece):
    batch, long = piece("batch", BATCH, items=3), piece("long")
    export = running(workshop, batch, "ann")
    job = workshop.ask(long, Asker("ben"))
    batch.go_on()
    assert long.begun.wait(PATIENCE)
    workshop.leave(export, Asker("ann"))
    assert ended(export).cancelled  # while the long one still runs
    assert not job.done
    long.let_go()
    assert ended(job).result == "long is made"


def test_what_was_stopped_has_ended_before_the_same_begins_anew(workshop, piece):
    """Both may write the same files, and what rested has not got the machine when it is stopped."""

    class Lingering(Piece):
        def make(self, progress):
            try:
                return super().make(progress)
            finally:
                self.lingers.wait(PATIENCE)

        lingers = threading.Event()

    batch, again, long = (
        Lingering("batch", BATCH, items=2),
        Lingering("batch", BATCH),
        piece("long"),
    )
    export = running(workshop, batch, "ann")
    job = workshop.ask(long, Asker("ben"))
    batch.go_on()
    assert long.begun.wait(PATIENCE)
    workshop.leave(export, Asker("ann"))
    new = workshop.ask(again, Asker("ann"))
    long.let_go()
    ended(job)
    other = piece("other")
    other.let_go()
    ended(workshop.ask(other, Asker("ben")))  # the machine is free
    assert not again.begun.is_set()
    batch.lingers.set()
    again.let_go()
    assert ended(export).cancelled
    assert ended(new).result == "batch is made"


def test_who_tells_something_after_the_end_waits_for_nobody(workshop, piece):
    """A thread of the job's own may be the last to know."""
    first = piece("a", BATCH)
    first.let_go()
    job = ended(workshop.ask(first, Asker("ann")))
    running(workshop, piece("b"), "ben")
    job.progress.check()


def test_time_at_rest_is_not_taken_for_slowness(workshop, piece):
    batch, long = piece("batch", BATCH, items=2), piece("long")
    export = running(workshop, batch, "ann")
    started = export.progress.step.started
    workshop.ask(long, Asker("ben"))
    batch.go_on()
    assert long.begun.wait(PATIENCE)
    batch.let_go()
    long.let_go()
    ended(export)
    assert export.progress.step.started > started


# -------------------------------------------------------------------------- measurements run alone


def test_a_measurement_waits_for_what_runs_and_what_comes_waits_for_it(workshop, piece):
    first, alone, after = piece("a"), piece("alone", ALONE, items=2), piece("b")
    running(workshop, first, "ann")
    measured = workshop.ask(alone, Asker("ben"))
    assert (measured.place, alone.begun.is_set()) == (2, False)
    first.let_go()
    assert alone.begun.wait(PATIENCE)
    job = workshop.ask(after, Asker("cleo"))
    alone.go_on()
    assert (job.place, after.begun.is_set()) == (2, False)
    alone.let_go()
    assert after.begun.wait(PATIENCE)
    assert ended(measured).result == "alone is made"


@pytest.mark.parametrize("weight", [BATCH, INTERACTIVE], ids=lambda weight: weight.name)
def test_what_runs_beside_rests_while_something_is_measured(workshop, piece, weight):
    log = []
    other = piece("other", weight, items=3, log=log)
    beside = running(workshop, other, "ann")
    alone = piece("alone", ALONE, log=log)
    measured = workshop.ask(alone, Asker("ben"))
    other.go_on()
    assert alone.begun.wait(PATIENCE)
    other.let_go()  # it could go on, and does not
    alone.let_go()
    ended(measured)
    ended(beside)
    assert log == ["other", "alone", "other", "other"]


def test_nothing_rests_for_a_measurement_that_has_not_begun(workshop, piece):
    running(workshop, piece("a"), "ann")
    workshop.ask(piece("alone", ALONE), Asker("ben"))
    quick = piece("quick", INTERACTIVE, items=3)
    job = workshop.ask(quick, Asker("cleo"))
    quick.let_go()
    assert ended(job).result == "quick is made"


# ---------------------------------------------------------------------------- who has gone away


class People:
    """Who is there: who is away may come back, who has gone does not."""

    def __init__(self):
        self.away, self.went = set(), set()

    def connected(self, who):
        return who not in self.away | self.went

    def gone(self, who):
        return who in self.went


@pytest.fixture
def people():
    return People()


@pytest.fixture
def workshop_of_people(make_workshop, people):
    return make_workshop(people)


@pytest.mark.parametrize("weight", [LONG, ALONE, INTERACTIVE], ids=lambda weight: weight.name)
def test_work_for_people_who_have_gone_ends_at_its_next_item(
    workshop_of_people, people, piece, weight
):
    asked = piece("a", weight, items=5)
    job = running(workshop_of_people, asked, "ann")
    workshop_of_people.ask(asked, Asker("ben"))
    people.went.add("ann")
    people.away.add("ben")
    asked.go_on()
    assert not job.progress.stopping  # ben may be back in a moment
    people.went.add("ben")
    asked.let_go()
    assert ended(job).cancelled
    assert asked.log == ["a", "a"]


def test_who_has_gone_is_out_of_the_queue(workshop_of_people, people, piece):
    first, second, third = piece("a", items=2), piece("b"), piece("c")
    running(workshop_of_people, first, "ann")
    gone = workshop_of_people.ask(second, Asker("ben"))
    waits = workshop_of_people.ask(third, Asker("cleo"))
    people.went.add("ben")
    first.let_go()
    assert third.begun.wait(PATIENCE)
    assert (gone.done, gone.cancelled, waits.place) == (True, True, 0)
    assert not second.begun.is_set()


def test_a_batch_goes_on_for_who_may_come_back(workshop_of_people, people, piece):
    asked = piece("a", BATCH, items=3)
    job = running(workshop_of_people, asked, "ann")
    people.went.add("ann")
    asked.let_go()
    assert ended(job).result == "a is made"


@pytest.mark.parametrize("weight", WEIGHTS, ids=lambda weight: weight.name)
def test_after_a_reload_a_person_can_stop_what_they_began(
    workshop_of_people, people, piece, weight
):
    """They are somebody else by then, and see the bar with its button."""
    asked = piece("a", weight, items=3)
    job = running(workshop_of_people, asked, "ann")
    people.away.add("ann")
    workshop_of_people.leave(job, Asker("ann, reloaded"))
    asked.let_go()
    assert ended(job).cancelled


def test_who_only_looks_on_does_not_stop_it(workshop, piece):
    asked = piece("a", BATCH, items=3)
    job = running(workshop, asked, "ann")
    workshop.leave(job, Asker("ben"))
    asked.let_go()
    assert ended(job).result == "a is made"


# -------------------------------------------------------------------------------- many who leave


def test_ten_abandoned_jobs_leave_no_thread_working(workshop, piece):
    before = set(threading.enumerate())
    asked = [piece(f"{number}", WEIGHTS[number % 4], items=100) for number in range(10)]
    jobs = [workshop.ask(each, Asker(f"person {number}")) for number, each in enumerate(asked)]
    for each in (each for each in asked if each.weight is INTERACTIVE):
        assert each.begun.wait(PATIENCE)
    for number, job in enumerate(jobs):
        workshop.leave(job, Asker(f"person {number}"))
    for each in asked:
        each.allowed.release()  # the item that each is in the middle of
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    assert all(job.cancelled for job in jobs)
    assert sum(len(each.log) for each in asked) <= 4  # of those that had begun


# ------------------------------------------------------------------------ people at several tabs

ANN, ANN_TOO = Asker("tab 1", "idp:ann", "Ann"), Asker("tab 2", "idp:ann", "Ann")
BEN, CLEO = Asker("tab 3", "idp:ben", "Ben"), Asker("tab 4", "idp:cleo", "Cleo")


def begun(workshop, asked, who):
    job = workshop.ask(asked, who)
    assert asked.begun.wait(PATIENCE)
    return job


def test_two_tabs_of_one_person_have_one_turn(workshop, piece):
    begun(workshop, piece("a1"), ANN)
    second, other = workshop.ask(piece("a2"), ANN_TOO), workshop.ask(piece("b1"), BEN)
    assert (other.place, second.place) == (2, 3)


def test_who_looks_elsewhere_in_one_tab_still_waits_in_the_other(workshop, piece):
    asked = piece("a", items=2)
    job = begun(workshop, asked, ANN)
    workshop.ask(asked, ANN_TOO)
    workshop.leave(job, ANN)
    asked.let_go()
    assert ended(job).result == "a is made"


def test_stop_is_for_all_tabs_of_a_person_and_for_nobody_else(workshop, piece):
    asked, own = piece("a", BATCH, items=3), piece("b", BATCH)
    job = begun(workshop, asked, ANN)
    for who in (ANN_TOO, BEN):
        workshop.ask(asked, who)
    left = workshop.ask(own, ANN)
    for each in workshop.jobs():
        workshop.stop(each.id, ANN_TOO)
    assert (left.cancelled, job.progress.stopping) == (True, False)
    workshop.stop(workshop.jobs()[0].id, BEN)
    asked.let_go()
    assert ended(job).cancelled


def test_the_list_says_what_is_under_way_whose_it_is_and_how_far(workshop, piece):
    first, quick = piece("a", BATCH, items=4), piece("quick", INTERACTIVE)
    begun(workshop, first, ANN)
    begun(workshop, quick, CLEO)
    workshop.ask(piece("b", BATCH), BEN)
    workshop.ask(first, BEN)
    first.go_on()
    listed = {each.digest: each for each in workshop.jobs()}
    assert (listed["a"].askers, listed["a"].whose) == ((ANN, BEN), "Ann's work")
    assert (listed["a"].place, listed["a"].total) == (0, 4)
    assert (listed["b"].place, listed["b"].askers) == (2, (BEN,))
    assert [each.digest for each in workshop.jobs() if each.is_of(ANN_TOO)] == ["a"]
    assert {each.digest for each in workshop.jobs() if not each.queues} == {"quick"}


def test_who_waits_hears_whose_work_it_is(workshop, piece):
    begun(workshop, piece("a"), ANN)
    job = workshop.ask(piece("b"), BEN)
    assert str(job) == "Place 2 in the queue; at work: Ann's work"
    assert str(workshop.ask(piece("c"), ANN_TOO)) == "Place 3 in the queue"  # it is her own


class Priced(Piece):
    """A piece of which it is known how long it takes."""

    @property
    def price(self):
        return SimpleNamespace(seconds=60.0 * self.items, work=f"{self.name} pieces", count=1)


def test_who_waits_hears_how_long_as_far_as_that_is_known(workshop, piece):
    first, second = Priced("a", items=2), Priced("b", items=3)
    begun(workshop, first, ANN)
    behind = workshop.ask(second, BEN)
    assert str(behind) == "Place 2 in the queue, about 2\u00a0min; at work: Ann's work"
    third = workshop.ask(piece("c"), CLEO)
    assert "Place 3 in the queue, about 5\u00a0min" in str(third)
    assert "min" not in str(workshop.ask(piece("d"), Asker("dan")))  # nobody knows about the third
    workshop.leave(behind, BEN)
    assert "Place 2 in the queue, about 2\u00a0min" in str(third)
    first.let_go()


# ------------------------------------------------------------------------------- limits and shares


@pytest.fixture
def most(monkeypatch):
    """How many jobs a person may have."""

    def allow(count):
        monkeypatch.setenv("GRADCAM_JOBS", str(count))
        settings.cache_clear()

    yield allow
    settings.cache_clear()


def test_a_person_has_so_many_jobs_that_queue_and_a_sentence_for_one_more(workshop, piece, most):
    most(2)
    first, third = piece("a"), piece("c")
    begun(workshop, first, ANN)
    workshop.ask(piece("b", BATCH), ANN_TOO)
    refused = workshop.ask(third, ANN)
    assert refused.done
    assert refused.error.startswith("You have 2 jobs under way, as many as one person may have")
    assert not third.begun.is_set()
    assert workshop.ask(piece("a"), BEN) is workshop.ask(first, ANN)  # to join is none more
    begun(workshop, piece("quick", INTERACTIVE), ANN)
    assert not workshop.ask(piece("d"), CLEO).error
    (batch,) = (each for each in workshop.jobs() if each.digest == "b")
    workshop.stop(batch.id, ANN)
    assert not workshop.ask(third, ANN).error


def test_who_does_not_sign_in_is_not_counted(workshop, piece, most):
    most(1)
    jobs = [workshop.ask(piece(f"{number}"), Asker("ann")) for number in range(4)]
    assert [job.error for job in jobs] == [None] * 4


def test_what_cannot_be_made_is_refused_with_its_reason(workshop):
    class Unfit(Piece):
        fit = Fit("The network has no layer for it.")

    asked = Unfit("a")
    assert ended(workshop.ask(asked, ANN)).error == "The network has no layer for it."
    assert not asked.begun.is_set()


@pytest.fixture
def workshop_of_moments(make_workshop):
    """Batches give way to other people's at each item."""
    return make_workshop(slice_seconds=0.0)


def test_batches_of_several_people_go_on_in_turns(workshop_of_moments, piece):
    log = []
    held = piece("held")
    running(workshop_of_moments, held, "dan")
    batches = [piece(name, BATCH, items=2, log=log) for name in ("a1", "a2", "b1", "c1")]
    people = [ANN, ANN_TOO, BEN, CLEO]
    jobs = [workshop_of_moments.ask(*each) for each in zip(batches, people, strict=True)]
    for each in (held, *batches):
        each.let_go()
    for job in jobs:
        ended(job)
    assert log == ["a1", "b1", "c1", "a1", "b1", "c1", "a2", "a2"]


def test_a_batch_keeps_the_machine_for_its_while(workshop, piece):
    log = []
    held = piece("held")
    running(workshop, held, "dan")
    batches = [piece(name, BATCH, items=2, log=log) for name in ("a", "b")]
    jobs = [workshop.ask(*each) for each in zip(batches, [ANN, BEN], strict=True)]
    for each in (held, *batches):
        each.let_go()
    for job in jobs:
        ended(job)
    assert log == ["a", "a", "b", "b"]


class Steps(Piece):
    """Work of two steps, an item each, with a price."""

    @property
    def price(self):
        return Price(1, "item", self.name)

    def make(self, progress):
        for name in ("Explaining", "Packing"):
            progress.begin(name, 2)
            progress.advance()
            self.begun.set()
            assert self.allowed.acquire(timeout=PATIENCE)
            self.done_items.release()


def test_the_time_that_is_told_is_of_all_steps_once_they_are_known(make_workshop):
    workshop = make_workshop()
    first = Steps("steps", BATCH)
    first.allowed.release(2)
    assert workshop.ask(first, Asker("ann")).wait(PATIENCE)
    for _ in range(5):
        note_pace("steps", 1, 600.0)  # as if it had taken so long
    again = Steps("steps", BATCH)
    job = workshop.ask(again, Asker("ann"))
    behind = workshop.ask(Steps("others", BATCH), Asker("ben"))
    assert again.begun.wait(PATIENCE)
    assert str(job) == "Explaining: 1 of 2, about 10 min left"
    assert behind.wait_seconds == pytest.approx(600.0, abs=PATIENCE)
    again.go_on()
    wait_until(lambda: str(job) == "Packing: 1 of 2")
    again.go_on()
    assert job.wait(PATIENCE)
    workshop.leave(behind, Asker("ben"))
