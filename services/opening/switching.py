"""An open project with another of its networks asked, or the same one in another arithmetic."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from gradcam import Arithmetic
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.opening.opening import Opened, predict_all
from services.predictions.predictions import Predictions
from services.settings import settings
from services.work.asked import INTERACTIVE, Asked
from services.work.progress import Progress

_switched: BoundedStore[str, Predictions] = BoundedStore(settings().projects)


@dataclass(frozen=True)
class Switching(Asked[Opened]):
    """An open project with one of its networks asked, of which nothing may be predicted yet.

    Attributes:
        opened: as its source was opened.
        network: the name; "" for the first.
        arithmetic: in which it is run, of a network that has several.
    """

    words = "opening of a network"
    weight = INTERACTIVE  # as opening it is

    opened: Opened
    network: str = ""
    arithmetic: Arithmetic = Arithmetic.PHONE

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        project = self.opened.project.using(self.network)
        told = hashlib.sha256(context_of(project.network, project.medium).encode())
        told.update(f"{self._key} {self.opened.predictions.digests}".encode())
        return told.hexdigest()

    @property
    def found(self) -> Opened | None:
        """See `Asked.found`."""
        project = self.opened.project
        if self._asks_what(self.opened):
            return self.opened
        kept = _switched.get(self._key)
        if kept is None or kept.project.samples is not project.samples:  # opened again since
            return None
        return replace(self.opened, project=kept.project, predictions=kept)

    def make(self, progress: Progress) -> Opened:
        """See `Asked.make`."""
        progress.begin("Opening the network")
        project = self.opened.project.using(self.network).in_arithmetic(self.arithmetic)
        predictions = predict_all(project, progress)
        _switched.put(self._key, predictions)
        return replace(self.opened, project=predictions.project, predictions=predictions)

    def _asks_what(self, opened: Opened) -> bool:
        """Whether what is open is asked already."""
        project = opened.project
        return (self.network, self.arithmetic) == (project.used, project.arithmetic)

    @property
    def _key(self) -> str:
        return f"{self.opened.reference} {self.network} {self.arithmetic}"


def switching(opened: Opened, network: str, arithmetic: Arithmetic) -> Switching:
    """A project with the network that somebody asks for; the first, as it was opened, for others.

    Args:
        opened: as its source was opened.
        network: a name, whatever a link says.
        arithmetic: in which it is to be run.
    """
    project = opened.project.using(network)
    can = arithmetic in project.network.arithmetics
    return Switching(opened, project.used, arithmetic if can else project.arithmetic)
