"""What can be listened to of a sample."""

from __future__ import annotations

from dataclasses import dataclass

from gradcam.arrays import Floats


@dataclass(frozen=True, eq=False)
class Heard:
    """A sound as the network hears it, and which part of it the sample is.

    Attributes:
        rate: values a second: the network's own, to which the file was brought.
        whole: (n,) float32 in -1..1, the whole file in one channel.
        start: the first value of the sample.
        stop: the first value after it; beyond n where the sample was padded with silence.
    """

    rate: int
    whole: Floats
    start: int
    stop: int

    @property
    def part(self) -> Floats:
        """(m,) float32: the sample alone, without what it was padded with."""
        return self.whole[self.start : self.stop]
