"""A person's own jobs above every page: where they stand, and a way to stop them."""

import pytest
from streamlit.testing.v1 import AppTest

from services import asking
from services.people.person import NOBODY_ELSE, Person, Role
from services.work.asked import BATCH
from services.work.asker import Asker
from services.work.one_process import OneProcess
from tests.services.work.pieces import Piece
from tests.waiting import PATIENCE


class Export(Piece):
    words = "export"


def script(asked, person):
    import streamlit as st

    from components.frame.jobs import draw_own_jobs
    from services import asking

    asking.arrive(person)
    if "asked" not in st.session_state:
        st.session_state["asked"] = [asking.ask(each) for each in asked]
    draw_own_jobs()


@pytest.fixture
def workshop(monkeypatch):
    workshop = OneProcess()
    monkeypatch.setattr(asking, "_workshop", workshop)
    return workshop


@pytest.fixture
def exports():
    made = [Export(name, BATCH) for name in ("a", "b", "of somebody")]
    yield made
    for each in made:
        each.let_go()


def page_of(asked, person):
    run = AppTest.from_function(script, args=(asked, person), default_timeout=PATIENCE).run()
    assert not run.exception
    return run


def said(page):
    assert not page.exception
    return [each.value.replace("\\", "") for each in page.markdown]


ANN = Person("idp", "ann", "Ann", Role.REVIEWER)


def test_who_signs_in_sees_their_own_and_can_stop_them(workshop, exports):
    first, second, other = exports
    running = workshop.ask(other, Asker("tab", "idp:ben", "Ben"))
    assert other.begun.wait(PATIENCE)
    page = page_of([first, second], ANN)
    assert said(page) == [
        "Export: place 2 in the queue",
        "Export: place 3 in the queue",
    ]
    page.button[0].click().run()
    assert said(page) == ["Export: place 2 in the queue"]
    assert workshop.under_way(first) is None
    other.let_go()
    assert running.wait(PATIENCE)
    assert second.begun.wait(PATIENCE)
    (only,) = said(page.run())
    assert only.startswith("Export: ")
    assert "queue" not in only


def test_who_is_alone_sees_nothing_until_one_waits_for_another(workshop, exports):
    first, second, _ = exports
    assert said(page_of([first], NOBODY_ELSE)) == []
    assert first.begun.wait(PATIENCE)
    page = page_of([second, Export("c", BATCH)], NOBODY_ELSE)
    assert said(page) == ["Export: place 2 in the queue", "Export: place 3 in the queue"]


def test_nobody_sees_what_others_have(workshop, exports):
    workshop.ask(exports[2], Asker("tab", "idp:ben", "Ben"))
    page = page_of([], ANN)
    assert (said(page), list(page.button)) == ([], [])
