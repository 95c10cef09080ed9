"""Roles: what each may do, and the sentence of who may not."""

import re
from pathlib import Path

import pytest

from services.errors import NotAllowedError
from services.people.person import NOBODY_ELSE, Action, Person, Role, demand, may

REVIEWS = {
    Action.REVIEW,
    Action.UPLOAD,
    Action.CONNECT,
    Action.EXPORT,
    Action.ASSIGN,
    Action.AGREE,
}


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.VIEWER, set()), (Role.REVIEWER, REVIEWS), (Role.ADMIN, set(Action))],
)
def test_each_role_may_do_what_it_is_for(role, allowed):
    person = Person("https://issuer", "1", "Ann", role)
    assert {action for action in Action if may(person, action)} == allowed


def test_who_may_not_is_told_what():
    with pytest.raises(NotAllowedError, match="As a viewer you may not make exports; ask an admin"):
        demand(Person("https://issuer", "1", "Ann", Role.VIEWER), Action.EXPORT)


def test_on_ones_own_machine_all_is_allowed_and_nobody_is_named():
    assert all(may(NOBODY_ELSE, action) for action in Action)
    assert NOBODY_ELSE.id == ""


def test_two_issuers_may_have_the_same_subject():
    ann = Person("https://one", "1", "Ann", Role.VIEWER)
    assert ann.id != Person("https://two", "1", "Ann", Role.VIEWER).id


def test_each_right_is_asked_for_by_a_service():
    root = Path(__file__).parents[3] / "services"
    files = (path for path in root.rglob("*.py") if path.name != "person.py")
    asked = set(re.findall(r"\bAction\.([A-Z_]+)", "".join(map(Path.read_text, files))))
    assert asked == {action.name for action in Action}
