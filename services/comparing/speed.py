"""How long both networks take for one sample, measured in turn so that both see one machine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from services.inside.latency import Latency, Timing, measure_in_turn
from services.keeping.store import BoundedStore
from services.predictions.comparison import NetworkComparison
from services.work.asked import ALONE, Asked
from services.work.progress import Progress

_measured: BoundedStore[str, Speeds] = BoundedStore(64)


@dataclass(frozen=True)
class Speeds:
    """What both took, round by round.

    Attributes:
        here: of the network that is looked at.
        there: of the one beside it, as many runs.
    """

    here: Latency
    there: Latency

    @property
    def ratios(self) -> Floats:
        """(rounds,) how many times as long the second took as the first, in each round."""
        return np.asarray(self.there.seconds) / np.asarray(self.here.seconds)

    @property
    def said(self) -> str:
        """How the two compare, in words."""
        low, middle, high = np.percentile(self.ratios, (25, 50, 75))
        rounds = len(self.here.seconds)
        return (
            f"There one prediction takes {middle:.2f} times as long as here (median of {rounds} "
            f"rounds in which both ran, the middle half {low:.2f} to {high:.2f}), on "
            f"{self.here.machine}. Other devices will differ."
        )


@dataclass(frozen=True)
class BothTimed(Asked[Speeds]):
    """The latency of two networks, each at the size that it really gets.

    Attributes:
        here: the network that is looked at.
        there: the one beside it.
    """

    words = "measurement of two networks' speed"
    weight = ALONE

    here: Timing
    there: Timing

    @classmethod
    def of(cls, both: NetworkComparison) -> BothTimed:
        """Of the two that are compared."""
        return cls(Timing.of(both.here.project), Timing.of(both.there.project))

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        return f"both {self.here.digest} {self.there.digest}"

    @property
    def found(self) -> Speeds | None:
        """See `Asked.found`."""
        return _measured.get(self.digest)

    def forget(self) -> None:
        """Have it to do again: the machine may have been busy."""
        _measured.drop(self.digest)

    def make(self, progress: Progress) -> Speeds:
        """See `Asked.make`."""
        sides = self.here, self.there
        seconds = measure_in_turn([side.run() for side in sides], progress)
        made = Speeds(*(side.took(each) for side, each in zip(sides, seconds, strict=True)))
        _measured.put(self.digest, made)
        return made
