"""The Export page's panel: who stops an export that others want as well is out of it alone."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from components.views import export
from services import asking
from services.export.background import Estimate
from services.work.asked import BATCH
from services.work.asker import Asker
from services.work.job import Job
from services.work.one_process import OneProcess
from tests.services.work.pieces import Piece
from tests.waiting import PATIENCE

GOES_ON = "It continues, because somebody else is waiting for the same export."
STOPPED = "Stopped; starting it again resumes where it left off."


class Request(Piece):
    """An export as far as the panel looks at one."""

    samples = (SimpleNamespace(),)
    opened = SimpleNamespace(project=SimpleNamespace(name="cars"))


def script(request):
    from components.views.export import export_panel

    export_panel(request)


@pytest.fixture
def workshop(monkeypatch):
    workshop = OneProcess()
    monkeypatch.setattr(asking, "_workshop", workshop)
    monkeypatch.setattr(export, "estimate", lambda _: Estimate(10, 1000))
    return workshop


@pytest.fixture
def request_(workshop):
    piece = Request("an export", BATCH, items=3)
    yield piece
    piece.let_go()


def page_of(request):
    return AppTest.from_function(script, args=(request,), default_timeout=PATIENCE).run()


def told(page):
    """The buttons, and what is said in boxes."""
    assert not page.exception
    return [button.label for button in page.button], [box.value for box in page.info]


def test_who_stops_what_others_want_is_out_of_it_and_may_join(workshop, request_):
    job = workshop.ask(request_, Asker("somebody"))
    assert request_.begun.wait(PATIENCE)
    page = page_of(request_)
    assert told(page) == (["Stop"], [])
    page.button(key="stop_export").click().run()
    assert told(page) == (["Export"], [GOES_ON])
    page.button(key="make_export").click().run()
    assert told(page) == (["Stop"], [])
    workshop.leave(job, Asker("somebody"))
    assert workshop.under_way(request_) is job


def test_the_last_one_stops_it(workshop, request_):
    page = page_of(request_).button(key="make_export").click().run()
    assert request_.begun.wait(PATIENCE)
    job = workshop.under_way(request_)
    page.button(key="stop_export").click().run()
    assert told(page) == (["Stop"], [])  # until it has ended
    request_.let_go()
    assert job.wait(PATIENCE)
    assert job.cancelled
    assert told(page.run()) == (["Export"], [STOPPED])


def test_an_export_that_rests_says_its_place(workshop, request_):
    page = page_of(request_).button(key="make_export").click().run()
    assert request_.begun.wait(PATIENCE)
    long = Piece("long")
    workshop.ask(long, Asker("somebody"))
    request_.go_on()
    assert long.begun.wait(PATIENCE)
    (bar,) = page.run().get("progress")
    assert bar.proto.text == "Place 2 in the queue …"
    long.let_go()


def test_what_is_there_is_shown_whatever_a_killed_server_last_said_of_it(request_, monkeypatch):
    monkeypatch.setattr(asking, "under_way", lambda _: Job())
    monkeypatch.setattr(Request, "found", "the zip")
    monkeypatch.setattr(export, "_finished", lambda made, _: export.st.success(made))
    page = page_of(request_)
    assert told(page) == ([], [])
    assert [box.value for box in page.success] == ["the zip"]
