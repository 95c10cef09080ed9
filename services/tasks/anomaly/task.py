"""Visual anomaly detection: whether a place of a picture is unlike what was learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Self

import numpy as np

from gradcam import Ability, Network
from gradcam.arrays import Floats
from gradcam.head import Squash
from services.fact import Fact
from services.sample import Sample
from services.tasks.anomaly.answers import AnomalyAnswers
from services.tasks.anomaly.figures import auroc, ordered_rightly
from services.tasks.anomaly.targets import PlaceTargets
from services.tasks.anomaly.words import ANOMALY, NORMAL, normal_among
from services.tasks.geometry import Geometries
from services.tasks.grades import Grades, alike
from services.tasks.task import (
    Claim,
    Evidence,
    Measure,
    Strength,
    StudioWords,
    Task,
    TaskSetting,
)

USUAL = 3.0  # deviations from what was learned
WAY_OUT = "[anomaly] threshold in project.toml names another"


@dataclass(frozen=True)
class Anomaly(Task):
    """Whether something is unlike what was learned: the highest score of any place decides.

    Attributes:
        kinds: what samples may be labelled: the normal one first, then what is wrong with others.
        threshold: from this score on a place is anomalous.
    """

    kinds: tuple[str, ...] = (NORMAL, ANOMALY)
    threshold: float = USUAL

    name = "anomaly"
    settings = (TaskSetting("threshold"),)
    measure = Measure("AUROC", in_percent=True, higher_is_better=True)

    @classmethod
    def reads(cls, network: Network) -> bool:
        """A grid of one score for each place."""
        return Ability.SCORES in network.abilities

    @classmethod
    def claim(cls, evidence: Evidence) -> Claim | None:
        """See `Task.claim`: by the network's end alone."""
        if evidence.network.heads[0].squash is not Squash.LINEAR:
            return None
        why = "the network gives one value for each place of the picture"
        return Claim(why, Strength.LIKELY)

    @classmethod
    def settled(cls, evidence: Evidence) -> tuple[Self, tuple[Fact, ...]]:
        """See `Task.settled`; where classes are named, the first one is the normal one."""
        kinds, facts = _kinds(evidence)
        if Ability.FINER_SCORES in evidence.network.abilities:
            layer = evidence.network.layers[-1].name
            scored = Fact("scored layer", layer, "its features are what the mixture scores")
            facts = (scored, *facts)
        given, told = evidence.settings.get("threshold"), evidence.network.told.threshold
        if given is not None:
            return cls(kinds, given), facts
        if told is not None:
            said = Fact("threshold", f"{told:g}", f"it stands beside the mixture; {WAY_OUT}")
            return cls(kinds, told), (*facts, said)
        why = f"the usual one, {USUAL:g} deviations; {WAY_OUT}, and Mistakes shows a better one"
        return cls(kinds, USUAL), (*facts, Fact("threshold", f"{USUAL:g}", why))

    @classmethod
    def from_studio(cls, names: Sequence[str], thresholds: Mapping[str, float]) -> StudioWords:
        """The score from which Studio calls a place anomalous."""
        named = [value for key, value in thresholds.items() if "anomaly" in key]
        limits = named or list(thresholds.values())
        if len(limits) != 1 or not 0 <= limits[0] < inf:
            return StudioWords((), {}, ())
        fact = Fact("threshold", f"{limits[0]:g}", "from the learning block")
        return StudioWords((), {"threshold": limits[0]}, (fact,))

    def obstacle(self, label: str) -> str:
        """See `Task.obstacle`."""
        known = ", ".join(self.kinds)
        return "" if label in self.kinds else f"its label “{label}” is none of {known}"

    def grade(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Grades:
        """How often an anomaly has a higher score than a normal picture."""
        scores = np.nan_to_num(outputs.max(axis=1))
        anomalous = np.array([label != self.kinds[0] for label in labels], bool)
        merits, area = ordered_rightly(scores, anomalous), auroc(scores, anomalous)
        blind = np.full(len(labels), 0.5)
        one = bool(len(scores) > 1 and np.ptp(scores) == 0.0)
        score = 0.5 if np.isnan(area) else area
        return Grades(score, merits, alike(anomalous), blind, 0.5, 1.0, one)

    @property
    def names(self) -> tuple[str, ...]:
        """None: places have no names."""
        return ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The kinds."""
        return self.kinds

    def groups_of(self, label: str) -> tuple[str, ...]:
        """Its own kind."""
        return (label,)

    def limit(self, threshold: float | None) -> float:
        """See `Task.limit`."""
        return self.threshold if threshold is None else threshold

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """See `Task.at`."""
        return replace(self, threshold=self.limit(threshold))

    @property
    def kept_as(self) -> tuple[str, str]:
        """See `Task.kept_as`."""
        return repr(self.kinds), f"Anomaly(threshold={self.threshold:g})"

    def right_said(self, threshold: float | None) -> str:
        """See `Task.right_said`."""
        return f"rightly called normal or anomalous from {self.limit(threshold):g}"

    def targets(self, network: Network) -> PlaceTargets:
        """See `Task.targets`."""
        return PlaceTargets(network.heads[0].grid or (1, network.units))

    def read(
        self,
        network: Network,
        samples: Sequence[Sample],
        outputs: Floats,
        geometry: Geometries | None = None,
    ) -> AnomalyAnswers:
        """See `Task.read`."""
        own = self.kinds, self.threshold
        return AnomalyAnswers(network, tuple(samples), outputs, *own, geometry)


def _kinds(evidence: Evidence) -> tuple[tuple[str, ...], tuple[Fact, ...]]:
    """What samples may be labelled, the normal one first."""
    labels = evidence.labels
    if evidence.classes:
        normal, *others = evidence.classes
        why = f"named first in {evidence.named_in or 'project.toml'}"
    elif (known := normal_among(labels)) is not None:
        normal, others, why = known, [], "by its name"
    else:
        normal, others, why = NORMAL, [], "nobody labelled a picture so"
    kinds = (normal, *dict.fromkeys([*others, *sorted(labels - {normal})]))
    wrong = kinds[1:] or (ANOMALY,)
    said = Fact("normal pictures", normal, f"{why}; anomalies are {', '.join(wrong)}")
    return (normal, *wrong), (said,)
