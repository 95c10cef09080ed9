"""Which samples pass by what several people say of them, and by whose turn it is."""

from dataclasses import replace

import pytest

from services.notes.flags import flags_of
from services.notes.notebook import say
from services.notes.opinion import Flag, Subject
from services.notes.passing import (
    ME,
    NO_ONE,
    Flagged,
    Reviewed,
    assigned,
    flagged,
    reviewed,
    tagged,
)
from services.notes.settling import assign, settle, shared_of, tag
from tests.services.notes.people import ANN, BEN

SAMPLES = list("abcdef")


def flag(person, sample, flag_, label=""):
    subject = Subject(sample, "net" if flag_.is_of_answer else "")
    say(person, subject, sample, lambda old: old.toggled(flag_, label))


def change(person, subject, **fields):
    seen = shared_of("net")[subject]
    settle(person, subject.sample, seen, replace(seen, **fields))


def names(mask):
    return "".join(name for name, passes in zip(SAMPLES, mask, strict=True) if passes)


@pytest.fixture
def said():
    """a: both say wrong, b: they disagree, c: of two things, d: other labels, e: Ann's alone."""
    flag(ANN, "a", Flag.LABEL_WRONG)
    flag(BEN, "a", Flag.LABEL_WRONG, "car")
    flag(ANN, "b", Flag.RIGHT_LABEL)
    flag(BEN, "b", Flag.UNCLEAR)
    flag(ANN, "c", Flag.RIGHT_LABEL)
    flag(BEN, "c", Flag.WRONG_REASON)
    flag(ANN, "d", Flag.LABEL_WRONG, "car")
    flag(BEN, "d", Flag.LABEL_WRONG, "truck")
    flag(ANN, "e", Flag.LOOK_AGAIN)
    return flags_of("net", BEN.id)


@pytest.mark.parametrize(
    ("wanted", "passing"),
    [
        (Flagged.ALL, "abcdef"),
        (Flagged.ANY, "abcde"),
        (Flagged.MINE, "abcd"),
        (Flagged.RIGHT_LABEL, "bc"),
        (Flagged.WRONG_REASON, "c"),
        (Flagged.DISAGREEING, "bd"),
        (Flagged.AGREED, ""),
    ],
)
def test_samples_pass_by_what_people_say(said, wanted, passing):
    assert names(flagged(said, SAMPLES, wanted)) == passing


def test_an_agreed_label_ends_the_disagreement(said):
    tag(ANN, Subject("d"), "d", ["odd"])
    change(ANN, Subject("d"), agreed="car")
    flags = flags_of("net")
    assert names(flagged(flags, SAMPLES, Flagged.DISAGREEING)) == "b"
    assert names(flagged(flags, SAMPLES, Flagged.AGREED)) == "d"
    assert names(tagged(flags, SAMPLES, "odd")) == "d"
    assert names(tagged(flags, SAMPLES, "od")) == ""
    assert flags.tags == ("odd",)


def test_samples_pass_by_how_far_people_are(said):
    assign(ANN, [(Subject("f", "net"), "f"), (Subject("b", "net"), "b")], [BEN.id])
    assert names(reviewed(flags_of("net"), SAMPLES, Reviewed.UNSEEN)) == "f"
    change(BEN, Subject("f", "net"), done=True)
    flags = flags_of("net")
    assert names(reviewed(flags, SAMPLES, Reviewed.ALL)) == "abcdef"
    assert names(reviewed(flags, SAMPLES, Reviewed.UNSEEN)) == ""
    assert names(reviewed(flags, SAMPLES, Reviewed.OPEN)) == "abcde"
    assert names(reviewed(flags, SAMPLES, Reviewed.DONE)) == "f"
    assert names(reviewed(flags_of("another"), SAMPLES, Reviewed.DONE)) == ""


def test_samples_pass_by_whose_turn_it_is():
    named = [(Subject(sample, "net"), sample) for sample in "abc"]
    assign(ANN, named, [BEN.id, ANN.id])
    flags = flags_of("net", BEN.id)
    assert names(assigned(flags, SAMPLES, ME)) == "ac"
    assert names(assigned(flags, SAMPLES, ANN.id)) == "b"
    assert names(assigned(flags, SAMPLES, NO_ONE)) == "def"
    assert names(assigned(flags_of("another", BEN.id), SAMPLES, ME)) == ""


def test_what_was_worked_out_is_kept_until_something_changes():
    flag(ANN, "a", Flag.UNCLEAR)
    kept = flags_of("net", BEN.id)
    assert flags_of("net", BEN.id) is kept
    assert flags_of("net", ANN.id) is not kept
    flag(ANN, "b", Flag.UNCLEAR)
    assert names(flagged(flags_of("net", BEN.id), SAMPLES, Flagged.ANY)) == "ab"
