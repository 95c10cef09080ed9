"""A token bucket: what comes too often waits a moment, and what comes in a burst does not."""

from __future__ import annotations

BURST = 2.0  # seconds' worth of tokens that are saved up


class Bucket:
    """Tokens that come back at a steady rate; one is taken for each thing that is done.

    Args:
        rate: tokens a second.
        now: seconds on some clock.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._rate = rate
        self._tokens, self._at = self._most, now
        self.is_dry = False

    @property
    def _most(self) -> float:
        return max(1.0, BURST * self._rate)

    def take(self, now: float) -> float:
        """Take a token; the seconds until it is there, 0 where it is there already.

        Whoever takes it waits for so long; `is_dry` from then on, until the bucket is full again.
        """
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens == self._most:
            self.is_dry = False
        self._tokens -= 1.0
        wait = max(0.0, -self._tokens / self._rate)
        self.is_dry = self.is_dry or wait > 0
        return wait
