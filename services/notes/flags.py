"""What is said of a project's samples: for glyphs, filters and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcam.arrays import Mask
from services.errors import NotesError
from services.notes.opinion import Flag, KeptOpinion, Opinion, Subject

NOTHING = Opinion()


class Flagged(StrEnum):
    """Which samples are shown, by what people say of them."""

    ALL = "All"
    ANY = "Flagged"
    LABEL_WRONG = "Label wrong"
    UNCLEAR = "Unclear"
    LOOK_AGAIN = "Look again"
    NOTED = "With a note"


_ASKS: dict[Flagged, Callable[[Opinion], bool]] = {
    Flagged.ANY: lambda opinion: not opinion.is_empty,
    Flagged.LABEL_WRONG: lambda opinion: opinion.flag is Flag.LABEL_WRONG,
    Flagged.UNCLEAR: lambda opinion: opinion.flag is Flag.UNCLEAR,
    Flagged.LOOK_AGAIN: lambda opinion: opinion.flag is Flag.LOOK_AGAIN,
    Flagged.NOTED: lambda opinion: bool(opinion.note),
}


@dataclass(frozen=True)
class Flags:
    """What is said of samples, by the SHA-256 of their files.

    Attributes:
        network: digest of the one whose answers are spoken of.
        of: the opinions of each sample, that of its label first.
        trouble: one sentence where the notes cannot be read; then nothing is known.
    """

    network: str
    of: Mapping[str, tuple[KeptOpinion, ...]]
    trouble: str = ""

    def about(self, subject: Subject) -> Opinion:
        """What is said of a subject."""
        kept = self.of.get(subject.sample, ())
        return next((each.opinion for each in kept if each.subject == subject), NOTHING)

    def said(self, sample: str) -> str:
        """All that is said of a sample, in words; "" for nothing."""
        return " · ".join(str(each.opinion) for each in self.of.get(sample, ()))

    def subject(self, sample: str, flag: Flag) -> Subject:
        """What a flag of a sample is about."""
        return Subject(sample, self.network) if flag.is_of_answer else Subject(sample)

    def mask(self, samples: Sequence[str], wanted: Flagged) -> Mask:
        """(N,) which of N samples, by digest, are wanted."""
        asks = _ASKS.get(wanted)
        if asks is None:
            return np.ones(len(samples), bool)
        passing = {
            sample for sample, kept in self.of.items() if any(asks(each.opinion) for each in kept)
        }
        return np.array([sample in passing for sample in samples], bool)

    def kept(self, samples: Sequence[str]) -> list[KeptOpinion]:
        """Every opinion of some samples, by digest, in their order."""
        return [each for sample in dict.fromkeys(samples) for each in self.of.get(sample, ())]


def flags_of(network: str) -> Flags:
    """What is said of all labels, and of a network's answers.

    Args:
        network: its digest.
    """
    from services.notes.notebook import opinions  # with the database, which few jobs ask

    try:
        kept = opinions(network)
    except NotesError as error:
        return Flags(network, {}, str(error))
    of: dict[str, tuple[KeptOpinion, ...]] = {}
    for each in sorted(kept, key=lambda each: each.subject.network):
        of[each.subject.sample] = (*of.get(each.subject.sample, ()), each)
    return Flags(network, of)
