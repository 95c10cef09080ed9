"""What a network said of N samples, and whether it is right. Positions index the samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol, Self

import numpy as np

from gradcam import Network, Target
from gradcam.arrays import Floats, Mask, Numbers
from services.sample import Sample
from services.tasks.export import Export
from services.tasks.flips import PartFlips
from services.tasks.likeness import Likeness
from services.tasks.located import Located
from services.tasks.mistakes import Mistakes
from services.tasks.other_answer import OtherAnswer
from services.tasks.pages import Pages
from services.tasks.parts import Address, Parts, Place
from services.tasks.shown import Caption, Narrows, Positions

BY_NAME = "By name"
RANDOM = "Random order"
ORDERS = 8  # of all samples that are kept at most


class Sieve(Protocol):
    """Which samples a person wants to see, as far as a task knows it."""

    @property
    def true_class(self) -> str:
        """The name of what is true; "" for any."""

    @property
    def object_verdict(self) -> str:
        """What became of one of its objects; "" for any."""

    @property
    def predicted_class(self) -> str:
        """The name of what the network says; "" for any."""

    @property
    def low(self) -> int:
        """How sure it is in per cent, at least."""

    @property
    def high(self) -> int:
        """How sure it is in per cent, at most."""

    @property
    def true_low(self) -> float | None:
        """The true value, at least; None for any."""

    @property
    def true_high(self) -> float | None:
        """The true value, at most."""

    @property
    def predicted_low(self) -> float | None:
        """The predicted value, at least."""

    @property
    def predicted_high(self) -> float | None:
        """The predicted value, at most."""

    @property
    def error_low(self) -> float | None:
        """Predicted minus true, at least."""

    @property
    def error_high(self) -> float | None:
        """Predicted minus true, at most."""


@dataclass(frozen=True)
class Compared:
    """What two computations say of a sample.

    Attributes:
        agrees: whether it is the same.
        here, there: the class or the value.
        difference: the largest difference of a score, or that of the values.
    """

    agrees: bool
    here: str
    there: str
    difference: float


@dataclass(frozen=True, eq=False)
class Answers(ABC):
    """What a network said of N samples. Made by `Task.read`.

    Attributes:
        network: that gave the outputs.
        samples: N of them.
        outputs: (N, K) float32.
    """

    network: Network
    samples: tuple[Sample, ...]
    outputs: Floats

    scores_said: ClassVar[str] = "of the scores"
    """Of what two computations differ."""

    def __len__(self) -> int:
        """N."""
        return len(self.samples)

    # ------------------------------------------------------------------------------ verdicts

    @abstractmethod
    def parts(self, threshold: float | None = None) -> Parts:
        """Every part with its verdict.

        Args:
            threshold: the live one; None for the task's own.
        """

    def located(self) -> Sequence[Located]:
        """The parts that lie somewhere on their pictures; none where a sample is its only part."""
        return ()

    def correct(self, threshold: float | None = None) -> Floats:
        """(N,) float32: 1 where all parts are, 0 where one is not, NaN where nobody said of any.

        Args:
            threshold: the live one; None for the task's own.
        """
        parts = self.parts(threshold)
        known = np.bincount(parts.sample, np.isfinite(parts.correct), len(self)) > 0
        wrong = np.bincount(parts.sample, parts.correct == 0, len(self)) > 0
        return np.where(known, ~wrong, np.nan).astype(np.float32)

    def verdict(self, address: Address, threshold: float | None = None) -> float:
        """Of a sample or of one of its parts: 1, 0 or NaN."""
        if not isinstance(address, Place):
            return float(self.correct(threshold)[address])
        parts = self.parts(threshold)
        return float(parts.correct[parts.at(address)])

    @property
    def uncertain(self) -> Mask:
        """(N,) which labelled samples are neither right nor wrong; `correct` has 0 for them.

        So the accuracy is Studio's, which counts them among all and not among the correct ones.
        """
        return np.zeros(len(self), bool)

    @cached_property
    def judged(self) -> Positions:
        """Samples with a verdict and finite answers: those that figures are made of."""
        known = np.isfinite(self.correct())
        return np.flatnonzero(known & np.isfinite(self.outputs).all(axis=1))

    # ---------------------------------------------------------------------- one sample, in words

    @abstractmethod
    def said(self, address: Address) -> str:
        """What is true and what was answered, such as `car → no car 93 %`; once if it is the same.

        Names are whole.
        """

    def caption(self, address: Address) -> Caption:
        """The same for a narrow place: names are short."""
        return Caption("", self.said(address))

    @abstractmethod
    def targets(self, addresses: Sequence[Address], target: str, against: str) -> list[Target]:
        """What is explained of each.

        Falls back to what the network chose where the words are of another project, or where
        nobody said what is true.

        Args:
            addresses: of a part what the network chose is the part's own answer.
            target: a word, as in `Targets`.
            against: another one.
        """

    @abstractmethod
    def compared(self, position: int, other: OtherAnswer) -> Compared | None:
        """This answer beside another computation of it; None where they cannot be compared.

        Args:
            position: of the sample.
            other: what the other one says of it.
        """

    def as_other(self, position: int) -> OtherAnswer:
        """This answer as another computation is told of it, see `compared`."""
        return OtherAnswer()

    def part_flips(
        self,
        mine: Positions,
        other: Answers,
        theirs: Positions,
        threshold: float | None = None,
    ) -> PartFlips | None:
        """What becomes of parts with another network; None where a sample is its only part.

        Args:
            mine: (n,) some samples.
            other: what the other network says.
            theirs: (n,) the same samples there.
            threshold: the live one; None for each task's own.
        """
        return None

    def answer_said(self, position: int) -> str:
        """What the network says of a sample, whatever is true; names are whole where they can."""
        caption = self.caption(position)
        return f"{caption.answer} {caption.figure}".strip()

    def answers_as(self, other: Self) -> Mask:
        """(N,) where another computation of the same samples comes to the same answer."""
        same = (self.answer_said(i) == other.answer_said(i) for i in range(len(self)))
        return np.fromiter(same, bool, len(self))

    @property
    def tied(self) -> Mask:
        """(N,) which have two best answers, of which the first counts: levels can be equal."""
        return np.zeros(len(self), bool)

    # ---------------------------------------------------------------------- which, in what order

    @property
    @abstractmethod
    def ranks(self) -> Mapping[str, Callable[[float | None], Numbers]]:
        """Orders of the task's own: from the threshold to (N,) numbers, the smallest comes first.

        The first order is the default.
        """

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders that make sense, the default first."""
        return (*self.ranks, BY_NAME, RANDOM)

    def ordered(
        self, some: Mask, order: str | None, threshold: float | None, seed: int = 0
    ) -> Positions:
        """Some samples, (N,), in an order; an unknown one means the default.

        Args:
            some: which.
            order: one of `orders`.
            threshold: the live one; None for the task's own.
            seed: of the random order; two samples stand in the same order whatever else passes.
        """
        key = order, threshold, seed if order == RANDOM else 0
        whole = self._orders.get(key)
        if whole is None:
            if len(self._orders) >= ORDERS:
                self._orders.clear()
            whole = self._orders[key] = self._ordered(order, threshold, seed)
        return whole[some[whole]]

    @cached_property
    def _orders(self) -> dict[tuple[str | None, float | None, int], Positions]:
        """All samples in orders that were asked for: every step of a page asks again."""
        return {}

    def _ordered(self, order: str | None, threshold: float | None, seed: int) -> Positions:
        if order == RANDOM:
            return np.argsort(np.random.default_rng(seed).permutation(len(self)))
        if order == BY_NAME:
            ids = [sample.id for sample in self.samples]
            return np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
        rank = self.ranks.get(order or "") or next(iter(self.ranks.values()))
        return np.argsort(rank(threshold), kind="stable")

    @property
    def filters(self) -> tuple[Narrows, ...]:
        """What `passing` can be asked, as controls."""
        return ()

    def passing(self, sieve: Sieve) -> Mask:
        """(N,) which samples a person wants to see; what is of another project lets all pass."""
        return np.ones(len(self), bool)

    def passing_parts(self, sieve: Sieve) -> Mask:
        """(P,) which parts a person wants to see, of samples that pass."""
        return np.ones(len(self.parts().sample), bool)

    # ----------------------------------------------------------------------------- what is shown

    @property
    @abstractmethod
    def pages(self) -> Pages:
        """What Project, Samples, Explain and Review show."""

    @property
    @abstractmethod
    def mistakes(self) -> Mistakes:
        """What Mistakes shows."""

    @property
    @abstractmethod
    def likeness(self) -> Likeness:
        """Which samples are alike, for Embeddings, Scan and nearest samples."""

    @property
    @abstractmethod
    def export(self) -> Export:
        """What a table and a report hold."""
