"""What two people settled otherwise, and what is kept where one insists."""

from dataclasses import replace

import pytest

from services.notes.conflict import Conflict
from services.notes.opinion import Subject
from services.notes.settling import settle, shared_of
from services.notes.shared import ConflictError, Shared
from tests.services.notes.people import ANN, BEN

SUBJECT = Subject("5a")
SEEN = Shared(SUBJECT)


def test_only_what_both_changed_is_asked_and_the_rest_of_theirs_stays():
    theirs = replace(SEEN, agreed="car", tags=frozenset({"night"}))
    mine = replace(SEEN, agreed="truck")
    settle(ANN, "a.jpg", SEEN, theirs)
    with pytest.raises(ConflictError) as raised:
        settle(BEN, "a.jpg", SEEN, mine)
    conflict = Conflict.of(raised.value, "a.jpg", SEEN, mine)
    assert conflict.about == {"agreed"}
    assert conflict.who == "Ann"
    assert conflict.theirs.agreed == "car"
    settle(BEN, "a.jpg", conflict.theirs, conflict.again)
    assert shared_of("net")[SUBJECT] == replace(theirs, agreed="truck")
