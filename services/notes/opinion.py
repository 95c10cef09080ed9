"""What a person says of a sample's label, or of what a network answers to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class Flag(StrEnum):
    """The word that somebody has for what they saw."""

    LABEL_WRONG = "label wrong"
    UNCLEAR = "unclear"
    LOOK_AGAIN = "look again"
    RIGHT_LABEL = "right label"
    WRONG_REASON = "right for a wrong reason"

    @property
    def is_of_answer(self) -> bool:
        """Whether it is said of an answer or its heatmap; the others are said of the label."""
        return self in {Flag.LOOK_AGAIN, Flag.WRONG_REASON}


def one_line(text: str) -> str:
    """A text that people typed, on one line; without NUL, which PostgreSQL keeps in no text."""
    return " ".join(text.replace("\0", "").split())


@dataclass(frozen=True)
class Subject:
    """What an opinion is about: a sample's label, or an answer where a network is named.

    Attributes:
        sample: SHA-256 of the sample's file, so that it outlives another folder or session.
        network: digest of the network that answered; "" for the label, which outlives retraining.
        part: of the sample, such as an object or a window; "" for all of it.
    """

    sample: str
    network: str = ""
    part: str = ""


@dataclass(frozen=True)
class Opinion:
    """What somebody says.

    Attributes:
        flag: the word for it, if any.
        label: with *label wrong*, what it should be; "" where nobody suggests any.
        note: one line.
    """

    flag: Flag | None = None
    label: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Such as `label wrong (should be car): hidden by a tree`."""
        flag = str(self.flag or "")
        if self.label:
            flag += f" (should be {self.label})"
        return ": ".join(filter(None, (flag, self.note)))

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return self == Opinion()

    def toggled(self, flag: Flag, label: str = "") -> Self:
        """The same with a flag; without it where it says just that already."""
        if self.flag is flag and label in ("", self.label):
            return replace(self, flag=None, label="")
        return replace(self, flag=flag, label=label)

    def noted(self, note: str) -> Self:
        """The same with another note, on one line."""
        return replace(self, note=one_line(note))


@dataclass(frozen=True)
class KeptOpinion:
    """An opinion as it is kept.

    Attributes:
        subject: what it is about.
        opinion: what is said.
        name: of the sample when it was said.
        changed: when, in UTC, as ISO 8601.
        person: whose, by `Person.id`; "" for whoever sits at their own machine.
        who: their name when they said it.
    """

    subject: Subject
    opinion: Opinion
    name: str
    changed: str
    person: str = ""
    who: str = ""

    def __str__(self) -> str:
        """Such as `Ann: unclear`; the opinion alone where there is nobody else."""
        return f"{self.who}: {self.opinion}" if self.who else str(self.opinion)
