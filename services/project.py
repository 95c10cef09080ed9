"""A project: its networks, test samples, task and medium, from one source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from gradcam import Arithmetic, Network, Usual, usual
from services.alternative import Alternative
from services.fact import Fact
from services.keeping.digests import numbers_digest
from services.keeping.locks import Hold
from services.media.medium import Medium
from services.sample import LeftOut, Sample
from services.tasks.task import Task


@dataclass(frozen=True)
class Project:
    """What is opened.

    Attributes:
        name: for the page.
        networks: one or more, loaded; all take the same input and answer the same question.
        task: what they were trained to say, as this project has it.
        samples: the test pictures, in a stable order.
        medium: how a file becomes a picture to look at, and a tensor.
        facts: what was worked out, with reasons.
        left_out: files that take no part.
        alternatives: what a person can open in place of something in it.
        used: name of the network that is asked; "" for the first.
        output: which of the network's outputs is looked at; None for all that it has.
        reopened: opens the first network in another arithmetic; None where nobody can.
        source: the reference that it was opened from; "" where nobody told.
        held: its files, where they lie in the server's cache: they stay as long as the project.
    """

    name: str
    networks: tuple[Network, ...]
    task: Task
    samples: tuple[Sample, ...]
    medium: Medium
    facts: tuple[Fact, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    used: str = ""
    output: int | None = None
    reopened: Callable[[Arithmetic], Network] | None = field(
        default=None, compare=False, repr=False
    )
    source: str = ""
    held: Hold | None = field(default=None, compare=False, repr=False)

    @property
    def network(self) -> Network:
        """The one that is asked."""
        first, *others = self.networks
        return next((each for each in others if self.used and each.name == self.used), first)

    @property
    def usual(self) -> Usual:
        """The layer and the method that are taken where nobody chose, and why.

        Raises:
            NoLayerError: of its network nothing can be drawn.
        """
        return usual(self.network, fixed_places=self.medium.fixed_places)

    @property
    def arithmetic(self) -> Arithmetic:
        """In which its network is run; the default one where there is but one."""
        return self.network.arithmetic or Arithmetic.PHONE

    def work(self, name: str) -> str:
        """The name of some work with its network, by which its pace is known."""
        size = f"{self.medium.height}x{self.medium.width}"
        return f"{numbers_digest(self.network)} {size} {name}"

    def using(self, name: str) -> Self:
        """The same, with another of its networks asked; the first where none has that name."""
        others = {each.name for each in self.networks[1:]}
        return replace(self, used=name if name in others else "")

    def in_arithmetic(self, arithmetic: Arithmetic) -> Self:
        """The same with its network in another arithmetic, a network of its own.

        Raises:
            GradcamError: its file cannot be opened any more.
        """
        own = self.network
        if self.reopened is None or own is not self.networks[0]:
            return self
        if arithmetic not in own.arithmetics or arithmetic == own.arithmetic:
            return self
        return replace(self, networks=(self.reopened(arithmetic), *self.networks[1:]))

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """The same as its task answers with a live threshold, see `Task.at`."""
        task = self.task.at(threshold, uncertain=uncertain, rule=rule)
        return self if task == self.task else replace(self, task=task)
