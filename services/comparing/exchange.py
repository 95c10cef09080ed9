"""The view with both networks exchanged: the other one is looked at, this one beside it."""

from __future__ import annotations

from services.choices.choices import Choices
from services.opening.opening import Opened
from services.predictions.beside import FILE, OTHER_ARITHMETIC
from services.predictions.both_arithmetics import other_arithmetic
from services.sources.reference import MODEL


def exchanged(choices: Choices, opened: Opened, chosen: str) -> Choices:
    """What a person chose, with the network beside theirs in its place; sample and filter stay.

    Args:
        choices: what they chose.
        opened: the project with the network that is looked at.
        chosen: the other network, a word of `others_of`.
    """
    kind, _, value = chosen.partition(":")
    project = opened.project
    if kind == OTHER_ARITHMETIC:
        other = other_arithmetic(project.network)
        return (
            choices if other is None else choices.having(arithmetic=other, beside=OTHER_ARITHMETIC)
        )
    files = next(each for each in project.alternatives if each.name == MODEL)
    first = next(iter(files.values))
    reference = opened.reference.picking(**{MODEL: "" if value == first else value})
    return choices.having(source=str(reference), network="", beside=f"{FILE}:{files.taken}")
