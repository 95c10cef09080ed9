"""What a mistake may come from: facts that can be checked, each a question with its figure."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import PictureError, focus
from gradcam.arrays import Floats
from services.heatmaps.heatmaps import Heatmap, placed
from services.judging.review import nearness
from services.keeping.store import BoundedStore
from services.media.properties import Properties, properties_of
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import thumbnail
from services.sample import spread
from services.tables import Cell
from services.work.asked import INTERACTIVE, Asked
from services.work.progress import Progress

LOOKED_AT = 200  # samples whose properties say what is ordinary
NEIGHBOURS = 5
MOST = 4  # of these: so many carry the label that the network gave
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
        told = hashlib.sha256("".join(self.predictions.digests).encode())
        return f"properties {told.hexdigest()}"

    @property
    def found(self) -> Ordinary | None:
        """What is ordinary, once it is known."""
        return _ordinary.get(self.digest)

    def make(self, progress: Progress) -> Ordinary:
        """See `Asked.make`."""
        some = spread(self.predictions.samples, LOOKED_AT)
        progress.begin("Looking at how bright and sharp the pictures are", len(some))
        seen = []
        for sample in some:
            found = _seen(self.predictions, self.predictions.positions[sample.id])
            seen += [] if found is None else [(found.brightness, found.sharpness)]
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
    predictions: Predictions, found: Sequence[tuple[int, Sequence[Reason]]]
) -> list[dict[str, Cell]]:
    """A row for each reason of each sample; one without any has one row with empty cells.

    Args:
        predictions: of the project.
        found: (position, its reasons) of each sample.
    """
    return [
        {
            "sample": predictions.samples[position].id,
            "question": reason.question,
            "figure": reason.figure,
        }
        for position, why in found
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
            f"{_percent(border)} of the heat lies in the outer tenth of each side; "
            f"even heat would have {_percent(plain)}",
        )
    scale = picture.shape[1] / float(predictions.sizes[position, 0])
    own = _own_labels(predictions, position)
    boxes = predictions.samples[position].boxes
    for label in dict.fromkeys(box.label for box in boxes):
        places = [
            (scale * box.x, scale * box.y, scale * box.width, scale * box.height)
            for box in boxes
            if box.label == label
        ]
        inside, fair = focus(heat, places).boxes, focus(even, places).boxes
        figure = (
            f"{_percent(inside)} of the heat lies in {label}; even heat would have {_percent(fair)}"
        )
        if label in own and inside < fair:
            yield Reason(f"Does it look past {label}?", figure)
        if label not in own and inside >= max(STRAY, 2 * fair):
            yield Reason(f"Does it look at {label}?", figure)


def _of_the_label(predictions: Predictions, position: int) -> Iterator[Reason]:
    sample, digest = predictions.samples[position], predictions.digests[position]
    if sample.label is None:
        return
    for other, its in zip(predictions.samples, predictions.digests, strict=True):
        if its == digest and other.label not in {None, sample.label}:
            yield Reason("Which label is right?", f"The same file is {other.label} in {other.id}")
            break
    alike = nearness(predictions, position)
    if predictions.project.is_regression:
        yield from _of_near_values(predictions, position, alike)
        return
    called, true = int(predictions.predicted[position]), int(predictions.true[position])
    alike[predictions.true < 0] = -np.inf
    if true in {-1, called} or not (predictions.true == called).any():
        return
    near = np.argsort(-alike, kind="stable")[:NEIGHBOURS]
    near = near[np.isfinite(alike[near])]
    so = int((predictions.true[near] == called).sum())
    if so < MOST:
        return
    name = predictions.project.classes[called]
    own = int((predictions.true[near] == true).sum())
    yield Reason(
        f"Is it {name} after all?",
        f"{so} of its {len(near)} nearest neighbours are labelled {name}, "
        f"{own or 'none'} {sample.label}",
    )


def _of_near_values(predictions: Predictions, position: int, alike: Floats) -> Iterator[Reason]:
    true, read = float(predictions.true_values[position]), float(predictions.values[position])
    alike[~np.isfinite(predictions.true_values)] = -np.inf
    near = np.argsort(-alike, kind="stable")[:NEIGHBOURS]
    near = near[np.isfinite(alike[near])]
    if not len(near):
        return
    mean = float(predictions.true_values[near].mean())
    if 2 * abs(mean - read) <= abs(mean - true):
        yield Reason(
            f"Is {true:.3g} the right label?",
            f"Its {len(near)} nearest neighbours are labelled {mean:.3g} on average, "
            f"and it is read as {read:.3g}",
        )


def _of_the_picture(
    predictions: Predictions, position: int, ordinary: Ordinary
) -> Iterator[Reason]:
    found = _seen(predictions, position)
    if found is None or not len(ordinary.brightness):
        return
    median = float(np.median(ordinary.brightness))
    darker = float((ordinary.brightness < found.brightness).mean())
    figure = f"Its brightness is {found.brightness:.2f}, the median {median:.2f}"
    if darker <= EXTREME and found.brightness < 0.75 * median:
        yield Reason("Is it too dark?", f"{figure}; {_percent(darker)} of the pictures are darker")
    brighter = float((ordinary.brightness > found.brightness).mean())
    if brighter <= EXTREME and found.brightness > 1.25 * median:
        more = f"{_percent(brighter)} of the pictures are brighter"
        yield Reason("Is it too bright?", f"{figure}; {more}")
    median = float(np.median(ordinary.sharpness))
    softer = float((ordinary.sharpness < found.sharpness).mean())
    if softer <= EXTREME and found.sharpness < 0.5 * median:
        yield Reason(
            "Is it blurred?",
            f"Its sharpness (variance of the Laplacian) is {found.sharpness:.3g}, the median "
            f"{median:.3g}; {_percent(softer)} of the pictures are softer",
        )


def _of_the_size(predictions: Predictions, position: int) -> Iterator[Reason]:
    width, height = (int(side) for side in predictions.sizes[position])
    own = _own_labels(predictions, position)
    shares = [
        box.width * box.height / (width * height)
        for box in predictions.samples[position].boxes
        if box.label in own
    ]
    if shares and max(shares) < TINY:
        yield Reason(
            f"Is {' or '.join(sorted(own))} too small to see?",
            f"Its largest box covers {_percent(max(shares), 1)} of the picture",
        )
    medium = predictions.project.medium
    if 2 * width <= medium.width and 2 * height <= medium.height:
        yield Reason(
            "Is the picture too small?",
            f"Its {width} × {height} pixels are enlarged to {medium.width} × {medium.height}",
        )


def _own_labels(predictions: Predictions, position: int) -> set[str]:
    """What the boxes of a sample's own object are called.

    As its class; in a regression as what is drawn on most of the samples.
    """
    if not predictions.project.is_regression:
        return {predictions.samples[position].label or ""}
    drawn = Counter(
        label for sample in predictions.samples for label in {box.label for box in sample.boxes}
    )
    return {label for label, count in drawn.items() if 2 * count > len(predictions)}


def _seen(predictions: Predictions, position: int) -> Properties | None:
    """A sample's properties; None where its picture is gone."""
    digest = predictions.digests[position]
    found = _properties.get(digest)
    if found is None:
        medium = predictions.project.medium
        try:
            found = properties_of(medium.read(predictions.samples[position].path).picture)
        except PictureError:
            return None
        _properties.put(digest, found)
    return found


def _percent(share: float, digits: int = 0) -> str:
    return f"{100 * share:.{digits}f}\u00a0%"
