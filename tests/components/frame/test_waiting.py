"""What a page shows of work that takes its time: an offer, its place in the queue, a way out."""

import pytest
from streamlit.testing.v1 import AppTest

from components.frame import waiting
from components.frame.text import plain
from services import asking
from services.errors import ProjectError
from services.work.asker import Asker
from services.work.one_process import OneProcess
from tests.services.work.pieces import Piece
from tests.waiting import PATIENCE


class Kept(Piece):
    """A piece whose result is there once it is made."""

    def make(self, progress):
        self.kept.append(super().make(progress))
        return self.kept[0]


class Refused(Piece):
    def make(self, progress):
        raise ProjectError("The _layer_ leads nowhere.")


def script(asked, auto, key):
    import streamlit as st

    from components.frame.waiting import ready

    if ready(asked, key, "Make it", "It takes its *time*.", auto=auto):
        st.write(f"Here it is: {asked.found}")


@pytest.fixture
def workshop(monkeypatch):
    workshop = OneProcess()
    monkeypatch.setattr(asking, "_workshop", workshop)
    monkeypatch.setattr(waiting, "PATIENCE", 0.0)  # the progress is looked at
    return workshop


@pytest.fixture
def busy(workshop):
    """Work of somebody else, which has the machine."""
    piece = Piece("somebody's")
    workshop.ask(piece, Asker("somebody"))
    assert piece.begun.wait(PATIENCE)
    yield piece
    piece.let_go()


@pytest.fixture
def wanted():
    piece = Kept("mine", items=2)
    yield piece
    piece.let_go()


def page_of(asked, *, auto=False, key="piece"):
    return AppTest.from_function(script, args=(asked, auto, key), default_timeout=PATIENCE).run()


def bars(page):
    assert not page.exception
    return [element.proto.text for element in page.get("progress")]


def buttons(page):
    return [button.label for button in page.button]


def ended(workshop, asked):
    job = workshop.under_way(asked)
    assert job is None or job.wait(PATIENCE)


def test_nothing_begins_without_the_button(workshop, wanted):
    page = page_of(wanted)
    assert buttons(page) == ["Make it"]
    assert page.markdown[0].value == plain("It takes its *time*.")
    assert workshop.under_way(wanted) is None


def test_the_page_says_the_place_in_the_queue_then_how_far_it_is_then_what_came_of_it(
    workshop, busy, wanted
):
    page = page_of(wanted).button(key="make_piece").click().run()
    assert bars(page) == ["Place 2 in the queue …"]
    assert buttons(page) == ["Stop"]
    busy.let_go()
    assert wanted.begun.wait(PATIENCE)
    wanted.go_on()
    (bar,) = bars(page.run())
    assert bar.startswith(plain("mine: 1 of 2"))
    wanted.let_go()
    ended(workshop, wanted)
    page.run()
    assert (bars(page), buttons(page)) == ([], [])
    assert page.markdown[0].value == "Here it is: mine is made"


def test_who_stops_waiting_is_out_of_the_queue(workshop, busy, wanted):
    page = page_of(wanted, auto=True)
    assert bars(page) == ["Place 2 in the queue …"]
    page.button(key="stop_piece").click().run()
    assert workshop.under_way(wanted) is None
    assert "choices" not in page.session_state
    assert buttons(page.run()) == ["Make it"]  # and does not begin again by itself
    assert bars(page.button(key="make_piece").click().run()) == ["Place 2 in the queue …"]


def test_who_stops_slow_maps_wants_none_made_by_themselves(workshop, busy, wanted):
    page = page_of(wanted, auto=True, key=waiting.MAPS)
    page.button(key="stop_maps").click().run()
    assert not page.session_state["choices"].auto


def test_stop_of_one_person_is_not_stop_of_another(workshop, busy, wanted):
    mine, yours = (page_of(wanted).button(key="make_piece").click().run() for _ in range(2))
    job = workshop.under_way(wanted)
    mine.button(key="stop_piece").click().run()
    assert buttons(mine) == ["Make it"]
    assert workshop.under_way(wanted) is job
    assert bars(yours.run()) == ["Place 2 in the queue …"]
    mine.button(key="make_piece").click().run()  # and in again
    assert workshop.under_way(wanted) is job


def test_who_wants_something_else_in_the_same_place_leaves_what_they_waited_for(workshop, busy):
    first, second = Kept("first"), Kept("second")
    page = page_of(first, auto=True)
    page.args = (second, True, "piece")
    page.run()
    assert workshop.under_way(first) is None
    assert workshop.under_way(second).place == 2


def test_a_refusal_is_shown_as_text_with_the_button(workshop):
    refused = Refused("refused")
    page = page_of(refused).button(key="make_piece").click().run()
    ended(workshop, refused)
    page.run()
    assert [error.value for error in page.error] == [plain("The _layer_ leads nowhere.")]
    assert buttons(page) == ["Make it"]
