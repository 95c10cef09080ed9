"""What a mistake may come from: facts that can be checked, each a question with its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import PictureError, focus
from gradcam.arrays import Numbers
from services.heatmaps.heatmaps import Heatmap, placed
from services.judging.review import nearness
from services.keeping.store import BoundedStore
from services.media.medium import Medium
from services.media.property import Property, Unusual
from services.numbers import percent
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import thumbnail
from services.tables import Cell
from services.work.asked import INTERACTIVE, Asked
from services.work.progress import Progress

LOOKED_AT = 200  # samples whose properties say what is ordinary
STRAY = 0.3  # share of the heat in what is not the sample's object
BORDER = 0.6  # share of the heat in the outer tenth of each side; even heat has 0.36
TINY = 0.02  # share of the picture
EXTREME = 0.05  # share of the samples beyond one that counts as unusual
SIDE = 192  # pixels of the picture that heat is measured on

_properties: BoundedStore[str, Numbers] = BoundedStore(20_000)
_ordinary: BoundedStore[str, Ordinary] = BoundedStore(64)


@dataclass(frozen=True)
class Reason:
    """Something to look into.

    Attributes:
        question: in words.
        figure: the fact that it rests on, with its number.
    """

    question: str
    figure: str


@dataclass(frozen=True)
class Ordinary:
    """What samples of a test set are like, from some of them.

    Attributes:
        values: (n, P) float64, how much each has of the medium's properties.
    """

    values: Numbers


@dataclass(frozen=True)
class Looking(Asked[Ordinary]):
    """The properties of up to 200 samples, evenly taken.

    Attributes:
        predictions: of the project.
    """

    predictions: Predictions

    words = "look at what is ordinary"
    weight = INTERACTIVE

    @property
    def digest(self) -> str:
        """Tells whether two people look at the same pictures."""
        return f"properties {self.predictions.digest_of_files}"

    @property
    def found(self) -> Ordinary | None:
        """What is ordinary, once it is known."""
        return _ordinary.get(self.digest)

    def make(self, progress: Progress) -> Ordinary:
        """See `Asked.make`."""
        some = self.predictions.spread(LOOKED_AT)
        medium = self.predictions.project.medium
        progress.begin(f"Measuring {unusual_said(medium)}", len(some))
        seen = []
        for position in some:
            numbers = _seen(self.predictions, position)
            seen += [] if numbers is None else [numbers]
            progress.advance()
        ordinary = Ordinary(np.array(seen, np.float64).reshape(-1, len(medium.properties)))
        _ordinary.put(self.digest, ordinary)
        return ordinary


def reasons(
    predictions: Predictions, position: int, heatmap: Heatmap, ordinary: Ordinary
) -> tuple[Reason, ...]:
    """What stands out about a sample; empty where nothing does.

    Args:
        predictions: of the project.
        position: of the sample.
        heatmap: of what the network says of it.
        ordinary: the test set to hold it against.
    """
    return (
        *_of_the_heat(predictions, position, heatmap),
        *_of_the_label(predictions, position),
        *_of_the_sample(predictions, position, ordinary),
        *_of_the_size(predictions, position),
    )


def reason_rows(
    predictions: Predictions, reasons: Sequence[tuple[int, Sequence[Reason]]]
) -> list[dict[str, Cell]]:
    """A row for each reason of each sample; one without any has one row with empty cells.

    Args:
        predictions: of the project.
        reasons: (position, its reasons) of each sample.
    """
    return [
        {
            "sample": predictions.samples[position].id,
            "question": reason.question,
            "figure": reason.figure,
        }
        for position, why in reasons
        for reason in why or (Reason("", ""),)
    ]


def _of_the_heat(predictions: Predictions, position: int, heatmap: Heatmap) -> Iterator[Reason]:
    if heatmap.reason is not None:
        yield Reason("Does another layer show more?", f"The map is blank: {heatmap.reason.value}")
        return
    picture = thumbnail(predictions, position, SIDE).picture
    heat = placed(predictions, position, heatmap.heat, picture)
    even = np.where(np.isnan(heat), heat, np.float32(1.0))
    border, plain = focus(heat).border, focus(even).border
    # Where axes measure something, the edge is as good a place as any: low tones, the first word.
    if border >= BORDER and predictions.project.medium.axes is None:
        yield Reason(
            "Does it look at the border?",
            f"{percent(border)} of the heat is in the outer tenth of each side; "
            f"even heat would have {percent(plain)}",
        )
    scale = picture.shape[1] / float(predictions.sizes[position, 0])
    own = predictions.answers.mistakes.own_boxes(position)
    boxes = predictions.samples[position].boxes
    for label in dict.fromkeys(box.label for box in boxes):
        places = [each.box.scaled(scale, scale) for each in boxes if each.label == label]
        inside, fair = focus(heat, places).boxes, focus(even, places).boxes
        figure = (
            f"{percent(inside)} of the heat is on {label}; even heat would have {percent(fair)}"
        )
        if label in own and inside < fair:
            yield Reason(f"Does it look past {label}?", figure)
        if label not in own and inside >= max(STRAY, 2 * fair):
            yield Reason(f"Does it look at {label}?", figure)


def _of_the_label(predictions: Predictions, position: int) -> Iterator[Reason]:
    sample, digest = predictions.samples[position], predictions.digests[position]
    if sample.label is None:
        return
    for same in predictions.copies.get(digest, ()):
        other = predictions.samples[same]
        if other.label not in {None, sample.label}:
            yield Reason("Which label is right?", f"The same file is {other.label} in {other.id}")
            break
    doubt = predictions.answers.likeness.label_doubt(position, nearness(predictions, position))
    if doubt is not None:
        yield Reason(*doubt)


def unusual_said(medium: Medium) -> str:
    """What is measured to tell an unusual sample: `brightness and sharpness`."""
    names = [
        each.figure.partition(" (")[0]
        for each in medium.properties
        if each.too_low is not None or each.too_high is not None
    ]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _of_the_sample(predictions: Predictions, position: int, ordinary: Ordinary) -> Iterator[Reason]:
    own = _seen(predictions, position)
    if own is None or not len(ordinary.values):
        return
    medium = predictions.project.medium
    for what, value, usual in zip(medium.properties, own, ordinary.values.T, strict=True):
        median = float(np.median(usual))
        low, high = what.too_low, what.too_high
        if low is not None and value < low.limit(median):
            yield from _unusual(medium, what, low, value, median, float((usual < value).mean()))
        if high is not None and value > high.limit(median):
            yield from _unusual(medium, what, high, value, median, float((usual > value).mean()))


def _unusual(
    medium: Medium, what: Property, how: Unusual, value: float, median: float, beyond: float
) -> Iterator[Reason]:
    if beyond > EXTREME:
        return
    yield Reason(
        how.question,
        f"Its {what.figure} is {value:{what.digits}}{what.unit}, the median "
        f"{median:{what.digits}}{what.unit}; "
        f"{percent(beyond)} of the {medium.called.many} {how.others}",
    )


def _of_the_size(predictions: Predictions, position: int) -> Iterator[Reason]:
    width, height = (int(side) for side in predictions.sizes[position])
    own = predictions.answers.mistakes.own_boxes(position)
    shares = [
        box.width * box.height / (width * height)
        for box in predictions.samples[position].boxes
        if box.label in own
    ]
    if shares and max(shares) < TINY:
        yield Reason(
            f"Is {' or '.join(sorted(own))} too small to see?",
            f"Its largest box covers {percent(max(shares), 1)} of the picture",
        )
    medium = predictions.project.medium
    if medium.axes is None and 2 * width <= medium.width and 2 * height <= medium.height:
        yield Reason(
            "Is the picture too small?",
            f"Its {width} × {height} pixels are enlarged to {medium.width} × {medium.height}",
        )


def _seen(predictions: Predictions, position: int) -> Numbers | None:
    """How much a sample has of the medium's properties; None where its file is gone."""
    digest = predictions.digests[position]
    numbers = _properties.get(digest)
    if numbers is None:
        sample, medium = predictions.samples[position], predictions.project.medium
        try:
            numbers = medium.read(sample.path, sample.window).properties
        except PictureError:
            return None
        _properties.put(digest, numbers)
    return numbers
