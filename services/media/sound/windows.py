"""Where a sound is cut into windows, as Edge Impulse cuts it."""

from __future__ import annotations

from dataclasses import dataclass

from services.sample import Window

MOST_WINDOWS = 10_000  # windows of one sound: a step may be typed a thousand times too small


@dataclass(frozen=True)
class Cutting:
    """How sounds are cut.

    Attributes:
        rate: values a second that the network hears.
        length: of a window, in such values.
        step: from the beginning of a window to that of the next, likewise.
        pad: whether a shorter sound is filled up with silence; else it has no window at all.
    """

    rate: int
    length: int
    step: int
    pad: bool = True

    @property
    def seconds(self) -> float:
        """That a window lasts."""
        return self.length / self.rate

    def count(self, values: int) -> int:
        """Whole windows of a sound of so many values at the network's rate."""
        return max(0, (values - self.length) // self.step + 1)

    def windows(self, values: int, rate: int) -> tuple[Window, ...]:
        """The windows of a sound, in its own values; none where it is too short.

        They begin at 0, one step, two steps and so on, as long as a whole window is left; no more
        than `MOST_WINDOWS`.

        Args:
            values: of the sound.
            rate: values a second of it.
        """
        own = values if rate == self.rate else round(values * self.rate / rate)
        if own < self.length:
            return (self._window(0, 0, 1, rate),) if self.pad and own else ()
        count = min(self.count(own), MOST_WINDOWS)
        return tuple(
            self._window(number * self.step, number, count, rate) for number in range(count)
        )

    def _window(self, start: int, number: int, count: int, rate: int) -> Window:
        at, beyond = (round(value * rate / self.rate) for value in (start, start + self.length))
        return Window(at, beyond, number, count)
