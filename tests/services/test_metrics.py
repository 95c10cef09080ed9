"""Counting: sums and durations by label, from many threads."""

from threading import Thread

import pytest

from services.errors import Cancelled, ProjectError
from services.metrics import Counter, Duration, Observed


def test_what_happened_is_summed_by_its_labels():
    counter = Counter("opened", "", ("kind", "outcome"))
    counter.add("demo", "done")
    counter.add("demo", "done", count=2)
    counter.add("demo", "refused")
    assert counter.sums() == {("demo", "done"): 3, ("demo", "refused"): 1}


def test_nothing_is_lost_between_threads():
    counter, duration = Counter("captures", ""), Duration("run", "", bounds=(1,))

    def count():
        for _ in range(2000):
            counter.add()
            duration.observe(0.5)

    threads = [Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.sums() == {(): 16000}
    assert duration.observed() == {(): Observed((16000, 0), 8000.0)}


@pytest.mark.parametrize(
    ("raised", "outcome"),
    [(Cancelled, "left"), (ProjectError, "refused"), (ZeroDivisionError, "failed")],
)
def test_how_it_ended_is_the_last_label_and_goes_on_being_raised(raised, outcome):
    counter = Counter("jobs", "", ("kind", "outcome"))
    with pytest.raises(raised), counter.outcome("export"):
        raise raised
    with counter.outcome("export"):
        pass
    assert counter.sums() == {("export", outcome): 1, ("export", "done"): 1}


def test_a_duration_counts_in_the_range_that_it_ends():
    duration = Duration("run", "", ("page",), bounds=(0.1, 1))
    for seconds in (0.1, 0.5, 1.0, 3.0):
        duration.observe(seconds, "explain")
    assert duration.observed() == {("explain",): Observed((1, 2, 1), 4.6)}
