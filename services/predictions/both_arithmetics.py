"""What a network of whole numbers answers in its other arithmetic, beside what it answers here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcam import Arithmetic, Fit, Network
from gradcam.arrays import Mask
from services.keeping.derived import Derived
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.numbers import counted, percent
from services.predictions.predicting import PREDICTING
from services.predictions.predictions import Predictions, predict
from services.settings import settings
from services.tables import Cell
from services.tasks.answers import Answers
from services.tasks.shown import Positions
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress

# As they are kept in memory; what they are made of lies on disk as all predictions do.
_others: BoundedStore[str, Predictions] = BoundedStore(settings().projects)


@dataclass(frozen=True, eq=False)
class BothAnswers:
    """Where the two arithmetics of a network answer otherwise.

    Attributes:
        here: the answers that are looked at.
        there: those of the other arithmetic, of the same samples in the same order.
        other: which that is.
    """

    here: Answers
    there: Answers
    other: Arithmetic

    @cached_property
    def differs(self) -> Mask:
        """(N,) which samples get another answer."""
        return ~self.here.answers_as(self.there)

    @cached_property
    def tied(self) -> Mask:
        """(N,) which of them are a tie of the two best in either: their order alone decides."""
        return self.differs & (self.here.tied | self.there.tied)

    @property
    def positions(self) -> Positions:
        """Of the samples with another answer: those that are no tie first."""
        listed = np.flatnonzero(self.differs)
        return listed[np.argsort(self.tied[listed], kind="stable")]

    @property
    def said(self) -> str:
        """How many there are, in one sentence."""
        count, ties = int(self.differs.sum()), int(self.tied.sum())
        if not count:
            return f"{self.other.said.capitalize()} every answer is the same."
        of, share = f"{count:,} of {len(self.here):,} samples", percent(count / len(self.here), 1)
        get = "gets" if count == 1 else "get"
        tied = f"; {counted(ties, 'is a tie', 'are ties')} of the two best" if ties else ""
        return f"{self.other.said.capitalize()} {of} {get} another answer ({share}){tied}."

    def rows(self) -> list[dict[str, Cell]]:
        """A row for each sample with another answer."""
        own = self.here.network.arithmetic
        return [
            {
                "sample": self.here.samples[position].id,
                "true": self.here.samples[position].label or "",
                own.said if own else "here": self.here.answer_said(position),
                self.other.said: self.there.answer_said(position),
                "tie": "tie" if self.tied[position] else "",
            }
            for position in self.positions.tolist()
        ]


@dataclass(frozen=True)
class ByArithmetic:
    """A view of mistakes that no task has to offer: of a network with two arithmetics."""

    name: str = "By arithmetic"


@dataclass(frozen=True)
class OtherArithmetic(Asked[Predictions]):
    """The same samples as the network answers them in its other arithmetic.

    Attributes:
        predictions: in the one that is looked at.
    """

    words = "comparison of two arithmetics"
    weight = LONG

    predictions: Predictions

    @property
    def arithmetic(self) -> Arithmetic | None:
        """The other one; None where the network has but one."""
        return other_arithmetic(self.predictions.project.network)

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        project = self.predictions.project
        told = f"{context_of(project.network, project.medium)} {self.arithmetic}"
        return hashlib.sha256(f"{told} {self.predictions.digest_of_files}".encode()).hexdigest()

    @property
    def fit(self) -> Fit:
        """See `Asked.fit`."""
        if self.arithmetic is not None:
            return Fit()
        name = self.predictions.project.network.name
        return Fit(f"{name} is no network of whole numbers: it has one arithmetic alone.")

    @property
    def found(self) -> Predictions | None:
        """See `Asked.found`."""
        return _others.get(self.digest)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        work = self.predictions.project.work(PREDICTING)
        return Price(len(self.predictions), "prediction", f"{work} {self.arithmetic}", (work,))

    def make(self, progress: Progress) -> Predictions:
        """See `Asked.make`."""
        progress.begin("Opening the network")
        project = self.predictions.project
        if self.arithmetic is not None:
            project = project.in_arithmetic(self.arithmetic)
        made = predict(project, progress)
        _others.put(self.digest, made)
        return made


def other_arithmetic(network: Network) -> Arithmetic | None:
    """The arithmetic of a network that it does not run in; None where it has but one."""
    return next((each for each in network.arithmetics if each != network.arithmetic), None)


# Worked out once, since each tile and each filter asks.
_both: Derived[str, BothAnswers] = Derived(2)


def both_answers(predictions: Predictions) -> BothAnswers | None:
    """Where the other arithmetic answers otherwise; None as long as nobody had it computed.

    Args:
        predictions: of the project, as its task reads them now.
    """
    asked = OtherArithmetic(predictions)
    made = asked.found if asked.fit else None
    if made is None or asked.arithmetic is None:
        return None
    other, where = asked.arithmetic, made.by_digest
    if not all(digest in where for digest in predictions.digests):
        return None  # files have changed since

    def compared() -> BothAnswers:
        outputs = made.outputs[[where[digest] for digest in predictions.digests]]
        there = predictions.project.task.read(
            made.project.network, predictions.samples, outputs, predictions.geometry
        )
        return BothAnswers(predictions.answers, there, other)

    return _both.of(predictions, asked.digest, compared)
