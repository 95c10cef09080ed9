"""What whoever asked sees of a job, in whatever way it ends."""

import pytest

from services.errors import Cancelled, ProjectError
from services.work.job import Job


def ended(work):
    job = Job()
    job.run(work)
    job.end()
    return job


def failing(error):
    def work(progress):
        raise error

    return ended(work)


def test_a_job_gives_its_result():
    job = ended(lambda progress: 42)
    assert (job.result, job.error, job.cancelled, job.done) == (42, None, False, True)
    assert job.wait(0)


def test_a_running_job_is_not_done():
    job = Job()
    job.run(lambda progress: 42)  # the workshop has still to hand the machine on
    assert not job.done
    assert not job.wait(0)


def test_a_cancelled_job_ends_without_result_and_without_error():
    job = failing(Cancelled())
    assert (job.cancelled, job.result, job.error, job.done) == (True, None, None, True)


def test_our_own_error_is_shown_as_it_is_written():
    job = failing(ProjectError("There is no picture in cars."))
    assert (job.error, job.result, job.done) == ("There is no picture in cars.", None, True)


def test_an_unforeseen_error_is_logged_and_its_text_not_shown(caplog):
    job = failing(KeyError("secret of the server"))
    assert "secret" not in job.error
    assert job.error.startswith("Unexpected error")
    assert job.error.count(".") == 1
    assert "secret of the server" in caplog.text


def test_a_lack_of_memory_is_named():
    assert "not enough memory" in failing(MemoryError("cannot allocate 9 GB")).error


def test_a_refusal_names_the_stage_in_which_it_came():
    def work(progress):
        progress.plan("JobKey", "Project", "Samples")
        progress.conclude("admin")
        raise ProjectError("There is none.")

    assert ended(work).error == "Project: There is none."


def test_a_refusal_after_the_last_stage_names_none():
    def work(progress):
        progress.plan("JobKey")
        progress.conclude("admin")
        raise ProjectError("There is none.")

    assert ended(work).error == "There is none."


@pytest.mark.parametrize(("place", "words"), [(0, "Reading: 3 of 4"), (2, "Place 2 in the queue")])
def test_a_job_says_its_place_or_what_it_does(place, words):
    job = Job()
    job.progress.begin("Reading", 4)
    job.progress.advance(3)
    job.place = place
    assert str(job) == words
    job.end()
    assert str(job) == "Reading: 3 of 4"
