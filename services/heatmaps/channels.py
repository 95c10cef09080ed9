"""The channels of the chosen layer: of one sample at once, over the test set in the background."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gradcam import Ability, Capture, Fit
from gradcam.arrays import Floats
from gradcam.channels import Survey, contributions, survey
from services.choices.options import ChannelSort
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import captures, layer_name, tensors
from services.heatmaps.prices import try_predictions
from services.keeping.digests import context_of
from services.keeping.drawers import SURVEYS
from services.keeping.kept import Kept, packed, unpacked
from services.keeping.store import BoundedStore
from services.media.reading import BATCH_SIZE
from services.predictions.predicting import PREDICTING
from services.predictions.predictions import Predictions
from services.work.asked import INTERACTIVE, LONG, Asked, Weight
from services.work.price import Price
from services.work.progress import Progress

SOME = 200  # samples over which dead and active channels are counted
BATCH_BYTES = 64_000_000  # of activations at once
VERSION = "1"  # of the meaning of what is kept on disk

_examples: BoundedStore[tuple[str, int], Floats] = BoundedStore(16_000_000, lambda m: m.nbytes)


def _packed(counted: Survey) -> bytes:
    return packed({name: np.asarray(value) for name, value in vars(counted).items()})


def _unpacked(content: bytes) -> Survey:
    values = dict(unpacked(content))
    return Survey(int(values.pop("count")), **values)


_surveys = Kept(
    SURVEYS,
    "npz",
    _packed,
    _unpacked,
    BoundedStore[str, Survey](
        32_000_000,
        lambda counted: counted.best.nbytes + counted.peaks.nbytes + counted.active.nbytes * 2,
    ),
)


@dataclass(frozen=True)
class Channels:
    """The C channels of a layer in one sample.

    Attributes:
        maps: (h, w, C) float32.
        contributions: (C,) float32, see `gradcam.channels.contributions`.
        survey: what they did in this one sample.
    """

    maps: Floats
    contributions: Floats
    survey: Survey

    def __len__(self) -> int:
        """C."""
        return self.maps.shape[-1]

    def order(self, sort: ChannelSort) -> NDArray[np.int64]:
        """(C,) the channels in an order, equal ones by number."""
        match sort:
            case ChannelSort.CONTRIBUTION:
                by = -np.abs(self.contributions)
            case ChannelSort.ACTIVATION:
                by = -np.abs(self.maps).mean(axis=(0, 1))
            case ChannelSort.NUMBER:
                by = np.arange(len(self))
        return np.argsort(by, kind="stable")


def channels_of(predictions: Predictions, position: int, recipe: Recipe) -> Channels:
    """The channels of the chosen layer in a sample.

    Raises:
        GradcamError: the picture is gone, or the layer does not lead to the output.
    """
    network = predictions.project.network
    network.fit("What a channel adds to the target", Ability.LAYER_GRADIENTS).required()
    (captured,) = captures(predictions, [position], recipe)
    return _channels(captured)


def _channels(captured: Capture) -> Channels:
    return Channels(
        captured.activations[0], contributions(captured)[0], survey([captured.activations], top=1)
    )


@dataclass(frozen=True)
class SurveyWanted(Asked[Survey]):
    """What each channel of a layer does over the test set, or over some of it evenly taken.

    Attributes:
        predictions: of the project.
        layer: its name.
        most: how many samples at most; None for all.
    """

    predictions: Predictions
    layer: str
    most: int | None = None

    words = "survey of channels"

    @property
    def positions(self) -> list[int]:
        """Of the samples that are looked over."""
        if self.most is None or len(self.predictions) <= self.most:
            return list(range(len(self.predictions)))
        return sorted(self.predictions.spread(self.most))

    @property
    def weight(self) -> Weight:
        """See `Asked.weight`; some are soon looked over."""
        return LONG if self.most is None else INTERACTIVE

    @property
    def digest(self) -> str:
        """Tells whether two people want the same; made of the contents."""
        project = self.predictions.project
        context = context_of(project.network, project.medium)
        told = hashlib.sha256(f"{VERSION} {context} {self.layer}".encode())
        for position in self.positions:
            told.update(self.predictions.digests[position].encode())
        return told.hexdigest()

    @property
    def fit(self) -> Fit:
        """Whether the network tells its activations."""
        network = self.predictions.project.network
        return network.fit("This survey", Ability.ACTIVATIONS)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        project = self.predictions.project
        own, like = project.work(f"activations {self.layer}"), project.work(PREDICTING)
        return Price(
            len(self.positions),
            "prediction",
            own,
            (like,),
            trial=partial(try_predictions, self.predictions),
        )

    @property
    def found(self) -> Survey | None:
        """What came of it, once it is there; its pictures are numbered as `positions`."""
        return _surveys.get(self.digest)

    @property
    def missing(self) -> int:
        """How many samples have still to be looked over: all or none."""
        return 0 if self.found is not None else max(1, len(self.positions))

    def make(self, progress: Progress) -> Survey:
        """See `Asked.make`."""
        counted = survey(self._batches(progress))
        _surveys.put(self.digest, counted)
        return counted

    def _batches(self, progress: Progress) -> Iterator[Floats]:
        network, positions = self.predictions.project.network, self.positions
        layer = network.layer(self.layer)
        bytes_each = 4 * layer.cells * layer.channels
        size = max(1, min(BATCH_SIZE, BATCH_BYTES // bytes_each))
        progress.begin(f"Looking at {layer.name.rpartition('/')[2]}", len(positions))
        for start in range(0, len(positions), size):
            part = positions[start : start + size]
            yield network.activations(tensors(self.predictions, part), self.layer)
            progress.advance(len(part))


def some_wanted(predictions: Predictions, recipe: Recipe) -> SurveyWanted:
    """The survey over which dead and active channels are counted."""
    return SurveyWanted(predictions, layer_name(predictions, recipe), SOME)


def all_wanted(predictions: Predictions, recipe: Recipe) -> SurveyWanted:
    """The survey that finds the samples where a channel reaches highest."""
    return SurveyWanted(predictions, layer_name(predictions, recipe))


def examples(
    wanted: SurveyWanted, counted: Survey, channel: int
) -> tuple[list[tuple[int, float]], Floats]:
    """The samples where a channel reaches highest, and its maps of these.

    Returns:
        (position, peak) of each, highest first; and the maps, (n, h, w) float32.

    Raises:
        PictureError: a picture is gone.
    """
    positions = wanted.positions
    best = [(positions[number], peak) for number, peak in counted.examples(channel)]
    if not best:
        return [], np.zeros((0, 1, 1), np.float32)
    key = wanted.digest, channel
    maps = _examples.get(key)
    if maps is None:
        batch = tensors(wanted.predictions, [position for position, _ in best])
        every = wanted.predictions.project.network.activations(batch, wanted.layer)
        maps = np.ascontiguousarray(every[..., channel])
        _examples.put(key, maps)
    return best, maps
