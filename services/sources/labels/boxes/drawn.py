"""What files of one format say that is drawn on pictures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gradcam import PictureError
from services.class_list import ClassList
from services.fact import Fact
from services.media.decoding import picture_size
from services.sample import LabelledBox, LeftOut
from services.sources.tree import Folder

PictureSize = tuple[float, float]
"""Width and height of a picture, in pixels."""


@dataclass(frozen=True)
class DrawnBoxes:
    """What files of one format say of pictures.

    Attributes:
        file: what said it, such as `_annotations.coco.json` or `YOLO text files`.
        boxes: of each picture that they speak of, in pixels; none where nothing is on it.
        why: how they were read, for the person.
        read: the files that were read.
        left_out: files that cannot be read, and entries that lead to no picture.
        class_list: the classes in their order, where the files have one.
        only: pictures that take part, where the files name those to test with; None for all.
        facts: what was passed over.
    """

    file: str
    boxes: Mapping[Path, tuple[LabelledBox, ...]]
    why: str
    read: frozenset[Path] = frozenset()
    left_out: tuple[LeftOut, ...] = ()
    class_list: ClassList | None = None
    only: frozenset[Path] | None = None
    facts: tuple[Fact, ...] = ()


class BoxReader(Protocol):
    """Reads boxes of one format."""

    def __call__(self, data: Folder, project: Folder) -> DrawnBoxes | None:
        """What the format's files say of the pictures of a folder; None where there is none.

        Args:
            data: the folder.
            project: the whole project: files may lie on the way to the pictures, or beside it.
        """


@dataclass
class Boxing:
    """Boxes that are being read: those that can be none are counted, and named in a fact."""

    file: str
    _problems: Counter[str] = field(default_factory=Counter)
    _first: dict[str, str] = field(default_factory=dict)

    def kept(
        self, picture: str, boxes: Iterable[LabelledBox], size: PictureSize | None
    ) -> tuple[LabelledBox, ...]:
        """The boxes that can be on a picture, cut to it.

        Args:
            picture: its name.
            boxes: in pixels.
            size: of the picture; None where it is not known.
        """
        kept = []
        for box in boxes:
            problem = _problem(box, size)
            if problem:
                self._problems[problem] += 1
                self._first.setdefault(problem, picture)
            else:
                kept.append(box if size is None else _cut(box, size))
        return tuple(kept)

    def odd(self, picture: str, problem: str) -> None:
        """Count a box that cannot even be read."""
        self._problems[problem] += 1
        self._first.setdefault(problem, picture)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was passed over."""
        return tuple(
            Fact(
                "boxes",
                self.file,
                f"boxes passed over, as they {problem}: {count}; the first is on "
                f"{self._first[problem]}",
                warns=True,
            )
            for problem, count in self._problems.items()
        )


def size_here(picture: Path) -> PictureSize | None:
    """Width and height of a picture as it is shown; None where that cannot be read."""
    try:
        return picture_size(picture)
    except PictureError:  # it is told of when the picture is read
        return None


def _problem(box: LabelledBox, size: PictureSize | None) -> str:
    if not all(map(math.isfinite, (box.x, box.y, box.width, box.height))):
        return "have no place"
    if box.width <= 0 or box.height <= 0:
        return "have no size"
    width, height = size or (math.inf, math.inf)
    if box.x >= width or box.y >= height or box.x + box.width <= 0 or box.y + box.height <= 0:
        return "lie outside of their picture"
    return ""


def _cut(box: LabelledBox, size: PictureSize) -> LabelledBox:
    left, top = max(box.x, 0.0), max(box.y, 0.0)
    right = min(box.x + box.width, size[0])
    bottom = min(box.y + box.height, size[1])
    return LabelledBox(box.label, left, top, right - left, bottom - top)
