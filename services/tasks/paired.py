"""Whether two classifiers of the same samples differ, from how often just one of them is right."""

from __future__ import annotations

import math
from dataclasses import dataclass

TOO_FEW = 10  # flips: below nothing can be told
Z = 1.959963984540054  # of 95 %


@dataclass(frozen=True)
class Paired:
    """Verdicts of two computations of the same labelled samples.

    Attributes:
        both, broken, mended, neither: how many are right in both, in the first alone, in the second
            alone, in none.
    """

    both: int
    broken: int
    mended: int
    neither: int

    @property
    def count(self) -> int:
        """Of labelled samples."""
        return self.both + self.broken + self.mended + self.neither

    @property
    def flips(self) -> int:
        """How many verdicts changed."""
        return self.broken + self.mended

    @property
    def p_value(self) -> float | None:
        """McNemar's exact test, two-sided; None where there are too few flips to tell.

        McNemar 1947; of b + c flips b are broken, as heads of a fair coin would be.
        """
        if self.flips < TOO_FEW:
            return None
        from scipy.stats import binomtest

        return float(binomtest(self.broken, self.flips, 0.5).pvalue)

    @property
    def difference(self) -> float:
        """The second accuracy minus the first; 0 where nothing is labelled."""
        return (self.mended - self.broken) / self.count if self.count else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Of the difference, 95 %.

        Newcombe 1998, Statistics in Medicine 17, 2635–2650, method 10.
        """
        n = self.count
        if not n:
            return 0.0, 0.0
        first, second = (self.both + self.broken) / n, (self.both + self.mended) / n
        low_first, high_first = _wilson(first, n)
        low_second, high_second = _wilson(second, n)
        phi = self._phi()

        def width(one: float, other: float) -> float:
            return math.sqrt(max(0.0, one**2 - 2 * phi * one * other + other**2))

        down = width(second - low_second, high_first - first)
        up = width(high_second - second, first - low_first)
        return self.difference - down, self.difference + up

    def _phi(self) -> float:
        """How the two go together, with Newcombe's correction for continuity."""
        n, a, b, c, d = self.count, self.both, self.broken, self.mended, self.neither
        product = (a + b) * (c + d) * (a + c) * (b + d)
        if not product:
            return 0.0
        difference = float(a * d - b * c)
        if difference > 0:
            difference = max(0.0, difference - n / 2)
        return difference / math.sqrt(product)

    @property
    def said(self) -> str:
        """Whether the difference is more than chance, in a sentence."""
        p = self.p_value
        if not self.flips:
            return "No verdict flips."
        if p is None:
            verdicts = "verdict flips" if self.flips == 1 else "verdicts flip"
            return f"{self.flips} {verdicts}: too few to tell which network is better."
        told = f"{self.broken} broken, {self.mended} mended (McNemar's exact test, p = {p:.2g})"
        if p >= 0.05:
            return f"{told}: no more than chance."
        better = "worse" if self.broken > self.mended else "better"
        return f"{told}: the other network is {better}."


def _wilson(share: float, count: int) -> tuple[float, float]:
    """Interval of a share, 95 %; Wilson 1927."""
    middle = share + Z**2 / (2 * count)
    half = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2))
    whole = 1 + Z**2 / count
    return (middle - half) / whole, (middle + half) / whole
