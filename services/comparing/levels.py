"""Flips of what samples consist of, and of what they are parts of: objects, and whole sounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.choices.filter import Flipped
from services.choices.selection import written
from services.comparing.telling import signed_share, whether_it_differs
from services.numbers import counted, percent
from services.predictions.comparison import NetworkComparison, WholeComparison
from services.tables import Cell
from services.tasks.flips import NOT_ALIKE, Flip, PartFlips
from services.tasks.paired import Paired
from services.tasks.shown import Number


@dataclass(frozen=True)
class InSamples:
    """What of a level can be opened in Samples.

    Attributes:
        count: how many, in words.
        flipped: by what becomes of them, where the filter can ask for it.
        picked: the word for the samples, where it cannot.
    """

    count: str
    flipped: Flipped = Flipped.ALL
    picked: str = ""


@dataclass(frozen=True)
class FlipLevel:
    """Two networks, counted by something else than samples.

    Attributes:
        name: what is counted.
        figures: how often which is right, and what flips.
        said: whether the difference is more than chance.
        paired: how often which is right.
        rows: what is not alike.
        file: what a table of them is called.
        in_samples: what can be opened in Samples.
    """

    name: str
    figures: tuple[Number, ...]
    said: str
    paired: Paired
    rows: tuple[Mapping[str, Cell], ...]
    file: str
    in_samples: tuple[InSamples, ...] = ()


def flip_levels(both: NetworkComparison) -> tuple[FlipLevel, ...]:
    """What flips beside samples; nothing where a sample is its only part, and all of its file."""
    levels = []
    if both.whole is not None:
        levels.append(_of_files(both, both.whole))
    if both.parts is not None:
        levels.append(_of_parts(both.parts))
    return tuple(levels)


def _of_files(both: NetworkComparison, whole: WholeComparison) -> FlipLevel:
    files = whole.files
    many = both.here.project.medium.called.many
    opened = tuple(
        InSamples(f"{flip}, {counted(count, 'window')}", picked=written(both.here, some))
        for flip in NOT_ALIKE
        if (count := len(some := whole.samples_of(flip)))
    )
    return FlipLevel(
        f"Whole {many}",
        (*_rates(files.paired), *_flips(files.paired)),
        f"Each of {counted(len(files), 'file')} by the mean of its windows. "
        + whether_it_differs(files),
        files.paired,
        tuple(files.rows()),
        f"flips_of_{many}.csv",
        opened,
    )


def _of_parts(parts: PartFlips) -> FlipLevel:
    paired = parts.paired
    lost, won = (len(parts.of(each, labelled=False)) for each in (Flip.MENDED, Flip.BROKEN))
    alarms = (
        Number(parts.lost.capitalize(), f"{lost:,}", "here alone"),
        Number(parts.won.capitalize(), f"{won:,}", "there alone"),
    )
    counts = {Flipped.BROKEN: paired.broken, Flipped.MENDED: paired.mended + lost}
    opened = tuple(
        InSamples(f"{count:,} {flipped}", flipped) for flipped, count in counts.items() if count
    )
    return FlipLevel(
        parts.called,
        (*_rates(paired), *_flips(paired), *alarms, *parts.figures),
        paired.said,
        paired,
        tuple(parts.rows()),
        f"flips_of_{parts.called.lower()}.csv",
        opened,
    )


def _rates(paired: Paired) -> tuple[Number, ...]:
    if not paired.count:
        return ()
    here, there = paired.both + paired.broken, paired.both + paired.mended
    return (
        Number("Right here", percent(here / paired.count, 1), f"of {paired.count:,} labelled"),
        Number("Right there", percent(there / paired.count, 1), signed_share(paired.difference)),
    )


def _flips(paired: Paired) -> tuple[Number, ...]:
    return (
        Number("Broken", f"{paired.broken:,}", "right here only"),
        Number("Mended", f"{paired.mended:,}", "right there only"),
    )
