"""The flags of an open project, and the names of those who may have some."""

from __future__ import annotations

from services.errors import NotesError
from services.notes.flags import Flags, flags_of
from services.predictions.predictions import Predictions


def flags_in(predictions: Predictions, person: str = "") -> Flags:
    """What people say of a project's samples, and of what its network answers.

    Args:
        predictions: of the project.
        person: who looks, by `Person.id`, for what is theirs.
    """
    return flags_of(predictions.project.network.digest, person)


def names_of_people() -> dict[str, str]:
    """What everybody who was ever here is called, by their id; none where it cannot be read."""
    from services.people.known import known_people  # with the database, which few jobs ask

    try:
        return {each.id: str(each) for each in known_people()}
    except NotesError:
        return {}
