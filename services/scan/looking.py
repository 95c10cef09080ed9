"""One pass over the test set: where the heat of each picture lies, and what the picture is like."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Self

import numpy as np

from gradcam import PictureError, capture, compute_maps
from gradcam.arrays import Floats, Numbers, Picture
from gradcam.side_by_side import in_order
from gradcam.spray import heat_shares
from services.choices.recipe import Recipe
from services.engines.maker import Makers, nobody_else
from services.engines.passes import Pass, as_told, batches_of, samples_told
from services.heatmaps.heatmaps import targets_of
from services.keeping.kept import Arrays
from services.media.medium import Reading
from services.media.properties import LOOKED_AT
from services.media.reading import BATCH_SIZE, in_parts, readable, reading_ahead
from services.media.shown import shrunk
from services.predictions.predictions import Predictions, with_outputs
from services.project import Project
from services.scan.around import LOOKS, ZONES, heat_around, looks_of
from services.scan.parts import PartToLookAt, parts_heard, parts_to_look_at, parts_told
from services.tasks.located import Located
from services.tasks.shown import Positions
from services.work.progress import Progress

NO_PICTURE: Picture = np.zeros((0, 0, 3), np.uint8)


@dataclass(frozen=True)
class SeenSample:
    """What is kept of a sample until its batch is looked at; its picture only for its parts."""

    tensor: Floats
    properties: Numbers
    size: tuple[int, int]
    picture: Picture


@dataclass(frozen=True)
class LookedParts:
    """What was seen of the P parts that lie somewhere, of the samples that are still there.

    Attributes:
        numbers: (P,) int, which of the located parts.
        looks: (P, 9, 3) float64, what lies on each and around it, see `looks_of`.
        heat: (P, 2, 9) float64, where its heat lies, see `heat_around`.
    """

    numbers: Positions
    looks: Numbers
    heat: Numbers


NO_PARTS = LookedParts(np.zeros(0, np.int64), np.zeros((0, 9, 3)), np.zeros((0, 2, 9)))


@dataclass(frozen=True)
class Looked:
    """What was seen of the M samples that are still there.

    Attributes:
        positions: (M,) int, of the samples.
        shares: (M, h, w) float32, where the heat lies, see `heat_shares`.
        properties: (M, P) float64, how much each has of the medium's properties.
        parts: of those that have parts.
    """

    positions: Positions
    shares: Floats
    properties: Numbers
    parts: LookedParts = NO_PARTS


@dataclass(frozen=True)
class Measuring(Pass):
    """Where the heat of samples lies for what the network chose, and their properties.

    Attributes:
        predictions: of the project; all of them are looked at.
        layer: which layer is explained.
        looked_at: the parts of all samples that lie somewhere.
    """

    predictions: Predictions
    layer: str
    looked_at: tuple[PartToLookAt, ...] = ()

    name = "scan"

    @cached_property
    def parts(self) -> list[Sequence[int]]:
        """The positions of each batch."""
        return in_parts(range(len(self.predictions)), BATCH_SIZE)

    @property
    def count(self) -> int:
        """See `Pass.count`."""
        return len(self.parts)

    @property
    def told(self) -> Arrays:
        """See `Pass.told`; the network need not choose anew."""
        samples, outputs = self.predictions.samples, self.predictions.outputs
        told = {"layer": self.layer, "samples": as_told(samples), "outputs": outputs}
        return {**told, "parts": parts_told(self.looked_at)}

    @classmethod
    def again(cls, project: Project, told: Arrays) -> Self:
        """See `Pass.again`."""
        samples = samples_told(project, told["samples"])
        predictions = with_outputs(project, samples, told["outputs"])
        return cls(predictions, str(told["layer"]), parts_heard(told["parts"]))

    def made(
        self, numbers: Sequence[int], progress: Progress
    ) -> Generator[tuple[int, Arrays], None, None]:
        """See `Pass.made`."""
        predictions, parts = self.predictions, [self.parts[number] for number in numbers]
        samples = ([predictions.samples[position] for position in part] for part in parts)
        seen = _seen_with_parts if self.looked_at else _seen
        with reading_ahead(predictions.project.medium, samples, seen) as coming:
            good = (readable(part, read) for part, read in zip(parts, coming, strict=True))
            calls = (partial(self._looked_at, each) for each in good)
            at_once = progress.at_once(predictions.project.network.side_by_side)
            with closing(in_order(calls, at_once)) as coming_on:
                yield from zip(numbers, coming_on, strict=True)

    def _looked_at(self, good: Sequence[tuple[int, SeenSample]]) -> Arrays:
        """One batch; of no position where nothing of it can be read."""
        there = np.array([position for position, _ in good], np.int64)
        if not good:
            return {"positions": there}
        predictions, tensors = self.predictions, {at: seen.tensor for at, seen in good}
        captured = capture(
            predictions.project.network,
            np.stack(list(tensors.values())),
            self.layer,
            targets_of(predictions, there.tolist(), Recipe()),
        )
        shares = heat_shares(compute_maps(captured, predictions.project.usual.method))
        properties = np.array([seen.properties for _, seen in good])
        numbers = [n for n, part in enumerate(self.looked_at) if part.position in tensors]
        own = dict(good)
        looks = [
            looks_of(own[part.position].picture, part.region)
            for part in map(self.looked_at.__getitem__, numbers)
        ]
        return {
            "positions": there,
            "shares": shares,
            "properties": properties,
            "numbers": np.array(numbers, np.int64),
            "looks": np.reshape(looks, (len(numbers), len(ZONES), len(LOOKS))).astype(np.float64),
            "heat": self._heat(numbers, tensors, {at: seen.size for at, seen in good}),
        }

    def _heat(
        self,
        numbers: Sequence[int],
        tensors: Mapping[int, Floats],
        sizes: Mapping[int, tuple[int, int]],
    ) -> Numbers:
        """(len(numbers), 2, 9) where the heat of parts lies; NaN of what is not said."""
        project = self.predictions.project
        heat = np.full((len(numbers), 2, len(ZONES)), np.nan)
        said = [
            (row, part, part.target)
            for row, part in enumerate(map(self.looked_at.__getitem__, numbers))
            if part.target is not None
        ]
        for some in in_parts(said, BATCH_SIZE):
            captured = capture(
                project.network,
                np.stack([tensors[part.position] for _, part, _ in some]),
                self.layer,
                [target for _, _, target in some],
            )
            maps = np.maximum(np.nan_to_num(compute_maps(captured, project.usual.method)), 0.0)
            for (row, part, _), warm in zip(some, maps, strict=True):
                size = sizes[part.position]
                region = project.medium.placement(size).onto_input(part.region.scaled(*size))
                inside = region.share_of(project.medium.width, project.medium.height)
                heat[row] = heat_around(warm, inside)
        return heat


def look(
    predictions: Predictions,
    layer: str,
    progress: Progress,
    makers: Makers = nobody_else,
    located: Sequence[Located] = (),
) -> Looked:
    """Read, explain and look at every sample once.

    Args:
        predictions: of the project.
        layer: which layer is explained.
        progress: is told how far it is.
        makers: who makes the batches.
        located: the parts that are looked at as well.

    Raises:
        GradcamError: the layer does not lead to the output, or every picture is gone.
        Cancelled: the person left.
    """
    called = predictions.project.medium.called
    progress.begin(f"Measuring every {called.one}", len(predictions))
    work = Measuring(predictions, layer, tuple(parts_to_look_at(predictions, located)))
    looked = dict[int, Arrays]()
    with closing(batches_of(work, makers, progress)) as batches:
        for number, arrays in batches:
            looked[number] = arrays
            progress.advance(len(work.parts[number]))
    there = [arrays for _, arrays in sorted(looked.items()) if len(arrays["positions"])]
    if not there:
        raise PictureError(f"None of the {called.many} is there any more.")
    whole = {name: np.concatenate([each[name] for each in there]) for name in there[0]}
    parts = LookedParts(whole["numbers"], whole["looks"], whole["heat"])
    return Looked(whole["positions"], whole["shares"], whole["properties"], parts)


def _seen(reading: Reading) -> SeenSample:
    return SeenSample(reading.tensor, reading.properties, reading.size, NO_PICTURE)


def _seen_with_parts(reading: Reading) -> SeenSample:
    small = shrunk(reading.picture, LOOKED_AT)
    return SeenSample(reading.tensor, reading.properties, reading.size, small)
