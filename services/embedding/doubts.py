"""The samples of an embedding whose neighbours all carry another label."""

from __future__ import annotations

from services.embedding.asked import Embedding, Found
from services.embedding.labels import Doubt, to_check


def doubted(asked: Embedding, embedded: Found) -> tuple[Doubt, ...]:
    """Labels to check, in the order of `to_check`; a doubt's point is one of the embedding.

    Args:
        asked: how many neighbours count, and from where on two numbers differ.
        embedded: the same embedding, made.
    """
    likeness, choices = asked.predictions.answers.likeness, asked.choices
    return to_check(
        likeness.truth[embedded.positions],
        embedded.structure.neighbours[:, : choices.neighbours],
        likeness.tolerance(choices.filter.threshold),
        likeness.suggestion,
    )
