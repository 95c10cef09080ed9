"""Limits that a network must keep beside another one, for a build that is to fail otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from services.comparing.heat import right_for_another_reason
from services.errors import ProjectError
from services.numbers import percent
from services.predictions.comparison import NetworkComparison
from services.predictions.moved_heat import Heats

HEAT = frozenset({"heat_moved", "other_reason"})  # limits that need the heatmaps
_LIMIT = re.compile(r"\s*([a-z_]+)\s*>\s*(\d+(?:\.\d+)?)\s*(%?)\s*")


FlipMeasure = Callable[[NetworkComparison, Heats | None], tuple[float, float]]


@dataclass(frozen=True)
class FlipLimit:
    """What must not be more than so much.

    Attributes:
        name: of what is measured.
        most: it may be, a share where it is in per cent, else a count.
        is_share: whether it is in per cent.
    """

    name: str
    most: float
    is_share: bool

    def __str__(self) -> str:
        most = f"{100 * self.most:g}%" if self.is_share else f"{self.most:g}"
        return f"{self.name}>{most}"


@dataclass(frozen=True)
class LimitBroken:
    """A limit that is not kept, and what it came to."""

    limit: FlipLimit
    value: float

    @property
    def said(self) -> str:
        """In words: `broken is 2.4 %, the limit is broken>1%`."""
        value = percent(self.value, 1) if self.limit.is_share else f"{self.value:g}"
        return f"{self.limit.name} is {value}, the limit is {self.limit}"


def read_limits(text: str) -> tuple[FlipLimit, ...]:
    """Limits from `broken>1%, heat_moved>5%`.

    Raises:
        ProjectError: one of them is no limit.
    """
    limits = []
    for part in filter(str.strip, text.split(",")):
        match = _LIMIT.fullmatch(part)
        if match is None or match[1] not in MEASURES:
            known = ", ".join(MEASURES)
            raise ProjectError(
                f"“{part.strip()}” is no limit; write a name, > and a number or per cent, such as "
                f"broken>1%. Names are {known}."
            )
        is_share = bool(match[3])
        if match[1] == "heat_moved" and not is_share:
            raise ProjectError("heat_moved is a share; write it in per cent: heat_moved>5%.")
        limits.append(FlipLimit(match[1], float(match[2]) / (100 if is_share else 1), is_share))
    return tuple(limits)


def beyond(
    limits: tuple[FlipLimit, ...], both: NetworkComparison, heats: Heats | None
) -> tuple[LimitBroken, ...]:
    """The limits that are not kept.

    Args:
        limits: what is allowed.
        both: the two networks.
        heats: how far the heat moved; None where no limit is on that.
    """
    told = []
    for limit in limits:
        count, of = MEASURES[limit.name](both, heats)
        value = count / of if limit.is_share and of else count
        if value > limit.most:
            told.append(LimitBroken(limit, value))
    return tuple(told)


def _flips(name: str) -> FlipMeasure:
    """(how many, of how many labelled samples)."""
    return lambda both, _: (float(getattr(both.paired, name)), float(both.paired.count))


def _changed(both: NetworkComparison, _: Heats | None) -> tuple[float, float]:
    return float((~both.agrees).sum()), float(len(both))


def _lost(both: NetworkComparison, _: Heats | None) -> tuple[float, float]:
    return float(both.paired.broken - both.paired.mended), float(both.paired.count)


def _moved(_: NetworkComparison, heats: Heats | None) -> tuple[float, float]:
    known = heats is not None and np.isfinite(heats.moved).any()
    return (float(np.nanmedian(heats.moved)) if heats is not None and known else 0.0), 1.0


def _reasons(both: NetworkComparison, heats: Heats | None) -> tuple[float, float]:
    count = 0 if heats is None else len(right_for_another_reason(both, heats))
    return float(count), float(both.paired.both)


MEASURES: Mapping[str, FlipMeasure] = {
    "broken": _flips("broken"),
    "flipped": _flips("flips"),
    "changed": _changed,  # answers, whatever is true
    "accuracy_lost": _lost,
    "heat_moved": _moved,  # the median
    "other_reason": _reasons,  # of those right in both
}
