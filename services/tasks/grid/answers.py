"""What was said of the objects of N samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gradcam import Target
from services.tasks.answers import Compared
from services.tasks.grid.export import GridExport
from services.tasks.grid.likeness import GridLikeness
from services.tasks.grid.mistakes import GridMistakes
from services.tasks.grid.pages import GridPages
from services.tasks.grid.targets import GridTargets
from services.tasks.grid.verdicts import GridVerdicts
from services.tasks.located import Located
from services.tasks.other_answer import OtherAnswer
from services.tasks.parts import Address, Place, sample_of


class GridAnswers(GridVerdicts):
    """What a grid said of N samples."""

    @cached_property
    def grid_targets(self) -> GridTargets:
        """What can be explained of them."""
        return GridTargets(self.classes, self.first, self.grid)

    def targets(self, addresses: Sequence[Address], target: str, against: str) -> list[Target]:
        """See `Answers.targets`."""
        return [self._target(address, target, against) for address in addresses]

    def _target(self, address: Address, target: str, against: str) -> Target:
        one = self.object(address) if isinstance(address, Place) else None
        if one is not None:
            return self.grid_targets.of_object(one, target, against)
        position = sample_of(address)
        own, scores = self.objects()[position], self.scores[position]
        return self.grid_targets.of_sample(own, scores, target, against)

    def located(self) -> tuple[Located, ...]:
        """See `Answers.located`: every object."""
        return tuple(
            Located(
                place,
                region,
                one.verdict,
                None if one.true is None else self.classes[one.true],
                None if one.said is None else self.classes[one.said],
            )
            for position, own in enumerate(self.objects())
            for part, one in enumerate(own)
            if (region := self.pages.region(place := Place(position, part))) is not None
        )

    def compared(self, position: int, other: OtherAnswer) -> Compared | None:
        """Object by object: as many of each class, and how far the surest score is off."""
        if other.objects is None:
            return None
        there = sorted(each.box.label for each in other.objects)
        said = [each for one in self.objects()[position] for each in one.detections]
        here = sorted(self.classes[each.kind] for each in said)
        best_here = max((each.score for each in said), default=0.0)
        best_there = max((each.score for each in other.objects), default=0.0)
        words = self.counted_names(there)
        return Compared(here == there, self.counted_names(here), words, abs(best_here - best_there))

    # ----------------------------------------------------------------------------- what is shown

    @cached_property
    def pages(self) -> GridPages:
        """See `Answers.pages`."""
        return GridPages(self)

    @cached_property
    def mistakes(self) -> GridMistakes:
        """See `Answers.mistakes`."""
        return GridMistakes(self)

    @cached_property
    def likeness(self) -> GridLikeness:
        """See `Answers.likeness`."""
        return GridLikeness(self)

    @cached_property
    def export(self) -> GridExport:
        """See `Answers.export`."""
        return GridExport(self)
