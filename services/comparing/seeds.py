"""What chance alone flips: two networks trained alike with other seeds, beside a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam.arrays import Floats
from services.numbers import percent
from services.predictions.comparison import NetworkComparison
from services.predictions.moved_heat import Heats
from services.tables import Cell
from services.tasks.flips import Flip
from services.tasks.paired import Paired

FLIPS = (Flip.BROKEN, Flip.MENDED)


@dataclass(frozen=True, eq=False)
class BesideSeeds:
    """A comparison beside that of two seeds.

    Attributes:
        both: the network that is looked at beside the other one.
        seeds: the same network beside one that was trained alike with another seed.
        heats: how far the heat moved in each of the two; None where nobody asked.
    """

    both: NetworkComparison
    seeds: NetworkComparison
    heats: tuple[Heats, Heats] | None = None

    @cached_property
    def flips(self) -> Paired:
        """Of the samples that all three know and that are labelled, which flip beside which.

        `both` flip beside either, `broken` beside the other network alone, `mended` beside the
        other seed alone, `neither` beside none: McNemar's test of the two ways to flip.
        """
        beside, chance = _flipped(self.both), _flipped(self.seeds)
        pairs = [(flips, chance[at]) for at, flips in beside.items() if at in chance]
        return Paired(
            pairs.count((True, True)),
            pairs.count((True, False)),
            pairs.count((False, True)),
            pairs.count((False, False)),
        )

    @property
    def said(self) -> str:
        """Whether the other network flips more than another seed does, in a sentence."""
        flips = self.flips
        other, seed = flips.both + flips.broken, flips.both + flips.mended
        told = (
            f"Of {flips.count:,} verdicts the other network flips {other:,}, another seed {seed:,}"
        )
        if not other and not seed:
            return f"{told}."
        if flips.p_value is None:
            return f"{told}: too few apart to tell whether that is more than chance."
        told += f" (McNemar's exact test of these two, p = {flips.p_value:.2g})"
        if flips.p_value >= 0.05:
            return f"{told}: no more than chance alone flips."
        more = "more" if other > seed else "fewer"
        return f"{told}: {more} than chance alone flips."

    def rows(self) -> list[dict[str, Cell]]:
        """What is counted, for the other network and for the other seed."""
        both = (self.both, self.seeds)
        rows = [
            _row("broken", [_of(each.paired.broken, each.paired.count) for each in both]),
            _row("mended", [_of(each.paired.mended, each.paired.count) for each in both]),
            _row("same answer", [_share(each.agreement) for each in both]),
        ]
        if self.heats is not None:
            moved = [_share(_median(each.moved)) for each in self.heats]
            medians = [_median(each.correlation) for each in self.heats]
            alike = ["–" if np.isnan(each) else f"{each:.2f}" for each in medians]
            rows += [_row("heat that moved", moved), _row("correlation of heatmaps", alike)]
        return rows

    def told(self) -> Mapping[str, object]:
        """All figures of the two seeds by name, for the manifest."""
        network, flips, paired = self.seeds.there.project.network, self.flips, self.seeds.paired
        told: dict[str, object] = {
            "network": network.name,
            "sha256": network.digest,
            "samples": len(self.seeds),
            "labelled": paired.count,
            "broken": paired.broken,
            "mended": paired.mended,
            "same_answer": int(self.seeds.agrees.sum()),
            "flipped_beside_other_alone": flips.broken,
            "flipped_beside_seed_alone": flips.mended,
            "mcnemar_p": None if flips.p_value is None else round(flips.p_value, 6),
        }
        if self.heats is not None and np.isfinite(self.heats[1].moved).any():
            told["heat_moved_median"] = round(_median(self.heats[1].moved), 6)
            told["heat_correlation_median"] = round(_median(self.heats[1].correlation), 6)
        return told


def _flipped(both: NetworkComparison) -> Mapping[int, bool]:
    """Of each sample with two verdicts, by its position, whether it flips."""
    here, there = both.correct
    known = np.flatnonzero(np.isfinite(here) & np.isfinite(there)).tolist()
    positions = both.positions.tolist()
    return {positions[row]: both.flips[row] in FLIPS for row in known}


def _row(name: str, values: list[str]) -> dict[str, Cell]:
    other, seed = values
    return {"": name, "beside the other network": other, "beside another seed": seed}


def _of(count: int, whole: int) -> str:
    return f"{count:,} ({percent(count / whole, 1)})" if whole else f"{count:,}"


def _median(values: Floats) -> float:
    """Of those that are known; NaN where none is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _share(value: float) -> str:
    return percent(value, 1) if np.isfinite(value) else "–"
