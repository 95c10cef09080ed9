"""The network set beside the one that is looked at: opened and predicted once asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcam import Fit
from services.edge_impulse.access import Access
from services.opening.opening import Opened, Prepared, predict_all, prepare_source
from services.predictions.beside import (
    OTHER_ARITHMETIC,
    answers_beside,
    beside_digest,
    keep_beside,
    others_of,
)
from services.predictions.both_arithmetics import other_arithmetic
from services.predictions.predictions import Predictions
from services.project import Project
from services.sources.reference import MODEL
from services.work.asked import LONG, Asked
from services.work.progress import Progress


@dataclass(frozen=True)
class NetworkBeside(Asked[Predictions]):
    """The samples of a project as another network answers them.

    Attributes:
        opened: the project as it is looked at.
        chosen: a word of `others_of`.
        access: for a project in Edge Impulse Studio.
    """

    words = "comparison of two networks"
    weight = LONG

    opened: Opened
    chosen: str
    access: Access | None = None

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        return beside_digest(self.opened.predictions, self.chosen)

    @property
    def fit(self) -> Fit:
        """See `Asked.fit`."""
        if self.chosen in others_of(self.opened.project):
            return Fit()
        project = self.opened.project
        return Fit(
            f"{project.name} has no other network to set beside {project.network.name}; put its "
            "file into the folder, such as the int8 file beside the float one."
        )

    @property
    def found(self) -> Predictions | None:
        """See `Asked.found`."""
        return answers_beside(self.opened.predictions, self.chosen)

    def make(self, progress: Progress) -> Predictions:
        """See `Asked.make`."""
        kind, _, value = self.chosen.partition(":")
        other = other_arithmetic(self.opened.project.network)
        if kind == OTHER_ARITHMETIC and other is not None:
            made = predict_all(self.opened.project.in_arithmetic(other), progress)
        else:
            reference = self.opened.reference.picking(**{MODEL: value})
            prepared = prepare_source(reference, progress, self.access)
            made = predict_all(fed_alike(prepared, self.opened.project), progress)
        keep_beside(self.opened.predictions, self.chosen, made)
        return made


def fed_alike(other: Prepared, beside: Project) -> Project:
    """The other project; fed as the one beside it where nobody said how it is, and where that fits.

    What was only worked out from some samples may come out otherwise for the same network in
    another format, and would then be taken for a difference of the networks.

    Args:
        other: as it was opened.
        beside: whose way counts.
    """
    own, there = other.project, beside.network.layout
    if other.check is None or own.network.layout.picture != there.picture:
        return own
    return replace(own, medium=beside.medium)
