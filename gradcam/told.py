"""What a file says of its network beside the network itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """What stands in a network's file.

    Attributes:
        numbers: what kinds of numbers it holds, `weights int8, activations float`; "" where there
            is nothing to say, as of plain float32.
        input_range: least and largest real number that its input can hold, by its quantisation:
            evidence for the scaling that it expects; None where it does not say.
        threshold: from which an anomaly score counts, as stands beside it; None where nothing does.
        class_names: in the order of its outputs; () where it has none.
    """

    numbers: str = ""
    input_range: tuple[float, float] | None = None
    class_names: tuple[str, ...] = ()
    threshold: float | None = None
