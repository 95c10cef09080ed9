"""The logit of one label: labels exclude nothing, so none is set against another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcam import Target
from services.errors import ProjectError
from services.tasks.targets import NOBODY, PREDICTED, TargetOption, Targets


@dataclass(frozen=True)
class LabelTargets(Targets):
    """The logits of some labels.

    Attributes:
        names: of the labels, in the order of the network's outputs.
        are_shares: whether the network gives scores itself, and no logits.
    """

    names_of_labels: tuple[str, ...]
    are_shares: bool = True

    default = PREDICTED

    @property
    def options(self) -> tuple[TargetOption, ...]:
        """The surest label of each sample, then each label."""
        named = (TargetOption(f"={name}", name) for name in self.names_of_labels)
        return (TargetOption(PREDICTED, "the top label"), *named)

    def checked(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.checked`."""
        if against != NOBODY:
            raise ProjectError("Labels do not exclude each other, so none is set against another.")
        if target != PREDICTED and self.of(target) is None:
            some = ", ".join(self.names_of_labels[:8])
            some += ", …" if len(self.names_of_labels) > 8 else ""
            raise ProjectError(
                f"There is no label “{target.removeprefix('=')}” in this project; it has {some}."
            )
        return target, against

    def typed(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.typed`."""
        named = target != PREDICTED and not target.startswith("=")
        return self.checked(f"={target}" if named else target, against)

    def early(
        self, target: str, against: str, labels: Sequence[str | None]
    ) -> list[Target | None] | None:
        """See `Targets.early`."""
        named = self.of(target)
        if named is None and not self.are_shares:
            return None
        return [named] * len(labels)

    def names(self, target: Target) -> tuple[str, str]:
        """See `Targets.names`."""
        return self.names_of_labels[target.index], ""

    def of(self, words: str) -> Target | None:
        """The label that is meant; None where the words name none."""
        name = words.removeprefix("=")
        if name == words or name not in self.names_of_labels:
            return None
        return self.label(self.names_of_labels.index(name))

    def label(self, index: int) -> Target:
        """A label by its number: where the network gives logits, read as such."""
        return Target.for_class(index) if self.are_shares else Target.for_output(index)
