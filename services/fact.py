"""What was worked out because nobody said it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """Something that the source did not say and that was worked out.

    Attributes:
        what: the setting.
        value: what was chosen.
        why: the reason, in words.
        warns: whether figures mean less because of it, so that the page says it first.
    """

    what: str
    value: str
    why: str
    warns: bool = False
