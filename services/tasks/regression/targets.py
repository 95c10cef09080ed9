"""An output as it is: what raises its value, or what lowers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gradcam import Target
from services.errors import ProjectError
from services.tasks.targets import NOBODY, PREDICTED, TRUE, TargetOption, Targets


@dataclass(frozen=True)
class ValueTargets(Targets):
    """The outputs of a network, `=0` for what raises it, `-0` for what lowers it.

    Attributes:
        units: how many the network has.
        own: which of them the project is about.
    """

    units: int
    own: int

    @property
    def options(self) -> tuple[TargetOption, ...]:
        """Each output both ways."""
        return tuple(
            TargetOption(f"{sign}{unit}", f"what {does} {self._called(unit)}")
            for unit in range(self.units)
            for sign, does in (("=", "raises"), ("-", "lowers"))
        )

    @property
    def default(self) -> str:
        """What raises the project's own output."""
        return f"={self.own}"

    def checked(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.checked`; what is set against it is left over from another project."""
        if self._named(target) is None:
            raise ProjectError(
                f"There is no output “{target[1:]}” in this network; it has "
                f"{self.units}, numbered from 0."
            )
        return target, NOBODY

    def typed(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.typed`."""
        if against:
            raise ProjectError(
                "A regression has no classes, so nothing can be set against its value."
            )
        known = target in {PREDICTED, TRUE} or target.startswith("=")
        return target if known or re.fullmatch(r"-\d+", target) else f"={target}", against

    def early(
        self,
        target: str,
        against: str,
        labels: Sequence[str | None],
    ) -> list[Target | None]:
        """The same output for all."""
        return [self.of(target)] * len(labels)

    def names(self, target: Target) -> tuple[str, str]:
        """See `Targets.names`."""
        return self._called(target.index), ""

    def of(self, target: str) -> Target:
        """The output that is meant; the project's own where the network has no such output."""
        return self._named(target) or Target.for_output(self.own)

    def _named(self, target: str) -> Target | None:
        sign, number = target[:1], target[1:]
        if sign not in {"=", "-"}:
            return Target.for_output(self.own)
        if not number.isdecimal() or int(number) >= self.units:
            return None
        return Target.for_output(int(number), lowers=sign == "-")

    def _called(self, unit: int) -> str:
        return "the value" if self.units == 1 else f"output {unit}"
