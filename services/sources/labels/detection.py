"""Object-detection exports of Edge Impulse: the boxes say what is on a picture.

Their own labels are no classes: Studio makes one of each file's name, such as `0` of
`scene.0000.png` or `frame_0755` of `frame_0755.jpg`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from services.label_sets import joined_labels
from services.sample import Sample

BOXES = "bounding_boxes.labels"  # stands beside the pictures of an export for object detection
OF_BOXES = (
    "the label file of an object-detection export: its own labels repeat the file names, "
    "so the classes are those of the boxes"
)


def are_of_detection(samples: Sequence[Sample]) -> bool:
    """Whether boxes say what is on the pictures, and the labels nothing.

    Pictures with boxes may have classes all the same, also such as begin each file's name. Labels
    that are made of names are of no box, and hardly any comes twice.
    """
    boxed = [sample for sample in samples if sample.boxes and sample.label is not None]
    on_boxes = {box.label for sample in boxed for box in sample.boxes}
    labels = {sample.label for sample in boxed}
    if not boxed or labels & on_boxes or 2 * len(labels) <= len(boxed):
        return False
    return all(_repeats(sample) for sample in boxed)


def by_boxes(sample: Sample) -> str:
    """The classes of its boxes as one label; see `label_sets`."""
    return joined_labels(sorted({box.label for box in sample.boxes}))


def _repeats(sample: Sample) -> bool:
    name, label = PurePosixPath(sample.id).name, sample.label or ""
    parts = re.split(r"[^0-9A-Za-z]+", name)
    numbers = {part.lstrip("0") or "0" for part in parts if part.isdecimal()}
    return name.startswith(label) or label in parts or label in numbers
