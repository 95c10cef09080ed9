"""Which of several labels of a sound is a window's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.sample import LabelledSpan, Window


class Labeling(Protocol):
    """A rule."""

    def label(self, spans: Sequence[LabelledSpan], window: Window) -> str | None:
        """The label of a window; None where by the rule it has none.

        Args:
            spans: of its sound, in the values of the file.
            window: of the same; it may end behind the sound, where it is filled up.
        """


@dataclass(frozen=True)
class ByMost:
    """What covers most of it, and at least half; of equals what begins first."""

    def label(self, spans: Sequence[LabelledSpan], window: Window) -> str | None:
        """See `Labeling.label`; what a sound is filled up with does not count."""
        covered: Counter[str] = Counter()
        for span in sorted(spans, key=lambda each: each.start):
            own = min(span.stop, window.stop) - max(span.start, window.start)
            if own > 0:
                covered[span.label] += own
        if not covered:
            return None
        ((label, most),) = covered.most_common(1)
        return label if 2 * most >= _end(spans, window) - window.start else None


@dataclass(frozen=True)
class AtTheEnd:
    """What is heard at its end, as an impulse of Edge Impulse has it."""

    def label(self, spans: Sequence[LabelledSpan], window: Window) -> str | None:
        """See `Labeling.label`."""
        last = _end(spans, window) - 1
        ending = (span.label for span in spans if span.start <= last < span.stop)
        return next(ending, None) if last >= window.start else None


@dataclass(frozen=True)
class Anywhere:
    """The first of some labels that is anywhere in it, else what is at its end; likewise.

    Attributes:
        labels: that count anywhere, the first one first.
    """

    labels: tuple[str, ...]

    def label(self, spans: Sequence[LabelledSpan], window: Window) -> str | None:
        """See `Labeling.label`."""
        inside = {
            span.label for span in spans if span.start < window.stop and window.start < span.stop
        }
        here = next((label for label in self.labels if label in inside), None)
        return here or AtTheEnd().label(spans, window)


def _end(spans: Sequence[LabelledSpan], window: Window) -> int:
    """Where a window ends, or the sound in it: labels go as far as that."""
    return min(window.stop, max((span.stop for span in spans), default=0))


BY_MOST = ByMost()
