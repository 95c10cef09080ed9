"""What was said of the objects of N samples."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from gradcam import Target
from services.sample import LabelledBox
from services.tasks.answers import Answers, Compared
from services.tasks.flips import PartFlips
from services.tasks.grid.detection import Detection
from services.tasks.grid.export import GridExport
from services.tasks.grid.flips import NamedBox, object_flips, same_objects
from services.tasks.grid.likeness import GridLikeness
from services.tasks.grid.mistakes import GridMistakes
from services.tasks.grid.pages import GridPages
from services.tasks.grid.targets import GridTargets
from services.tasks.grid.verdicts import GridVerdicts
from services.tasks.located import Located
from services.tasks.other_answer import OtherAnswer, ScoredBox
from services.tasks.parts import Address, Place, sample_of
from services.tasks.shown import Positions


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
        """Object by object: each of a class at its place, and how far the surest score is off."""
        if other.objects is None:
            return None
        there = sorted(each.box.label for each in other.objects)
        said = [each for one in self.objects()[position] for each in one.detections]
        here = sorted(self.classes[each.kind] for each in said)
        best_here = max((each.score for each in said), default=0.0)
        best_there = max((each.score for each in other.objects), default=0.0)
        words = self.counted_names(there)
        agrees = here == there and self._lie_alike(position, said, other.objects)
        return Compared(agrees, self.counted_names(here), words, abs(best_here - best_there))

    def _lie_alike(
        self, position: int, said: Sequence[Detection], other: Sequence[ScoredBox]
    ) -> bool:
        """Whether both say their objects of the same places, as far as anybody knows where."""
        if self.geometry is None:
            return True
        here = [NamedBox(self.classes[s.kind], self.on_picture(position, s)) for s in said]
        there = [NamedBox(each.box.label, each.box.box) for each in other]
        return len(same_objects(here, there)) == len(here)

    def as_other(self, position: int) -> OtherAnswer:
        """See `Answers.as_other`: every object that is said, in fractions of the picture."""
        said = [each for one in self.objects()[position] for each in one.detections]
        boxes = [self.on_picture(position, each) for each in said]
        both = zip(said, boxes, strict=True)
        return OtherAnswer(
            objects=tuple(
                ScoredBox(
                    LabelledBox(self.classes[one.kind], box.x, box.y, box.width, box.height),
                    one.score,
                )
                for one, box in both
            )
        )

    def part_flips(
        self,
        mine: Positions,
        other: Answers,
        theirs: Positions,
        threshold: float | None = None,
    ) -> PartFlips | None:
        """See `Answers.part_flips`: object by object."""
        if not isinstance(other, GridVerdicts):
            return None
        return object_flips(self, mine, other, theirs, threshold)

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
