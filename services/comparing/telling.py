"""A comparison in figures and words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.comparing.speed import Speeds
from services.numbers import counted, percent
from services.predictions.comparison import NetworkComparison
from services.predictions.predictions import Predictions
from services.tables import Cell
from services.tasks.flips import Flip
from services.tasks.shown import Number


def comparison_figures(both: NetworkComparison) -> tuple[Number, ...]:
    """Both accuracies, how often they agree, and the flips."""
    paired = both.paired
    of = {flip: sum(each is flip for each in both.flips) for flip in Flip}
    ties = int(both.tied.sum())
    tied = counted(ties, "tie") if ties else ""
    here, there = _accuracies(both)
    return (
        Number(_name(both.here), percent(here, 1), f"{paired.count:,} labelled"),
        Number(_name(both.there), percent(there, 1), signed_share(paired.difference)),
        Number("Same answer", percent(both.agreement, 1), tied),
        Number("Broken", f"{of[Flip.BROKEN]:,}", "right here only"),
        Number("Mended", f"{of[Flip.MENDED]:,}", "right there only"),
    )


def whether_it_differs(both: NetworkComparison) -> str:
    """Whether the difference is more than chance, with its interval."""
    low, high = both.paired.interval
    told = f"{both.paired.said} The accuracy changes by {signed_share(both.paired.difference)}"
    told += f" (95\u00a0%: {signed_share(low)} to {signed_share(high)})."
    otherwise = sum(each is Flip.OTHERWISE for each in both.flips)
    if otherwise:
        told += f" {counted(otherwise, 'sample is', 'samples are')} wrong in another way."
    return told


def sizes(both: NetworkComparison, speeds: Speeds | None = None) -> tuple[Mapping[str, Cell], ...]:
    """A row for each network: its bytes, parameters and operations, and how long it takes.

    Args:
        both: the two.
        speeds: of them; None where nobody measured.
    """
    rows = []
    for side, timed in zip((both.here, both.there), _timed(speeds), strict=True):
        rows.append({**_size(side), **({"milliseconds": timed} if timed else {})})
    return tuple(rows)


def made_of(both: NetworkComparison) -> str:
    """On which samples, and how each network gets them."""
    told = f"{counted(len(both), 'sample')} that both know, joined by their files."
    here, there = (side.project.medium.said for side in (both.here, both.there))
    return told if here == there else f"{told} Here: {here}. There: {there}."


def _timed(speeds: Speeds | None) -> tuple[float | None, float | None]:
    """The median of each, in milliseconds with three figures that count."""
    if speeds is None:
        return None, None
    here, there = (float(f"{each.median:.3g}") for each in (speeds.here, speeds.there))
    return here, there


def _size(side: Predictions) -> Mapping[str, Cell]:
    summary = side.project.network.summary
    return {
        "network": _name(side),
        "kilobytes": round(summary.size / 1024, 1),
        "parameters": summary.parameters,
        "multiply-adds": summary.cost.multiply_adds,
    }


def _name(side: Predictions) -> str:
    network = side.project.network
    own = network.arithmetic if len(network.arithmetics) > 1 else None
    return f"{network.name}, {own.said}" if own else network.name


def _accuracies(both: NetworkComparison) -> tuple[float, float]:
    here, there = both.correct
    known = np.isfinite(here) & np.isfinite(there)
    if not known.any():
        return float("nan"), float("nan")
    return float(here[known].mean()), float(there[known].mean())


def signed_share(share: float) -> str:
    """A difference of shares: `+2.1 %`."""
    return f"{100 * share:+.1f}\u00a0%"
