"""A price says how much there is to do, and how long that took when it ran last."""

import pytest

from services.numbers import duration
from services.work.asked import INTERACTIVE
from services.work.one_process import OneProcess
from services.work.pace import LAST, note_pace, seconds_each
from services.work.price import Price
from tests.services.asking import had
from tests.services.work.pieces import Piece


@pytest.fixture
def work(request):
    """A name that no other test measures."""
    return request.node.nodeid


def test_before_anything_has_run_only_the_number_is_said(work):
    assert str(Price(1000, "prediction", work)) == "1,000 predictions"
    assert str(Price(1, "run of the network", work, units="runs of the network")) == (
        "1 run of the network"
    )


def test_what_has_run_tells_what_more_of_it_takes(work):
    note_pace(work, 100, 0.4)
    assert str(Price(1000, "prediction", work)) == "1,000 predictions, about 4\u00a0s here"


def test_like_work_tells_until_the_work_itself_has_run(work):
    note_pace(f"{work} like", 10, 1.0)
    price = Price(50, "prediction", work, (f"{work} unknown", f"{work} like"))
    assert price.seconds == pytest.approx(5.0)
    note_pace(work, 10, 2.0)
    assert price.seconds == pytest.approx(10.0)


def test_one_slow_time_does_not_make_all_dear(work):
    for seconds in (1.0, 9.0, 1.2):
        note_pace(work, 10, seconds)
    assert seconds_each(work) == pytest.approx(0.12)


def test_only_the_last_times_count(work):
    for seconds in [50.0] * LAST + [1.0] * LAST:
        note_pace(work, 10, seconds)
    assert seconds_each(work) == pytest.approx(0.1)


def test_the_first_run_of_what_traces_tells_nothing(work):
    note_pace(work, 1, 30.0, traces=True)
    assert seconds_each(work) is None
    note_pace(work, 1, 0.5, traces=True)
    assert seconds_each(work) == 0.5


@pytest.mark.parametrize(("count", "seconds"), [(0, 1.0), (5, 0.0)])
def test_nothing_that_was_done_tells_nothing(work, count, seconds):
    note_pace(work, count, seconds)
    assert seconds_each(work) is None


class Priced(Piece):
    """A piece whose items are counted."""

    @property
    def price(self):
        return Price(self.items, "item", self.name)


def test_the_workshop_measures_what_it_makes_and_not_what_is_there(work, monkeypatch):
    noted = []
    monkeypatch.setattr("services.work.one_process.note_pace", lambda *what: noted.append(what))
    piece = Priced(work, INTERACTIVE, 4)
    piece.let_go()
    assert had(piece, OneProcess()).result == f"{work} is made"
    ((name, count, seconds),) = noted
    assert (name, count) == (work, 4)
    assert seconds > 0
    piece.kept.append("kept")
    assert had(piece, OneProcess()).result == "kept"
    assert len(noted) == 1


def test_what_others_took_first_is_not_counted():
    from services.work.progress import Progress

    progress = Progress(lambda: 3.0)
    progress.check()
    progress.check()
    assert progress.waited == 6.0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "under 1 s"), (4.4, "about 4 s"), (99, "about 99 s"), (180, "about 3 min"),
     (7200, "about 2 h")],
)  # fmt: skip
def test_a_duration_is_said_in_the_unit_that_fits(seconds, said):
    assert duration(seconds).replace("\u00a0", " ") == said


def test_a_trial_runs_only_where_nothing_of_the_kind_has_run(work):
    tried = []

    def trial():
        tried.append(work)
        note_pace(work, 10, 1.0)

    price = Price(100, "prediction", work, trial=trial)
    assert str(price) == "100 predictions"
    assert str(price.tried()).endswith("about 10\u00a0s here")
    assert price.tried().seconds == pytest.approx(10.0)
    assert tried == [work]
