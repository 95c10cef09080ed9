"""Regression: how much it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Self

import numpy as np

from gradcam import Network
from gradcam.arrays import Floats
from services.errors import ProjectError
from services.fact import Fact
from services.numbers import are_numbers, is_number, rounded
from services.sample import Sample
from services.tasks.geometry import Geometries
from services.tasks.grades import Grades, alike, answers_one
from services.tasks.regression.answers import ValueAnswers
from services.tasks.regression.targets import ValueTargets
from services.tasks.task import (
    Claim,
    Evidence,
    Measure,
    Strength,
    StudioWords,
    Task,
    TaskSetting,
)

ALL = "All values"
EDGE = 0.05  # share of the labels at either end of their spread


@dataclass(frozen=True)
class Regression(Task):
    """How much it is.

    Attributes:
        output: which unit of the network is compared with the label.
        threshold: an error of at most this is correct.
    """

    output: int = 0
    threshold: float = 0.1

    name = "regression"
    settings = (TaskSetting("output", whole=True), TaskSetting("threshold"))
    measure = Measure("mean error", in_percent=False, higher_is_better=False)

    @classmethod
    def reads(cls, network: Network) -> bool:
        """Any rows of numbers, those of several outputs numbered through."""
        return all(head.grid is None and not head.is_table for head in network.heads)

    @classmethod
    def claim(cls, evidence: Evidence) -> Claim | None:
        """See `Task.claim`."""
        numeric = are_numbers(evidence.labels)
        if len(evidence.network.heads) > 1 and (numeric or not evidence.labels):
            return Claim("the network has several outputs, all of values", Strength.CERTAIN)
        why = "the labels are numbers and the network ends in values"
        return Claim(why, Strength.POSSIBLE) if numeric else None

    @classmethod
    def settled(cls, evidence: Evidence) -> tuple[Self, tuple[Fact, ...]]:
        """See `Task.settled`."""
        settings, units = evidence.settings, evidence.network.units
        output = int(settings.get("output", cls.output))
        if output >= units:
            raise ProjectError(
                f"project.toml asks for output {output}, but the network has {units}, "
                "numbered from 0."
            )
        facts: tuple[Fact, ...] = ()
        if units > 1 and "output" not in settings:
            another = "[regression] output in project.toml names another"
            why = f"the first is compared with the label; {another}"
            facts = (Fact("unit", f"0 of {units}", why),)
        threshold = settings.get("threshold")
        if threshold is None:
            threshold, fact = _worked_out(evidence.labels)
            facts += (fact,)
        return cls(output, threshold), facts

    @classmethod
    def from_studio(cls, names: Sequence[str], thresholds: Mapping[str, float]) -> StudioWords:
        """The error up to which Studio calls a value correct; its key has changed over time."""
        named = [value for key, value in thresholds.items() if "error" in key]
        limits = named or list(thresholds.values())
        if len(limits) != 1 or not 0 <= limits[0] < inf:
            return StudioWords((), {}, ())
        fact = Fact("threshold", f"{limits[0]:g}", "from the learning block")
        return StudioWords((), {"threshold": limits[0]}, (fact,))

    def obstacle(self, label: str) -> str:
        """See `Task.obstacle`."""
        return "" if is_number(label) else f"its label “{label}” is not a number"

    def grade(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Grades:
        """The mean error, beside that of who always says the middle one of what is true."""
        true, said = np.array([float(label) for label in labels]), outputs[:, self.output]
        error = np.nan_to_num(np.abs(said - true), nan=inf, posinf=inf)
        blind = -np.abs(true - np.median(true))
        one = answers_one(said, true)
        merits = np.minimum(blind, -error) if one else -error
        return Grades(float(error.mean()), merits, alike(np.zeros(len(true))), blind, 0.5, 0.0, one)

    @property
    def names(self) -> tuple[str, ...]:
        """None: values have no names."""
        return ()

    @property
    def groups(self) -> tuple[str, ...]:
        """One of all."""
        return (ALL,)

    def groups_of(self, label: str) -> tuple[str, ...]:
        """The one of all."""
        return (ALL,)

    def limit(self, threshold: float | None) -> float:
        """See `Task.limit`."""
        return self.threshold if threshold is None else threshold

    @property
    def kept_as(self) -> tuple[str, str]:
        """See `Task.kept_as`."""
        return "()", repr(self)

    def right_said(self, threshold: float | None) -> str:
        """See `Task.right_said`."""
        return f"correct within {self.limit(threshold):g}"

    def targets(self, network: Network) -> ValueTargets:
        """See `Task.targets`."""
        return ValueTargets(network.units, self.output)

    def read(
        self,
        network: Network,
        samples: Sequence[Sample],
        outputs: Floats,
        geometry: Geometries | None = None,
    ) -> ValueAnswers:
        """See `Task.read`."""
        return ValueAnswers(network, tuple(samples), outputs, self.output, self.threshold)


def _worked_out(labels: frozenset[str]) -> tuple[float, Fact]:
    """A threshold that nobody named: a tenth of the labels' spread."""
    values = np.array(sorted(float(label) for label in labels if is_number(label)))
    way_out = "[regression] threshold in project.toml names another"
    low, high = np.quantile(values, (EDGE, 1 - EDGE)) if len(values) else (0.0, 0.0)
    if high <= low:
        own = Regression.threshold
        return own, Fact("threshold", f"{own:g}", f"the usual one; {way_out}")
    # What lies beyond the edges may be a slip of the pen, so they are left out and made up for.
    tenth = float(f"{(high - low) / (1 - 2 * EDGE) / 10:.1g}")
    spread = f"a tenth of the labels' range, {rounded(values[0])} to {rounded(values[-1])}"
    return tenth, Fact("threshold", f"{tenth:g}", f"{spread}; {way_out}")
