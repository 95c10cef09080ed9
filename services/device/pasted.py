"""What a device printed: its picture as one of the person's own, and the fault that fits."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from gradcam import PictureError
from gradcam.arrays import Picture
from gradcam.device.diagnosis import Diagnosis, ExpectedPicture, correlation, diagnosed
from gradcam.device.faults import Fault
from gradcam.device.firmware import DeviceEye
from gradcam.device.print_formats import Printed
from gradcam.device.printed import read_printed
from services.opening.opening import Opened
from services.own.explaining import with_own
from services.own.pictures import OwnPicture
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import THUMBNAIL, thumbnail

NAME = "printed by the device.png"
MOST = 2_000  # test pictures at most that one is looked for among


@dataclass(frozen=True, eq=False)
class Pasted:
    """A print that was read.

    Attributes:
        printed: the picture and how it was printed.
        own: the picture as a file of the person's own, which Explain takes.
    """

    printed: Printed
    own: OwnPicture

    @property
    def said(self) -> str:
        """What it was, and what is missing."""
        height, width = self.printed.picture.shape[:2]
        told = f"{self.printed.printed_as.value[0].upper()}{self.printed.printed_as.value[1:]}, "
        told += f"{width} × {height} pixels{', grey' if self.printed.is_grey else ''}."
        if self.printed.missing:
            told += f" {self.printed.missing:,} values are missing, and black here."
        if self.printed.is_lossy:
            told += " JPEG loses a little of it."
        return told

    @property
    def device_said(self) -> str:
        """The device's own scores, `car 0.98, no car 0.02`; "" where it printed none."""
        return ", ".join(f"{name} {score:.2f}" for name, score in self.printed.scores)


def read_pasted(predictions: Predictions, text: str) -> Pasted:
    """Read what a device printed for this project's network.

    Raises:
        PictureError: it holds no picture of the network's size, in a whole sentence.
    """
    medium = predictions.project.medium
    printed = read_printed(text, medium.width, medium.height)
    buffer = io.BytesIO()
    Image.fromarray(printed.picture).save(buffer, "PNG")
    return Pasted(printed, OwnPicture(NAME, buffer.getvalue()))


def most_like(predictions: Predictions, printed: Picture, eye: DeviceEye) -> int:
    """Position of the test picture whose device's picture is most like a printed one.

    By the correlation of small pictures, whichever way they are turned or their colours stand.

    Args:
        predictions: of the project.
        printed: (H, W, 3) uint8.
        eye: the device.
    """
    some = predictions.spread(MOST)
    wanted = np.sort(_small(printed).ravel())  # levels alone: whatever became of the places
    best, most = some[0], -np.inf
    for position in some:
        try:
            own = _small(eye.seen(thumbnail(predictions, position, THUMBNAIL).picture, 24, 24))
        except PictureError:
            continue
        like = max(_like(_small(printed), own), 0.5 * _alike_levels(wanted, own))
        if like > most:
            best, most = position, like
    return best


def compared_with(
    predictions: Predictions, printed: Printed, position: int, eye: DeviceEye
) -> tuple[Diagnosis, Picture]:
    """Which fault explains the difference to a test picture, and what was to be expected.

    Args:
        predictions: of the project.
        printed: what the device printed.
        position: of the test picture that the camera looked at.
        eye: the device.

    Raises:
        PictureError: the test picture is gone.
    """
    medium, sample = predictions.project.medium, predictions.samples[position]
    picture = medium.read(sample.path, sample.window).picture
    pictures = eye.all_modes(picture, medium.width, medium.height)
    expected = ExpectedPicture(pictures, eye.resize)
    grey = predictions.project.network.channels == 1
    return diagnosed(printed.picture, expected, grey=grey), expected.picture


def diagnosis_said(told: Diagnosis) -> tuple[str, str]:
    """Which fault fits, and the evidence, each in a sentence; "" for the first where none does."""
    if told.fault is None:
        return "", told.why
    if told.fault is Fault.NONE and told.sure:
        return "The picture is as it should be.", told.why
    said = f"{'' if told.sure else 'Probably '}{told.fault.value}"
    return f"{said[0].upper()}{said[1:]}.", told.why


def in_each_arithmetic(opened: Opened, own: OwnPicture) -> list[tuple[str, Predictions]]:
    """What the network says of a picture of one's own, in each arithmetic that it has.

    Args:
        opened: the project.
        own: the picture.

    Returns:
        For each the end of a caption, "" where there is one arithmetic, and the predictions.
    """
    made, network = [], opened.project.network
    for arithmetic in network.arithmetics or (network.arithmetic,):
        project = opened.project if arithmetic is None else opened.project.in_arithmetic(arithmetic)
        told = f", {arithmetic.said}" if arithmetic and len(network.arithmetics) > 1 else ""
        there = replace(
            opened, project=project, predictions=replace(opened.predictions, project=project)
        )
        made.append((told, with_own(there, own).predictions))
    return made


def _small(picture: Picture) -> Picture:
    import cv2

    return np.asarray(cv2.resize(picture, (24, 24), interpolation=cv2.INTER_AREA), np.uint8)


def _like(one: Picture, other: Picture) -> float:
    turned = (np.rot90(one, quarter) for quarter in range(4))
    ways = [way for each in turned for way in (each, each[:, ::-1])]
    return max(abs(correlation(way[..., order], other)) for way in ways
               for order in (slice(None), slice(None, None, -1)))  # fmt: skip


def _alike_levels(wanted: Picture, own: Picture) -> float:
    return correlation(wanted, np.sort(own.ravel()))
