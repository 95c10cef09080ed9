import threading

import pytest

from services.errors import ProjectError
from services.work.jobs import Job, Jobs

LONG = 30  # seconds that no test reaches: only a wait that would otherwise never end


def test_a_job_gives_its_result():
    job = Jobs().start("a", lambda progress: 42)
    assert job.wait(LONG)
    assert (job.result, job.error, job.cancelled, job.done) == (42, None, False, True)


def blocked(started, go_on):
    def work(progress):
        started.set()
        assert go_on.wait(LONG)
        progress.advance()
        return "all done"

    return work


@pytest.fixture
def gates():
    started, go_on = threading.Event(), threading.Event()
    yield started, go_on
    go_on.set()


def test_a_cancelled_job_ends_without_result_and_without_error(gates):
    started, go_on = gates
    job = Jobs().start("a", blocked(started, go_on))
    assert started.wait(LONG)
    job.progress.cancel()
    go_on.set()
    assert job.wait(LONG)
    assert (job.cancelled, job.result, job.error) == (True, None, None)


def test_a_running_job_is_not_done(gates):
    started, go_on = gates
    job = Jobs().start("a", blocked(started, go_on))
    assert started.wait(LONG)
    assert not job.done
    assert not job.wait(0)


def test_who_asks_for_what_is_on_its_way_joins_in(gates):
    pool = Jobs()
    first = pool.start("a", blocked(*gates))
    assert gates[0].wait(LONG)
    assert pool.start("a", lambda progress: "not run") is first
    gates[1].set()
    assert first.wait(LONG)
    assert first.result == "all done"


def test_another_key_is_another_job(gates):
    pool = Jobs()
    first = pool.start("a", blocked(*gates))
    second = pool.start("b", lambda progress: "b")
    assert second.wait(LONG)
    assert (second.result, first.done) == ("b", False)


def test_what_has_ended_is_done_anew():
    pool = Jobs()
    first = pool.start("a", lambda progress: 1)
    assert first.wait(LONG)
    second = pool.start("a", lambda progress: 2)
    assert second.wait(LONG)
    assert (first.result, second.result) == (1, 2)


def test_who_comes_back_after_leaving_is_not_joined_to_the_stopped_job(gates):
    pool = Jobs()
    left = pool.start("a", blocked(*gates))
    assert gates[0].wait(LONG)
    left.progress.cancel()
    again = pool.start("a", lambda progress: "opened")
    gates[1].set()
    assert again.wait(LONG)
    assert (again.result, again.cancelled) == ("opened", False)


def failing(error):
    def work(progress):
        raise error

    job = Job()
    job.run(work)
    return job


def test_our_own_error_is_shown_as_it_is_written():
    job = failing(ProjectError("There is no picture in cars."))
    assert (job.error, job.result, job.done) == ("There is no picture in cars.", None, True)


def test_an_unforeseen_error_is_logged_and_its_text_not_shown(caplog):
    job = failing(KeyError("secret of the server"))
    assert "secret" not in job.error
    assert job.error.startswith("Something went wrong")
    assert job.error.count(".") == 1
    assert "secret of the server" in caplog.text


def test_a_lack_of_memory_is_named():
    assert "not enough memory" in failing(MemoryError("cannot allocate 9 GB")).error


def test_a_failed_job_does_not_block_the_next_one():
    pool = Jobs(workers=1)
    first = pool.start("a", lambda progress: 1 / 0)
    second = pool.start("b", lambda progress: "fine")
    assert first.wait(LONG)
    assert second.wait(LONG)
    assert second.result == "fine"


def test_a_refusal_names_the_stage_in_which_it_came():
    def work(progress):
        progress.plan("Key", "Project", "Samples")
        progress.conclude("admin")
        raise ProjectError("There is none.")

    job = Job()
    job.run(work)
    assert job.error == "Project: There is none."


def test_a_refusal_after_the_last_stage_names_none():
    def work(progress):
        progress.plan("Key")
        progress.conclude("admin")
        raise ProjectError("There is none.")

    job = Job()
    job.run(work)
    assert job.error == "There is none."


def test_the_last_one_to_leave_stops_the_work(gates):
    pool = Jobs()
    job = pool.start("a", blocked(*gates))
    assert gates[0].wait(LONG)
    assert pool.start("a", blocked(*gates)) is job
    job.leave()
    assert not job.progress.stopping
    job.leave()
    assert job.progress.stopping
