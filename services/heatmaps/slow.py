"""Slow methods in the background: a person sees how far they are, and can leave."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from gradcam import Target
from services.choices.choices import Choices
from services.heatmaps.heatmaps import heatmaps_of, layer_name, missing, targets_of
from services.keeping.digests import context_of
from services.predictions.predictions import Predictions
from services.work.jobs import Job, Jobs
from services.work.progress import Progress

_jobs: Jobs[None] = Jobs(workers=1)  # one at a time: each uses all cores


@dataclass(frozen=True)
class Part:
    """Maps of one method.

    Attributes:
        positions: of which samples.
        targets: what is explained of each.
        choices: which method, with which settings, of which layer.
    """

    positions: tuple[int, ...]
    targets: tuple[Target, ...]
    choices: Choices


@dataclass(frozen=True)
class Wanted:
    """Maps that a page wants to show, as far as their methods are slow.

    Attributes:
        predictions: of the project.
        parts: a method each.
    """

    predictions: Predictions
    parts: tuple[Part, ...]

    @property
    def missing(self) -> int:
        """How many maps have still to be made."""
        return sum(
            missing(self.predictions, part.positions, part.targets, part.choices)
            for part in self.parts
        )

    @property
    def methods(self) -> str:
        """The methods by their titles."""
        return ", ".join(part.choices.method.title for part in self.parts)

    @property
    def digest(self) -> str:
        """Tells whether two people want the same."""
        project = self.predictions.project
        told = hashlib.sha256(context_of(project.network, project.medium).encode())
        for part in self.parts:
            digests = [self.predictions.digests[position] for position in part.positions]
            layer = layer_name(self.predictions, part.choices)
            settings = part.choices.settings
            told.update(
                f"{digests} {part.targets} {layer} {part.choices.method} {settings}".encode()
            )
        return told.hexdigest()

    def start(self) -> Job[None]:
        """Make what is missing, or join whoever is having the same made."""
        return _jobs.start(self.digest, self._make)

    def _make(self, progress: Progress) -> None:
        for part in self.parts:
            if missing(self.predictions, part.positions, part.targets, part.choices):
                heatmaps_of(self.predictions, part.positions, part.targets, part.choices, progress)


def wanted(predictions: Predictions, positions: Sequence[int], choices: Choices) -> Wanted:
    """The maps of some samples as they are chosen."""
    if not choices.method.slow:
        return Wanted(predictions, ())
    targets = targets_of(predictions, positions, choices)
    return Wanted(predictions, (Part(tuple(positions), tuple(targets), choices),))
