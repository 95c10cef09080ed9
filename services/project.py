"""A project: its networks, test samples, task and medium, from one source."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from gradcam import Network
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
    held: Hold | None = field(default=None, compare=False, repr=False)

    @property
    def network(self) -> Network:
        """The one that is asked."""
        first, *others = self.networks
        return next((each for each in others if self.used and each.name == self.used), first)

    def work(self, name: str) -> str:
        """The name of some work with its network, by which its pace is known."""
        size = f"{self.medium.height}x{self.medium.width}"
        return f"{numbers_digest(self.network)} {size} {name}"

    def using(self, name: str) -> Self:
        """The same, with another of its networks asked; the first where none has that name."""
        others = {each.name for each in self.networks[1:]}
        return replace(self, used=name if name in others else "")

    def at(self, threshold: float | None, *, uncertain: bool = False) -> Self:
        """The same as its task answers with a live threshold, see `Task.at`."""
        task = self.task.at(threshold, uncertain=uncertain)
        return self if task == self.task else replace(self, task=task)
