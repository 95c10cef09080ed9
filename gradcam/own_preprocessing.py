"""What a network does to its picture by itself, and what the picture then has to be outside."""

from __future__ import annotations

from dataclasses import dataclass

from gradcam.input_spec import Scaling


@dataclass(frozen=True)
class OwnPreprocessing:
    """What stands before a network's first layer with weights: y = scale · x[order] + offset.

    Attributes:
        kinds: of the layers and operations that do it, such as Rescaling, in order.
        scale, offset: for each channel that comes out.
        order: which channel of the input each of them is.
    """

    kinds: tuple[str, ...]
    scale: tuple[float, ...]
    offset: tuple[float, ...]
    order: tuple[int, ...]

    @property
    def outside(self) -> Scaling | None:
        """How pictures have to be scaled so that what comes out is sensible; None: not known."""
        return None

    @property
    def is_reversed(self) -> bool:
        """Whether it turns the order of the colours round, so that the outside is RGB."""
        return self.order == (2, 1, 0)

    @property
    def reason(self) -> str:
        """What it does in one sentence, with its figures."""
        return ""
