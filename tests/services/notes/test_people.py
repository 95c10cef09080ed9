"""Opinions of several people: each keeps their own, and sees whose the others are."""

import pytest

from services.errors import NotAllowedError, NotesError
from services.notes.exchange import flag_rows, take_over
from services.notes.feed import history
from services.notes.flags import flags_of
from services.notes.notebook import merge, opinions, say, undo, withdraw
from services.notes.opinion import Flag, KeptOpinion, Opinion, Subject
from services.notes.passing import Flagged, flagged
from services.people.person import NOBODY_ELSE
from services.tables import csv_of
from tests.services.notes.people import ADA, ANN, BEN, VERA

LABEL, ANSWER = Subject("5a"), Subject("5a", "net")


def flag(person, subject, word, label=""):
    return say(person, subject, "a.jpg", lambda old: old.toggled(word, label))


def said():
    return {(each.who, each.subject): each.opinion for each in opinions("net")}


def test_people_disagree_and_each_changes_only_their_own(each_database):
    flag(ANN, LABEL, Flag.LABEL_WRONG, "car")
    flag(BEN, LABEL, Flag.RIGHT_LABEL)
    flag(ANN, LABEL, Flag.LABEL_WRONG, "truck")
    assert said() == {
        ("Ann", LABEL): Opinion(Flag.LABEL_WRONG, "truck"),
        ("Ben", LABEL): Opinion(Flag.RIGHT_LABEL),
    }
    flag(BEN, LABEL, Flag.RIGHT_LABEL)
    assert said() == {("Ann", LABEL): Opinion(Flag.LABEL_WRONG, "truck")}


def test_everybody_sees_all_and_their_own_as_theirs():
    flag(ANN, LABEL, Flag.UNCLEAR)
    flag(BEN, ANSWER, Flag.WRONG_REASON)
    for person, own in ((ANN, Opinion(Flag.UNCLEAR)), (BEN, Opinion()), (NOBODY_ELSE, Opinion())):
        flags = flags_of("net", person.id)
        assert flags.about(LABEL) == own
        assert flags.said("5a") == "Ann: unclear · Ben: right for a wrong reason"
        assert flagged(flags, ["5a"], Flagged.UNCLEAR).all()


def test_whatever_people_type_is_kept(each_database):
    typed = "a\0b\tc\r\n\u2028 'd' \"e\" %s :f {g} 🐈"
    say(ANN, LABEL, "a.jpg", lambda old: old.noted(typed))
    assert said() == {("Ann", LABEL): Opinion(note="ab c 'd' \"e\" %s :f {g} 🐈")}


def test_what_was_said_without_a_sign_in_is_nobodys_and_stays():
    flag(NOBODY_ELSE, LABEL, Flag.UNCLEAR)
    flag(ANN, LABEL, Flag.RIGHT_LABEL)
    assert flags_of("net").said("5a") == "unclear · Ann: right label"
    assert flags_of("net").about(LABEL) == Opinion(Flag.UNCLEAR)


@pytest.mark.parametrize(
    ("ann", "ben", "disagree"),
    [
        ((Flag.RIGHT_LABEL,), (Flag.RIGHT_LABEL,), False),
        ((Flag.RIGHT_LABEL,), (Flag.LABEL_WRONG, "car"), True),
        ((Flag.LABEL_WRONG, "car"), (Flag.LABEL_WRONG, "truck"), True),
        ((Flag.LABEL_WRONG, "car"), (Flag.LABEL_WRONG,), False),
        ((Flag.UNCLEAR,), (Flag.RIGHT_LABEL,), True),
    ],
)
def test_people_disagree_where_both_cannot_be_right(ann, ben, disagree):
    flag(ANN, LABEL, *ann)
    flag(ADA, ANSWER, Flag.LOOK_AGAIN)  # of another thing
    assert not flags_of("net").disagrees("5a")
    flag(BEN, LABEL, *ben)
    assert flags_of("net").disagrees("5a") is disagree


def test_a_note_beside_a_flag_is_no_disagreement():
    flag(ANN, LABEL, Flag.UNCLEAR)
    say(BEN, LABEL, "a.jpg", lambda old: old.noted("dark"))
    assert not flags_of("net").disagrees("5a")


def test_who_only_looks_says_nothing():
    for act in (
        lambda: flag(VERA, LABEL, Flag.UNCLEAR),
        lambda: merge(VERA, []),
        lambda: undo(VERA, []),
    ):
        with pytest.raises(NotAllowedError, match="As a viewer you may not say what you think"):
            act()
    assert said() == {}


def test_only_an_admin_takes_back_what_others_said():
    flag(ANN, LABEL, Flag.UNCLEAR)
    (kept,) = opinions("net")
    with pytest.raises(NotAllowedError, match="delete what others wrote"):
        withdraw(BEN, kept)
    events = withdraw(ADA, kept)
    assert said() == {}
    assert [str(each) for each in history("5a")] == [
        "Ann: a.jpg: unclear",
        "Ada: a.jpg: unclear taken back",
    ]
    undo(ADA, events)
    assert said() == {("Ann", LABEL): Opinion(Flag.UNCLEAR)}
    assert flags_of("net", ANN.id).about(LABEL) == Opinion(Flag.UNCLEAR)


def test_nobody_undoes_what_somebody_else_did():
    events = flag(ANN, LABEL, Flag.UNCLEAR)
    with pytest.raises(NotAllowedError, match=r"Ann changed a\.jpg; only they or an admin"):
        undo(BEN, events)
    undo(ADA, events)
    assert said() == {}
    with pytest.raises(NotesError, match="flagged anew since"):
        undo(ANN, events)


def test_of_several_changes_all_are_undone_or_none():
    first = flag(ANN, LABEL, Flag.UNCLEAR)
    second = flag(ANN, ANSWER, Flag.LOOK_AGAIN)
    flag(ANN, LABEL, Flag.RIGHT_LABEL)
    with pytest.raises(NotesError, match="nothing was undone"):
        undo(ANN, (*first, *second))
    assert said() == {
        ("Ann", LABEL): Opinion(Flag.RIGHT_LABEL),
        ("Ann", ANSWER): Opinion(Flag.LOOK_AGAIN),
    }


def elsewhere(kept, monkeypatch, tmp_path):
    """The table of what is kept, and another server where nothing is."""
    from services.settings import settings

    content = csv_of(flag_rows(kept)).encode()
    monkeypatch.setenv("GRADCAM_NOTES", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    return content


def test_a_table_keeps_its_authors_for_an_admin_alone(monkeypatch, tmp_path):
    flag(ANN, LABEL, Flag.UNCLEAR)
    flag(BEN, LABEL, Flag.RIGHT_LABEL)
    before = opinions("net")
    content = elsewhere(before, monkeypatch, tmp_path)
    taken = take_over(BEN, content, {"a.jpg": "5a"}, "net")
    assert str(taken) == (
        "1 flag taken over. 1 of other people left out: an admin may take those over."
    )
    assert set(said()) == {("Ben", LABEL)}
    take_over(ADA, content, {"a.jpg": "5a"}, "net")
    assert opinions("net") == before


def test_rows_without_an_author_are_of_who_brings_them():
    take_over(ANN, b"sample,flag\na.jpg,unclear\n", {"a.jpg": "5a"}, "net")
    (kept,) = opinions("net")
    assert (kept.person, kept.who) == (ANN.id, "Ann")


def test_the_table_of_one_person_alone_names_nobody():
    kept = KeptOpinion(LABEL, Opinion(Flag.UNCLEAR), "a.jpg", "2026")
    assert {"by", "person"} & set(flag_rows([kept])[0]) == set()
