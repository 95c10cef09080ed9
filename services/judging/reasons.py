"""What a mistake may come from: facts that can be checked, each a question with its figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import PictureError, focus
from gradcam.arrays import Floats
from services.heatmaps.heatmaps import Heatmap, placed
from services.judging.review import nearness
from services.keeping.store import BoundedStore
from services.media.properties import Properties, properties_of
from services.numbers import percent
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import thumbnail
from services.sample import spread
from services.tables import Cell
from services.work.asked import INTERACTIVE, Asked
from services.work.progress import Progress

LOOKED_AT = 200  # samples whose properties say what is ordinary
STRAY = 0.3  # share of the heat in what is not the sample's object
BORDER = 0.6  # share of the heat in the outer tenth of each side; even heat has 0.36
TINY = 0.02  # share of the picture
EXTREME = 0.05  # share of the samples beyond a picture that counts as dark, bright or blurred
SIDE = 192  # pixels of the picture that heat is measured on

_properties: BoundedStore[str, Properties] = BoundedStore(20_000)
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
    """What pictures of a test set are like, from some of its samples.

    Attributes:
        brightness, sharpness: (n,) float32, one for each of them.
    """

    brightness: Floats
    sharpness: Floats


@dataclass(frozen=True)
class Looking(Asked[Ordinary]):
    """The properties of up to 200 samples, evenly taken.

    Attributes:
        predictions: of the project.
    """

    predictions: Predictions

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
        some = spread(self.predictions.samples, LOOKED_AT)
        progress.begin("Measuring brightness and sharpness", len(some))
        seen = []
        for sample in some:
            properties = _seen(self.predictions, self.predictions.positions[sample.id])
            seen += [] if properties is None else [(properties.brightness, properties.sharpness)]
            progress.advance()
        table = np.array(seen, np.float32).reshape(-1, 2)
        ordinary = Ordinary(table[:, 0], table[:, 1])
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
        *_of_the_picture(predictions, position, ordinary),
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
    if border >= BORDER:
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


def _of_the_picture(
    predictions: Predictions, position: int, ordinary: Ordinary
) -> Iterator[Reason]:
    own = _seen(predictions, position)
    if own is None or not len(ordinary.brightness):
        return
    median = float(np.median(ordinary.brightness))
    darker = float((ordinary.brightness < own.brightness).mean())
    figure = f"Its brightness is {own.brightness:.2f}, the median {median:.2f}"
    if darker <= EXTREME and own.brightness < 0.75 * median:
        yield Reason("Is it too dark?", f"{figure}; {percent(darker)} of the pictures are darker")
    brighter = float((ordinary.brightness > own.brightness).mean())
    if brighter <= EXTREME and own.brightness > 1.25 * median:
        more = f"{percent(brighter)} of the pictures are brighter"
        yield Reason("Is it too bright?", f"{figure}; {more}")
    median = float(np.median(ordinary.sharpness))
    softer = float((ordinary.sharpness < own.sharpness).mean())
    if softer <= EXTREME and own.sharpness < 0.5 * median:
        yield Reason(
            "Is it blurred?",
            f"Its sharpness (variance of the Laplacian) is {own.sharpness:.3g}, the median "
            f"{median:.3g}; {percent(softer)} of the pictures are softer",
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
    if 2 * width <= medium.width and 2 * height <= medium.height:
        yield Reason(
            "Is the picture too small?",
            f"Its {width} × {height} pixels are enlarged to {medium.width} × {medium.height}",
        )


def _seen(predictions: Predictions, position: int) -> Properties | None:
    """A sample's properties; None where its picture is gone."""
    digest = predictions.digests[position]
    properties = _properties.get(digest)
    if properties is None:
        medium = predictions.project.medium
        try:
            properties = properties_of(medium.read(predictions.samples[position].path).picture)
        except PictureError:
            return None
        _properties.put(digest, properties)
    return properties
