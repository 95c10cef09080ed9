"""What a figure is made of: a bar for each class or label."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from services.tasks.shown import Bars, ScoreBar

BARS = 12  # of more classes those with the lowest shares


def share_bars(title: str, shares: Iterable[tuple[str, float, str]]) -> Bars | None:
    """A bar for each class; of many the lowest ones; None where no class has a share.

    Args:
        title: above the bars.
        shares: of each class its name, its share in 0..1 or NaN where it has none, and what stands
            at the end of its bar.
    """
    known = [each for each in shares if isfinite(each[1])]
    if not known:
        return None
    note, shown = "", known
    if len(known) > BARS:
        note = f"The {BARS} lowest of {len(known):,}"
        shown = sorted(known, key=lambda each: each[1])[:BARS]
    return Bars(title, note, tuple(ScoreBar(name, text, share) for name, share, text in shown))
