"""What a comparison comes to, as an export keeps it: in its manifest, its report and its table."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.comparing.gate import FlipLimit, LimitBroken, beyond
from services.comparing.seeds import BesideSeeds
from services.comparing.telling import comparison_figures, whether_it_differs
from services.predictions.comparison import NetworkComparison
from services.predictions.moved_heat import Heats
from services.tables import Cell, harmless
from services.tasks.flips import Flip
from services.tasks.shown import Number


@dataclass(frozen=True)
class SeedsRecord:
    """What another seed of the exported network flips, beside what the other network does.

    Attributes:
        name: of the network of that seed.
        said: whether the other network flips more.
        rows: what is counted, for both.
    """

    name: str
    said: str
    rows: tuple[Mapping[str, Cell], ...] = field(hash=False)


@dataclass(frozen=True)
class ComparisonRecord:
    """Two networks side by side, in figures and rows.

    Attributes:
        name, sha256: of the network beside the exported one.
        figures: for the report.
        said: whether the difference is more than chance.
        told: all figures by name, for the manifest.
        rows: of the samples that are not answered alike.
        limits: what was allowed.
        broken: the limits that are not kept.
        seeds: what chance alone flips; None where no other seed was given.
    """

    name: str
    sha256: str
    figures: tuple[Number, ...]
    said: str
    told: Mapping[str, object] = field(hash=False)
    rows: tuple[Mapping[str, Cell], ...] = field(hash=False)
    limits: tuple[FlipLimit, ...] = ()
    broken: tuple[LimitBroken, ...] = ()
    seeds: SeedsRecord | None = None

    @property
    def digest(self) -> str:
        """Tells whether two say the same."""
        limits = [str(limit) for limit in self.limits]
        told = json.dumps([self.name, self.sha256, self.told, self.rows, limits])
        return hashlib.sha256(told.encode()).hexdigest()


def record_of(
    both: NetworkComparison,
    heats: Heats | None,
    limits: tuple[FlipLimit, ...],
    seeds: BesideSeeds | None = None,
) -> ComparisonRecord:
    """A comparison as an export keeps it.

    Args:
        both: the two networks.
        heats: how far the heat moved; None where nobody asked.
        limits: what is allowed.
        seeds: what chance alone flips; None where no other seed was given.
    """
    other, paired = both.there.project.network, both.paired
    broken = beyond(limits, both, heats)
    told: dict[str, object] = {
        "network": other.name,
        "sha256": other.digest,
        "samples": len(both),
        "labelled": paired.count,
        "right_here": paired.both + paired.broken,
        "right_there": paired.both + paired.mended,
        "broken": paired.broken,
        "mended": paired.mended,
        "wrong_in_another_way": sum(each is Flip.OTHERWISE for each in both.flips),
        "same_answer": int(both.agrees.sum()),
        "accuracy_difference": round(paired.difference, 6),
        "interval_95": [round(end, 6) for end in paired.interval],
        "mcnemar_p": None if paired.p_value is None else round(paired.p_value, 6),
        "limits": [str(limit) for limit in limits],
        "limits_broken": [each.said for each in broken],
    }
    if heats is not None and np.isfinite(heats.moved).any():
        told["heat_moved_median"] = round(float(np.nanmedian(heats.moved)), 6)
        told["heat_correlation_median"] = round(float(np.nanmedian(heats.correlation)), 6)
    chance = None
    if seeds is not None:
        told["baseline"] = seeds.told()
        name = seeds.seeds.there.project.network.name
        chance = SeedsRecord(name, seeds.said, tuple(seeds.rows()))
    return ComparisonRecord(
        other.name, other.digest, comparison_figures(both), whether_it_differs(both), told,
        tuple(both.rows()), limits, broken, chance,
    )  # fmt: skip


def flips_csv(record: ComparisonRecord) -> str:
    """The samples that are not answered alike, a line each."""
    head = ("sample", "true", "here", "there", "flip", "score changes by", "tie")
    writer = csv.writer(sink := io.StringIO(), lineterminator="\n")
    writer.writerow(head)
    for row in record.rows:
        writer.writerow([harmless(str(row[name]).replace("\r", " ")) for name in head])
    return sink.getvalue()
