"""What two networks answer of the same samples, joined by the samples' files, classes by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam.arrays import Floats, Mask
from services.predictions.predictions import Predictions
from services.predictions.windows import whole_files
from services.tables import Cell
from services.tasks.answers import Compared
from services.tasks.flips import NOT_ALIKE, Flip, PartFlips, flip_of, paired_of
from services.tasks.paired import Paired
from services.tasks.shown import Positions


@dataclass(frozen=True, eq=False)
class NetworkComparison:
    """Two networks on the n samples that both know.

    Attributes:
        here, there: the predictions that are looked at, and those beside them.
        positions: (n,) of the samples in the first.
        others: (n,) of the same samples in the second.
        threshold: the live one; None for each task's own.
    """

    here: Predictions
    there: Predictions
    positions: Positions
    others: Positions
    threshold: float | None = None

    def __len__(self) -> int:
        """How many samples both know."""
        return len(self.positions)

    @cached_property
    def correct(self) -> tuple[Floats, Floats]:
        """(n,) 1 right, 0 wrong, NaN unlabelled; here and there."""
        return (
            self.here.correct(self.threshold)[self.positions],
            self.there.correct(self.threshold)[self.others],
        )

    @cached_property
    def compared(self) -> tuple[Compared | None, ...]:
        """Of each sample how the two answers differ; None where they cannot be compared."""
        here, there = self.here.answers, self.there.answers
        both = zip(self.positions.tolist(), self.others.tolist(), strict=True)
        return tuple(here.compared(one, there.as_other(other)) for one, other in both)

    @cached_property
    def agrees(self) -> Mask:
        """(n,) where both come to the same answer."""
        return np.array([one is not None and one.agrees for one in self.compared], bool)

    @cached_property
    def tied(self) -> Mask:
        """(n,) where they do not, and either has two best answers: their order alone decides."""
        ties = self.here.answers.tied[self.positions] | self.there.answers.tied[self.others]
        return ~self.agrees & ties

    @cached_property
    def difference(self) -> Floats:
        """(n,) the largest change of a score, or that of the value; NaN where there is none."""
        changes = [np.nan if one is None else one.difference for one in self.compared]
        return np.array(changes, np.float32)

    @cached_property
    def flips(self) -> tuple[Flip, ...]:
        """(n,) what becomes of each."""
        both = zip(*self.correct, self.agrees.tolist(), strict=True)
        return tuple(flip_of(here, there, agrees=agrees) for here, there, agrees in both)

    def of(self, *flips: Flip) -> Positions:
        """Positions in `here` of the samples with some of the flips: the surest of `here` first."""
        wanted = np.array([flip in flips for flip in self.flips], bool)
        order = np.argsort(-np.nan_to_num(self.difference), kind="stable")
        return self.positions[order[wanted[order]]]

    @cached_property
    def paired(self) -> Paired:
        """How often which is right, of the labelled samples."""
        return paired_of(*self.correct)

    @cached_property
    def parts(self) -> PartFlips | None:
        """What becomes of parts, such as objects; None where a sample is its only part."""
        return self.here.answers.part_flips(
            self.positions, self.there.answers, self.others, self.threshold
        )

    @cached_property
    def whole(self) -> WholeComparison | None:
        """The same of whole files; None where no sample is a window of one."""
        here, there = whole_files(self.here), whole_files(self.there)
        if here is None and there is None:
            return None
        one = self.here if here is None else here.predictions
        other = self.there if there is None else there.predictions
        windows = tuple((at,) for at in range(len(one))) if here is None else here.windows
        return WholeComparison(network_comparison(one, other, self.threshold), windows)

    @cached_property
    def agreement(self) -> float:
        """The share of samples with the same answer; NaN where nothing can be compared."""
        return float(self.agrees.mean()) if len(self) else float("nan")

    def by_group(self) -> list[dict[str, Cell]]:
        """A row for each class: how often which network is right, and what flips."""
        task, (here, there) = self.here.project.task, self.correct
        of: dict[str, list[int]] = {group: [] for group in task.groups}
        for row, position in enumerate(self.positions.tolist()):
            label = self.here.samples[position].label
            if label is not None:
                for group in task.groups_of(label):
                    of.setdefault(group, []).append(row)
        rows: list[dict[str, Cell]] = []
        for group, members in of.items():
            if not members:
                continue
            paired = paired_of(here[members], there[members])
            low, high = paired.interval
            rows.append(
                {
                    "class": group,
                    "samples": paired.count,
                    "right here": paired.both + paired.broken,
                    "right there": paired.both + paired.mended,
                    "broken": paired.broken,
                    "mended": paired.mended,
                    "difference": paired.difference,
                    "from": low,
                    "to": high,
                }
            )
        return rows

    def rows(self) -> list[dict[str, Cell]]:
        """A row for each sample that is not answered alike, broken ones first."""
        order = {position: row for row, position in enumerate(self.positions.tolist())}
        rows: list[dict[str, Cell]] = []
        for flip in NOT_ALIKE:
            for position in self.of(flip).tolist():
                row = order[position]
                compared, sample = self.compared[row], self.here.samples[position]
                rows.append(
                    {
                        "sample": sample.id,
                        "true": sample.label or "",
                        "here": compared.here if compared else "",
                        "there": compared.there if compared else "",
                        "flip": str(flip),
                        "score changes by": float(self.difference[row]),
                        "tie": "tie" if self.tied[row] else "",
                    }
                )
        return rows


@dataclass(frozen=True, eq=False)
class WholeComparison:
    """Two networks on whole files, each judged by the mean of its windows.

    Attributes:
        files: both networks, a file being a sample.
        windows: of each file of the first the positions of its windows among the samples.
    """

    files: NetworkComparison
    windows: tuple[tuple[int, ...], ...]

    def samples_of(self, *flips: Flip) -> list[int]:
        """Positions of the windows of the files with some of the flips."""
        return [at for file in self.files.of(*flips).tolist() for at in self.windows[file]]


def network_comparison(
    here: Predictions, there: Predictions, threshold: float | None = None
) -> NetworkComparison:
    """Two networks on the samples that both know, joined by the samples' own files.

    Args:
        here: of the network that is looked at.
        there: of the one beside it, whatever its classes' order and preprocessing.
        threshold: the live one; None for each task's own.
    """
    where = there.by_digest
    joined = [(at, where[digest]) for at, digest in enumerate(here.digests) if digest in where]
    positions, others = np.array(joined, np.int64).reshape(-1, 2).T
    return NetworkComparison(here, there, positions, others, threshold)
