"""Do neighbours carry the same label? Of classes, and of numbers within a tolerance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.tasks.likeness import SameTruth

Truth = NDArray[np.float64]
Suggestion = Callable[[Truth], tuple[float, int]]


@dataclass(frozen=True)
class Doubt:
    """A sample whose neighbours all carry another label.

    Attributes:
        point: which one, among those that were compared.
        suggestion: what should be true of it by its neighbours.
        votes: how many of them say so.
        of: how many neighbours are labelled.
    """

    point: int
    suggestion: float
    votes: int
    of: int


def neighbour_agreement(
    truth: Truth, neighbours: NDArray[np.int64], tolerance: float = 0.0
) -> Truth:
    """The share of each sample's labelled neighbours that carry its label.

    Args:
        truth: (N,) class indices or numbers, NaN where nobody said.
        neighbours: (N, k) positions.
        tolerance: numbers that are at most so far apart count as the same.

    Returns:
        (N,) in 0..1, NaN where the sample or all its neighbours have no label.
    """
    near = truth[neighbours]
    known = np.isfinite(near) & np.isfinite(truth)[:, None]
    same = known & (np.abs(near - truth[:, None]) <= _with_a_hair(tolerance, truth)[:, None])
    counts = known.sum(axis=1)
    return np.where(counts > 0, same.sum(axis=1) / np.maximum(counts, 1), np.nan)


@dataclass(frozen=True)
class KindAgreement:
    """How far the neighbours of the samples of which the same is true agree with them.

    Attributes:
        name: of what is true.
        samples: how many of them are compared.
        share: mean of the agreement of those that have one, 0..1.
    """

    name: str
    samples: int
    share: float


def agreement_by_kind(
    kinds: Sequence[SameTruth], positions: NDArray[np.int64], shares: Truth, count: int
) -> list[KindAgreement]:
    """The agreement of each kind of which a sample has one, in their order.

    Args:
        kinds: positions of their samples among all.
        positions: (n,) of those that are compared.
        shares: (n,) their agreement, see `neighbour_agreement`.
        count: how many samples there are in all.
    """
    point = np.full(count, -1)
    point[positions] = np.arange(len(positions))
    agreements = []
    for kind in kinds:
        points = point[kind.positions]
        own = shares[points[points >= 0]]
        agreeing = own[np.isfinite(own)]
        if len(agreeing):
            agreements.append(KindAgreement(kind.name, len(own), float(agreeing.mean())))
    return agreements


def by_chance(truth: Truth, tolerance: float = 0.0) -> float:
    """The agreement to be expected of neighbours taken at random; NaN for fewer than two labels."""
    known = truth[np.isfinite(truth)]
    if len(known) < 2:
        return float("nan")
    others = _alike(known, tolerance) - 1
    return float(others.sum() / (len(known) * (len(known) - 1)))


def to_check(
    truth: Truth, neighbours: NDArray[np.int64], tolerance: float, suggestion: Suggestion
) -> tuple[Doubt, ...]:
    """Samples whose neighbours all carry another label, the most united neighbours first.

    A label that no other sample carries says nothing: it cannot have a neighbour like itself.

    Args:
        truth: (N,) the same number where the same is true, NaN where nobody said.
        neighbours: (N, k) positions.
        tolerance: see `neighbour_agreement`.
        suggestion: from what is true of some neighbours to what should be true of the sample, and
            how many of them say so.
    """
    alone = neighbour_agreement(truth, neighbours, tolerance) == 0
    doubts = []
    for point in np.flatnonzero(alone & (_alike(truth, tolerance) > 1)):
        near = truth[neighbours[point]]
        near = near[np.isfinite(near)]
        doubts.append(Doubt(int(point), *suggestion(near), len(near)))
    return tuple(sorted(doubts, key=lambda doubt: (-doubt.votes / doubt.of, doubt.point)))


def _alike(truth: Truth, tolerance: float) -> NDArray[np.int64]:
    """(N,) how many carry the same as each, itself among them."""
    known = np.sort(truth[np.isfinite(truth)])
    limit = _with_a_hair(tolerance, truth)
    low = np.searchsorted(known, truth - limit, "left")
    return np.searchsorted(known, truth + limit, "right") - low


def _with_a_hair(tolerance: float, truth: Truth) -> Truth:
    # As with verdicts: 0.4 and 0.3 are 0.1 apart, whatever binary fractions make of it.
    if not tolerance:
        return np.zeros(len(truth))
    return tolerance + 1e-6 * np.maximum(1.0, np.abs(np.nan_to_num(truth)))
