"""Which of several labels of a sound is a window's, as an impulse of Edge Impulse says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.sample import LabelledSpan, Window


@dataclass(frozen=True)
class Labeling:
    """By what is heard at a window's end, or by labels that count wherever they are in it.

    Attributes:
        anywhere: labels that count anywhere in a window, the first one first; none for the label
            at its end alone.
    """

    anywhere: tuple[str, ...] = ()

    def label(self, spans: Sequence[LabelledSpan], window: Window) -> str | None:
        """The label of a window.

        Args:
            spans: of its sound, in the values of the file.
            window: of the same.

        Returns:
            None where nobody labelled its end.
        """
        inside = {
            span.label for span in spans if span.start < window.stop and window.start < span.stop
        }
        for label in self.anywhere:
            if label in inside:
                return label
        last = min(window.stop, max((span.stop for span in spans), default=0)) - 1
        ending = (span.label for span in spans if span.start <= last < span.stop)
        return next(ending, None) if last >= window.start else None


AT_THE_END = Labeling()
