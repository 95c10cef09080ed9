"""What is one for all: settled, given, tagged, and seen to be settled otherwise meanwhile."""

import threading
from collections import Counter
from dataclasses import replace

import pytest

from services.errors import NotAllowedError, NotesError
from services.notes.feed import changes, history
from services.notes.flags import flags_of
from services.notes.notebook import say, undo
from services.notes.opinion import Flag, Subject
from services.notes.passing import Reviewed, reviewed
from services.notes.settling import assign, settle, shared_of, tag
from services.notes.shared import ConflictError, Shared
from tests.services.notes.people import ADA, ANN, BEN, VERA

LABEL, ANSWER = Subject("5a"), Subject("5a", "net")


def change(person, subject, seen=None, **fields):
    seen = seen or shared_of("net").get(subject, Shared(subject))
    return settle(person, "a.jpg", seen, replace(seen, **fields))


def is_untouched(flags, sample):
    return bool(reviewed(flags, [sample], Reviewed.UNSEEN)[0])


def test_what_is_settled_is_there_for_all_and_grows_a_version(each_database):
    change(ANN, LABEL, agreed="car")
    change(BEN, LABEL, agreed="truck")
    change(BEN, ANSWER, done=True)
    change(BEN, ANSWER, done=True)
    shared = shared_of("net")
    assert shared == {LABEL: Shared(LABEL, agreed="truck"), ANSWER: Shared(ANSWER, done=True)}
    assert [shared[each].version for each in (LABEL, ANSWER)] == [2, 1]
    assert set(shared_of("retrained")) == {LABEL}


def test_who_settles_what_others_settled_otherwise_meanwhile_is_told(each_database):
    seen = Shared(LABEL)
    change(ANN, LABEL, seen, agreed="car")
    with pytest.raises(ConflictError, match=r"Ann changed a\.jpg a moment ago") as caught:
        change(BEN, LABEL, seen, agreed="truck")
    assert caught.value.theirs == Shared(LABEL, agreed="car")
    assert caught.value.who == "Ann"
    assert history("5a")[0].at[:16] <= caught.value.when[:16] <= history("5a")[-1].at
    assert shared_of("net")[LABEL].agreed == "car"
    change(BEN, LABEL, caught.value.theirs, agreed="truck")
    assert shared_of("net")[LABEL].agreed == "truck"


def test_settling_the_same_or_something_else_is_no_conflict():
    seen = Shared(ANSWER)
    change(ANN, ANSWER, seen, assignee=BEN.id)
    assert change(BEN, ANSWER, seen, assignee=BEN.id) == ()
    change(BEN, ANSWER, seen, done=True)
    assert shared_of("net")[ANSWER] == Shared(ANSWER, assignee=BEN.id, done=True)


def test_work_is_given_in_turn_taken_back_and_undone(each_database):
    wrong = [(Subject(f"{n}", "net"), f"{n}.jpg") for n in range(41)]
    events = assign(ANN, wrong, [ANN.id, BEN.id])
    given = Counter(each.assignee for each in shared_of("net").values())
    assert given == {ANN.id: 21, BEN.id: 20}
    assert flags_of("net", BEN.id).is_mine_to_do("1")
    assert not flags_of("net", ANN.id).is_mine_to_do("1")
    again = assign(BEN, wrong[:3], [])
    assert Counter(each.assignee for each in shared_of("net").values())[""] == 3
    undo(BEN, again)
    undo(ANN, events)
    assert {each.assignee for each in shared_of("net").values()} == {""}


def test_what_is_done_is_nobodys_to_do_and_no_longer_untouched():
    assign(ANN, [(ANSWER, "a.jpg")], [BEN.id])
    assert is_untouched(flags_of("net"), "5a")
    change(BEN, ANSWER, done=True)
    flags = flags_of("net", BEN.id)
    assert not flags.is_mine_to_do("5a")
    assert not is_untouched(flags, "5a")
    say(ANN, Subject("5b"), "b.jpg", lambda old: old.toggled(Flag.UNCLEAR))
    assert not is_untouched(flags_of("net"), "5b")
    assert is_untouched(flags_of("net"), "5c")


def test_tags_of_several_people_meet_without_a_conflict():
    tag(ANN, LABEL, "a.jpg", add=["night ", "rain"])
    tag(BEN, LABEL, "a.jpg", add=["in  fog"], remove=["rain", "unknown"])
    assert tag(BEN, LABEL, "a.jpg", add=["night"]) == ()
    assert flags_of("net").label("5a").tags == {"night", "in fog"}
    assert [str(each) for each in history("5a")] == [
        "Ann: a.jpg: tagged night, tagged rain",
        "Ben: a.jpg: tagged in fog, no longer tagged rain",
    ]


def test_undo_leaves_what_others_settled_beside_it_and_refuses_where_they_settled_it_anew():
    mine = tag(ANN, LABEL, "a.jpg", add=["night"])
    change(BEN, LABEL, agreed="car")
    undo(ANN, mine)
    assert shared_of("net")[LABEL] == Shared(LABEL, agreed="car")
    (number,) = change(ANN, LABEL, agreed="truck")
    change(BEN, LABEL, agreed="bus")
    with pytest.raises(NotesError, match="anew since"):
        undo(ANN, [number])
    assert shared_of("net")[LABEL].agreed == "bus"


def test_who_only_looks_settles_nothing():
    for act in (
        lambda: change(VERA, LABEL, agreed="car"),
        lambda: change(VERA, ANSWER, done=True),
        lambda: tag(VERA, LABEL, "a.jpg", add=["night"]),
        lambda: assign(VERA, [(ANSWER, "a.jpg")], [ANN.id]),
    ):
        with pytest.raises(NotAllowedError, match="As a viewer you may not"):
            act()
    assert shared_of("net") == {}
    assert changes(0) == []


def test_people_who_count_together_lose_nothing(each_database):
    """Read, then write what was read and one more: a conflict, never a loss."""
    start, retried = threading.Barrier(4), []

    def count(person):
        start.wait()
        for _ in range(5):
            while True:
                seen = shared_of("net").get(LABEL, Shared(LABEL))
                try:
                    settle(person, "a", seen, replace(seen, agreed=f"{int(seen.agreed or 0) + 1}"))
                    break
                except ConflictError:
                    retried.append(person)

    people = [ANN, BEN, ADA, ANN]
    threads = [threading.Thread(target=count, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settled = shared_of("net")[LABEL]
    # Two who say the same number at once agree; whatever was settled is counted once.
    assert int(settled.agreed) == settled.version == len(changes(0))
