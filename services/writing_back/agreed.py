"""The labels that people agreed on, as far as they are to reach Studio."""

from __future__ import annotations

from services.notes.notebook import opinions
from services.notes.settling import shared_of
from services.people.person import Person


def agreed_labels(person: Person) -> dict[str, str]:
    """Agreed labels by the SHA-256 of the sample's file.

    Whoever sits alone at their own machine agrees with themselves: there, a label that they
    suggested is as good as agreed.

    Args:
        person: who asks.

    Raises:
        NotesError: they cannot be read.
    """
    settled = {each.subject.sample: each.agreed for each in shared_of("").values() if each.agreed}
    if person.id:
        return settled
    own = (each for each in opinions("") if not each.person)
    return {each.subject.sample: each.opinion.label for each in own if each.opinion.label} | settled
