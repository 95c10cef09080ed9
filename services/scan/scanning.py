"""The scan as a job: asked for by a button, made in the background, found by what went in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, partial

from gradcam import GRAD_CAM, Fit
from services.choices.recipe import Recipe
from services.engines.maker import Makers, nobody_else
from services.findings.finding import standing
from services.findings.report import Report, reports
from services.heatmaps.heatmaps import CAPTURES, layer_name
from services.heatmaps.prices import try_captures
from services.keeping.derived import Derived
from services.keeping.digests import context_of
from services.predictions.predictions import Predictions
from services.scan import groups, objects, places, properties
from services.scan.looking import look
from services.work.asked import LONG, Asked
from services.work.price import Price
from services.work.progress import Progress

VERSION = "1"  # of the rules: another one makes kept scans void
_digests: Derived[str, str] = Derived(32)  # each goes through all samples


def rules(predictions: Predictions) -> tuple[str, ...]:
    """How findings are chosen among the samples of a project, in words."""
    medium = predictions.project.medium
    of_samples = groups.group_rule(medium), places.place_rule(medium)
    of_parts = (objects.OBJECT_RULE,) if predictions.answers.located() else ()
    return (*of_samples, properties.property_rule(medium), *of_parts)


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

    words = "scan"
    weight = LONG

    @cached_property
    def digest(self) -> str:
        """Of everything that the findings depend on."""
        project = self.predictions.project
        layer = layer_name(self.predictions, self.recipe)
        threshold = None if project.task.limit(None) is None else self.threshold
        names, settings = project.task.kept_as
        context = context_of(project.network, project.medium)
        asked = f"{context}({VERSION!r}, {layer!r}, {names}, {threshold!r}, {settings})"
        return _digests.of(self.predictions, asked, partial(self._digest, asked))

    def _digest(self, asked: str) -> str:
        told = hashlib.sha256(asked.encode())
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

    def run(self, progress: Progress, makers: Makers = nobody_else) -> Report:
        """Scan now.

        Args:
            progress: is told how far it is.
            makers: who makes the batches.

        Raises:
            GradcamError: the layer does not lead to the output, or every picture is gone.
            Cancelled: the person left.
        """
        layer, located = (
            layer_name(self.predictions, self.recipe),
            self.predictions.answers.located(),
        )
        looked = look(self.predictions, layer, progress, makers, located)
        progress.begin("Comparing the heatmaps")
        asked = list(groups.ask(self.predictions, looked, self.threshold))
        progress.begin(f"Comparing the {self.predictions.project.medium.called.many}")
        asked += places.ask(self.predictions, looked)
        asked += properties.ask(self.predictions, looked, self.threshold)
        asked += objects.ask(self.predictions, looked.parts, located)
        cold = int((~looked.shares.any(axis=(1, 2))).sum())
        return Report(self.digest, len(looked.positions), cold, len(asked), standing(asked))

    def make(self, progress: Progress, makers: Makers = nobody_else) -> Report:
        """See `Asked.make`; and who makes the batches."""
        report = self.run(progress, makers)
        reports.put(self.digest, report)
        return report
