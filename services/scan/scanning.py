"""The scan as a job: asked for by a button, made in the background, found by what went in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, partial

from gradcam import GRAD_CAM, Fit
from services.choices.recipe import Recipe
from services.findings.finding import standing
from services.findings.report import Report, reports
from services.heatmaps.heatmaps import CAPTURES, layer_name
from services.heatmaps.prices import try_captures
from services.keeping.digests import context_of
from services.predictions.predictions import Predictions
from services.scan import groups, places, properties
from services.scan.looking import look
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress

VERSION = "1"  # of the rules: another one makes kept scans void
RULES = (groups.RULE, places.RULE, properties.RULE)


@dataclass(frozen=True)
class Scan(Asked[Report]):
    """The whole test set, asked whether the network looks at the wrong thing.

    Attributes:
        predictions: of the project.
        recipe: for the layer.
        threshold: the live one; None for the project's.
    """

    predictions: Predictions
    recipe: Recipe
    threshold: float | None = None

    weight = LONG

    @cached_property
    def digest(self) -> str:
        """Of everything that the findings depend on."""
        project = self.predictions.project
        told = hashlib.sha256(context_of(project.network, project.medium).encode())
        layer = layer_name(self.predictions, self.recipe)
        threshold = None if project.task.limit(None) is None else self.threshold
        names, settings = project.task.kept_as
        asked = f"({VERSION!r}, {layer!r}, {names}, {threshold!r}, {settings})"
        told.update(asked.encode())
        told.update(self.predictions.labelled_files)
        return told.hexdigest()[:16]

    @property
    def fit(self) -> Fit:
        """Whether the network can be explained by the method that is scanned with."""
        return GRAD_CAM.fits(self.predictions.project.network)

    @property
    def found(self) -> Report | None:
        """The report, once it is there."""
        return reports.get(self.digest)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        project = self.predictions.project
        own = f"scan {layer_name(self.predictions, self.recipe)}"
        like = project.work(CAPTURES)
        return Price(
            len(self.predictions),
            "heatmap",
            project.work(own),
            (like,),
            trial=partial(try_captures, self.predictions),
        )

    def run(self, progress: Progress) -> Report:
        """Scan now.

        Raises:
            GradcamError: the layer does not lead to the output, or every picture is gone.
            Cancelled: the person left.
        """
        looked = look(self.predictions, layer_name(self.predictions, self.recipe), progress)
        progress.begin("Comparing the heatmaps")
        asked = list(groups.ask(self.predictions, looked, self.threshold))
        progress.begin("Comparing the pictures")
        asked += places.ask(self.predictions, looked)
        asked += properties.ask(self.predictions, looked, self.threshold)
        cold = int((~looked.shares.any(axis=(1, 2))).sum())
        return Report(self.digest, len(looked.positions), cold, len(asked), standing(asked))

    def make(self, progress: Progress) -> Report:
        """See `Asked.make`."""
        report = self.run(progress)
        reports.put(self.digest, report)
        return report
