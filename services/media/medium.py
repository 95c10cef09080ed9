"""What samples are made of: how a file is shown, what the network gets of it, and the way back.

A project holds one `Medium`; whoever has a project asks it, and never what it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, Self

from numpy.typing import NDArray

from gradcam import Placement
from gradcam.arrays import Floats, Picture


@dataclass(frozen=True)
class InputOption:
    """A setting that no file tells, so that it is tried, or chosen by a person.

    Attributes:
        name: in a link, and of its widget.
        title: of its widget.
        word: in tables and sentences.
        values: to choose from; none where numbers are typed.
        tried: whether `Medium.variants` differ in it; its word is a key of `Medium.chosen`.
    """

    name: str
    title: str
    word: str
    values: tuple[StrEnum, ...]
    tried: bool = False

    def takes(self, text: str) -> bool:
        """Whether a value from a link may be one of its own; what is typed is looked at later."""
        return not self.values or text in self.values


class Reading(Protocol):
    """A sample's file as it was read; each of its properties is worked out when it is asked for."""

    @property
    def picture(self) -> Picture:
        """The sample as a person sees it: (H, W, 3) uint8 RGB."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of `picture`, in pixels."""

    @property
    def cut(self) -> NDArray[Any]:
        """What the network gets of the file, before `Medium.tensors` brings it to its numbers."""

    @property
    def seen(self) -> Picture:
        """What the network gets, as a picture: (medium.height, medium.width, 3) uint8 RGB."""

    @property
    def tensor(self) -> Floats:
        """What the network gets: (medium.height, medium.width, channels) float32."""


class Medium(Protocol):
    """Samples of one kind, with everything that decides what one network gets of them.

    A frozen value: equal ones make equal tensors. `str(medium)` says everything that a tensor
    depends on beside the file, since it goes into digests.
    """

    @property
    def width(self) -> int:
        """Columns of the tensor."""

    @property
    def height(self) -> int:
        """Rows of the tensor."""

    @property
    def blue_first(self) -> bool:
        """Whether three channels of the tensor are blue, green and red."""

    @property
    def settings(self) -> Mapping[str, object]:
        """What it is made with, by name; for the record of an export."""

    @property
    def briefly(self) -> str:
        """The same in few words: `resize squash (Lanczos) · RGB · scaled 0–1`."""

    @property
    def said(self) -> str:
        """What is done to a file, in words: the same, with all that is out of the ordinary."""

    @property
    def accepts(self) -> str:
        """What a file has to be that a person brings, such as `a picture (JPEG, PNG, …)`."""

    def read(self, path: Path) -> Reading:
        """Read a sample's file.

        Raises:
            PictureError: it is missing, damaged, too large, or of another kind.
        """

    def tensors(self, cuts: NDArray[Any]) -> Floats:
        """Some `Reading.cut` in one array as the network gets them: (n, rows, columns, channels).

        Those read by any of the `variants` will do.
        """

    @property
    def options(self) -> Sequence[InputOption]:
        """The settings that no file tells."""

    @property
    def values(self) -> Mapping[str, str]:
        """What it has of each of its options, by `InputOption.name`."""

    @property
    def chosen(self) -> Mapping[str, str]:
        """The values that it has of what is tried, by `InputOption.word`."""

    def variants(self) -> Sequence[Medium]:
        """The same with every value of what is tried, the usual ones first; itself among them."""

    def having(self, values: Mapping[str, str]) -> Self:
        """The same with other values of its options, by name; unknown ones change nothing.

        Raises:
            GradcamError: numbers are no numbers, or do not fit the channels.
        """

    def placement(self, size: tuple[int, int]) -> Placement:
        """Where a sample's picture, of a `Reading.size`, and the tensor lie on each other."""

    def place(self, heat: Floats, size: tuple[int, int], shown: tuple[int, int]) -> Floats:
        """Put a heatmap on a sample's picture, at whatever size that is shown.

        Args:
            heat: (h, w) float32 in 0..1, at the layer's resolution, over the whole tensor.
            size: the sample's `Reading.size`.
            shown: width and height at which the picture is shown.

        Returns:
            (height, width) float32 in 0..1 as it is shown, NaN where the network saw nothing.
        """


def alternatives(medium: Medium, option: InputOption) -> Sequence[Medium]:
    """The medium with every value of one option; each may cut a file in its own way."""
    return [medium.having({option.name: value}) for value in option.values]
