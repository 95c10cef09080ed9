"""Which layer and method to look at: tried on some samples in the background, kept by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from gradcam import METHODS, Fit, Layer, Method, degenerate_reason
from gradcam.truth import (
    Candidate,
    Check,
    Grounds,
    Recommendation,
    Tried,
    candidates,
    confirmed,
    is_poor,
    recommend,
    try_out,
)
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import heatmaps, targets_of, tensors
from services.heatmaps.layer_sweep import fitting_groups
from services.keeping.derived import Derived
from services.keeping.digests import context_of
from services.keeping.drawers import RECOMMENDATIONS
from services.keeping.kept import Kept
from services.keeping.store import BoundedStore
from services.numbers import counted, rounded
from services.predictions.predictions import Predictions, predict
from services.project import Project
from services.sample import spread
from services.work.asked import UNSEEN, Asked
from services.work.price import Price
from services.work.progress import Progress

VERSION = "1"  # of the meaning of what is kept
CHOOSING = 8  # samples that everything is tried on
CONFIRMING = 8  # others that the figures are of
LOOKED_OVER = 32  # samples among which blank maps are sought
BLANK = 4  # of these at most so many are tried as well


def _packed(recommendation: Recommendation) -> bytes:
    return json.dumps(asdict(recommendation)).encode()


def _unpacked(content: bytes) -> Recommendation:
    told = json.loads(content)
    reason = Grounds(told["reason"])
    part = told.get("part", "fifth")  # what was kept before objects has none
    return Recommendation(
        _tried(told["best"]), _tried(told["usual"]), reason, told["is_value"], part
    )


def _tried(told: dict[str, Any]) -> Tried:
    return Tried(
        Candidate(**told["candidate"]), tuple(told["gains"]), told["supported"], told["blank"]
    )


_recommendations = Kept(
    RECOMMENDATIONS, "json", _packed, _unpacked, BoundedStore[str, Recommendation](256)
)

_digests: Derived[str, str] = Derived(32)  # each goes through all samples


def candidate_said(candidate: Candidate) -> str:
    """`HiResCAM at conv_3`."""
    layer = candidate.layer.rpartition("/")[2]
    return f"{METHODS[candidate.method].title} at {layer}"


def gains_said(made: Recommendation) -> str:
    """What it gains beyond chance beside the usual one, and how many maps it leaves blank."""
    best, usual = (_gain_said(each, value=made.is_value) for each in (made.best, made.usual))
    takes = f"moves the value {best} more than" if made.is_value else f"takes {best} more than"
    words = (
        f"Over {counted(len(made.best.gains), 'sample')}, hiding its hottest {made.part} {takes} "
        f"hiding a random {made.part}; for {candidate_said(made.usual.candidate)} it is {usual}."
    )
    if made.best.blank != made.usual.blank:
        words += f" Blank maps: {made.best.blank} instead of {made.usual.blank}."
    return words


def _gain_said(tried: Tried, *, value: bool) -> str:
    numbers = (tried.gain, tried.scatter) if value else (100 * tried.gain, 100 * tried.scatter)
    write = rounded if value else "{:.0f}".format
    gain, scatter = (write(number).replace("-", "−") for number in numbers)
    return f"{gain} ± {scatter}{'' if value else ' points'}"


@dataclass(frozen=True)
class Recommending(Asked[Recommendation]):
    """Layers and methods of one run each, tried on some samples for what the network says of them.

    Others are tried only where the usual ones are poor, which is soon known.

    Attributes:
        predictions: of the project.
        layer: the only layer that comes into question, by its name; "" for all.
        method: the only method; None for all.
    """

    predictions: Predictions
    layer: str = ""
    method: Method | None = None

    words = "comparison of methods"
    weight = UNSEEN

    @property
    def usual(self) -> Candidate:
        """What is there without a recommendation."""
        own = self.predictions.project.usual
        return Candidate(self.layer or own.layer.name, (self.method or own.method).name)

    @property
    def fit(self) -> Fit:
        """Whether a method of one run fits; slow ones are not tried."""
        method = METHODS[self.usual.method]
        if method.slow:
            return Fit(f"{method.title} needs many runs of the network, so it is not tried.")
        if not method.uses_layer:
            return Fit(f"{method.title} shows what decides itself, so nothing is set beside it.")
        return method.fits(self.predictions.project.network)

    @property
    def digest(self) -> str:
        """Tells whether two people want the same; made of the contents."""
        project = self.predictions.project
        context = context_of(project.network, project.medium)
        asked = f"{VERSION} {context} {self.layer} {self.method}" + " ".join(project.task.kept_as)
        return _digests.of(self.predictions, asked, partial(self._digest, asked))

    def _digest(self, asked: str) -> str:
        told = hashlib.sha256(asked.encode())
        for sample, digest in zip(self.predictions.samples, self.predictions.digests, strict=True):
            told.update(f"{sample.label} {digest}\n".encode())
        return told.hexdigest()

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        return Price(len(self._positions), "sample", self.predictions.project.work("recommending"))

    @property
    def found(self) -> Recommendation | None:
        """See `Asked.found`."""
        return _recommendations.get(self.digest)

    def make(self, progress: Progress) -> Recommendation:
        """See `Asked.make`."""
        self.fit.required()
        network = self.predictions.project.network
        layers, methods = candidates(network, self.layer or None, self.method)
        positions = self._positions
        choosing = positions[: max(CHOOSING, (len(positions) + 1) // 2)]
        others = positions[len(choosing) :]
        progress.begin("Looking for blank maps")
        choosing += self._blank(set(positions))
        progress.begin(f"Checking {candidate_said(self.usual)}", len(choosing))
        usual = network.layer(self.usual.layer), METHODS[self.usual.method]
        checks = self._checks(choosing, [usual[0]], [usual[1]], progress)
        if is_poor(checks.get(self.usual, [])):
            progress.begin("Trying other layers and methods", len(choosing) * len(layers))
            checks = self._checks(choosing, layers, methods, progress)
        chosen = recommend(checks, self.usual)
        if not chosen.is_usual:
            chosen = self._confirmed(chosen, others, progress)
        _recommendations.put(self.digest, chosen)
        return chosen

    @property
    def _positions(self) -> list[int]:
        """Of the samples, those that choose first; each kind of them evenly taken."""
        positions = self.predictions.spread(CHOOSING + CONFIRMING)
        return positions[::2] + positions[1::2]

    def _blank(self, taken: set[int]) -> list[int]:
        """Other samples of which the usual layer and method give no map."""
        positions = self.predictions.spread(LOOKED_OVER)
        left = [position for position in positions if position not in taken]
        recipe = Recipe(layer=self.usual.layer, method=METHODS[self.usual.method])
        maps = heatmaps(self.predictions, left, recipe) if left else []
        blank = [at for at, one in zip(left, maps, strict=True) if degenerate_reason(one.raw)]
        return blank[:BLANK]

    def _checks(
        self,
        positions: Sequence[int],
        layers: Sequence[Layer],
        methods: Sequence[Method],
        progress: Progress,
    ) -> dict[Candidate, list[Check]]:
        """Of each that gives a map of all samples a check for each of these."""
        checks: dict[Candidate, list[Check]] = {}
        for position in positions:
            for candidate, check in self._try(position, layers, methods, progress).items():
                checks.setdefault(candidate, []).append(check)
        return {name: own for name, own in checks.items() if len(own) == len(positions)}

    def _try(
        self,
        position: int,
        layers: Sequence[Layer],
        methods: Sequence[Method],
        progress: Progress,
    ) -> dict[Candidate, Check]:
        (target,) = targets_of(self.predictions, [position], Recipe())
        picture = tensors(self.predictions, [position])
        checks: dict[Candidate, Check] = {}
        for group in fitting_groups(layers):
            network = self.predictions.project.network
            checks |= try_out(network, picture, target, group, methods, progress.alone)
            progress.advance(len(group))
        return checks

    def _confirmed(
        self, chosen: Recommendation, positions: Sequence[int], progress: Progress
    ) -> Recommendation:
        network = self.predictions.project.network
        progress.begin("Comparing on other samples", len(positions))
        both = (chosen.best.candidate, chosen.usual.candidate)
        checks: dict[Candidate, list[Check]] = {candidate: [] for candidate in both}
        for position in positions:
            for candidate in both:
                layer, method = network.layer(candidate.layer), METHODS[candidate.method]
                tried = self._try(position, [layer], [method], progress.unseen())
                checks[candidate].append(tried[candidate])
            progress.advance()
        return confirmed(chosen, checks[both[0]], checks[both[1]])


def recommendation_for(
    project: Project, layer: str, method: Method | None, progress: Progress
) -> Recommendation:
    """What is recommended of a project whose samples nobody has predicted yet.

    Args:
        project: of which some samples are predicted.
        layer: the only layer that comes into question; "" for all.
        method: the only method; None for all.
        progress: is told what is being done.

    Raises:
        GradcamError: there is no such layer, or the method takes many runs of the network.
    """
    some = replace(project, samples=tuple(spread(project.samples, LOOKED_OVER)))
    if layer:
        project.network.layer(layer)
    asked = Recommending(predict(some, progress), layer, method)
    return asked.found or asked.make(progress)
