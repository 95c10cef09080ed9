"""Which samples pass, by what people say of them and by who shall look at them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum

import numpy as np

from gradcam.arrays import Mask
from services.notes.flags import Flags
from services.notes.opinion import Flag, KeptOpinion

ME, NO_ONE = "me", "nobody"  # words for an assignee, beside the ids of people


class Flagged(StrEnum):
    """Which samples are shown, by what people say of them."""

    ALL = "All"
    ANY = "Flagged"
    MINE = "Flagged by me"
    RIGHT_LABEL = "Right label"
    LABEL_WRONG = "Label wrong"
    UNCLEAR = "Unclear"
    LOOK_AGAIN = "Look again"
    WRONG_REASON = "Right for a wrong reason"
    NOTED = "With a note"
    DISAGREEING = "People disagree"
    AGREED = "Label agreed"


class Reviewed(StrEnum):
    """Which samples are shown, by how far people are with them."""

    ALL = "All"
    UNSEEN = "Not yet looked at"
    OPEN = "Not done"
    DONE = "Done"


Asks = Callable[[Flags, str], bool]  # of what is said, of a sample


def _somebody(says: Callable[[KeptOpinion], bool]) -> Asks:
    return lambda flags, sample: any(map(says, flags.of.get(sample, ())))


def _flag(flag: Flag) -> Asks:
    return _somebody(lambda each: each.opinion.flag is flag)


_FLAGGED: dict[Flagged, Asks] = {
    Flagged.ANY: _somebody(lambda each: not each.opinion.is_empty),
    Flagged.MINE: lambda flags, sample: bool(flags.mine(sample)),
    Flagged.RIGHT_LABEL: _flag(Flag.RIGHT_LABEL),
    Flagged.LABEL_WRONG: _flag(Flag.LABEL_WRONG),
    Flagged.UNCLEAR: _flag(Flag.UNCLEAR),
    Flagged.LOOK_AGAIN: _flag(Flag.LOOK_AGAIN),
    Flagged.WRONG_REASON: _flag(Flag.WRONG_REASON),
    Flagged.NOTED: _somebody(lambda each: bool(each.opinion.note)),
    Flagged.DISAGREEING: lambda flags, sample: flags.disagrees(sample),
    Flagged.AGREED: lambda flags, sample: sample in flags.agreed,
}


def flagged(flags: Flags, samples: Sequence[str], wanted: Flagged) -> Mask:
    """(N,) which of N samples, by digest, people say the wanted of.

    Args:
        flags: what is said.
        samples: their digests.
        wanted: what they should say.
    """
    asks = _FLAGGED.get(wanted)
    if asks is None:
        return np.ones(len(samples), bool)
    known = {*flags.of, *flags.agreed}
    return _among(samples, {sample for sample in known if asks(flags, sample)})


def reviewed(flags: Flags, samples: Sequence[str], wanted: Reviewed) -> Mask:
    """(N,) which of N samples, by digest, people are so far with."""
    match wanted:
        case Reviewed.ALL:
            return np.ones(len(samples), bool)
        case Reviewed.UNSEEN:
            return ~_among(samples, {*flags.of, *flags.done, *flags.agreed})
        case Reviewed.OPEN:
            return ~_among(samples, flags.done)
        case Reviewed.DONE:
            return _among(samples, flags.done)


def assigned(flags: Flags, samples: Sequence[str], assignee: str) -> Mask:
    """(N,) which of N samples, by digest, somebody shall look at.

    Args:
        flags: what is said.
        samples: their digests.
        assignee: the id of a person, `ME` or `NO_ONE`.
    """
    if assignee == NO_ONE:
        return ~_among(samples, flags.assignees)
    wanted = flags.person if assignee == ME else assignee
    return _among(samples, {sample for sample, who in flags.assignees.items() if who == wanted})


def tagged(flags: Flags, samples: Sequence[str], tag: str) -> Mask:
    """(N,) which of N samples, by digest, carry a tag."""
    every = flags.shared.values()
    return _among(samples, {each.subject.sample for each in every if tag in each.tags})


def _among(samples: Sequence[str], some: Collection[str]) -> Mask:
    return np.fromiter((sample in some for sample in samples), bool, len(samples))
