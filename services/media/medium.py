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
from gradcam.arrays import Floats, Numbers, Picture
from gradcam.device.firmware import DeviceEye
from services.media.axes import Axes
from services.media.called import Called
from services.media.heard import Heard
from services.media.property import Property
from services.media.sound.masking import Filling
from services.media.whereabouts import Whereabouts
from services.sample import Sample, Window


@dataclass(frozen=True)
class InputOption:
    """A setting that no file tells, so that it is tried, or chosen by a person.

    Attributes:
        name: in a link, and of its widget.
        title: of its widget.
        word: in tables and sentences.
        values: to choose from; none where numbers are typed.
        tried: whether `Medium.variants` differ in it; its word is a key of `Medium.chosen`.
        customary: whether the first of the variants are what most people do; else none of them is
            taken before labels have spoken.
        doing: what is done where it is tried, such as `scaling pictures`.
    """

    name: str
    title: str
    word: str
    values: tuple[StrEnum, ...]
    tried: bool = False
    customary: bool = True
    doing: str = ""

    def takes(self, text: str) -> bool:
        """Whether a value from a link may be one of its own; what is typed is looked at later."""
        return not self.values or text in self.values


class SourceParts(Protocol):
    """Hiding parts of a sample in its source, before features are made of it.

    Of a picture hiding pixels of the tensor is the same. Features of a sound are made of frames
    that overlap, and scaled over the window: a hole in them is nothing that could be heard. The
    parts of a sound are cells of time and frequency.
    """

    def laid(self, raw: Floats) -> Floats:
        """A map on the cells of the source.

        Args:
            raw: (h, w) float32, signed, at the layer's resolution.

        Returns:
            (rows, columns) float32 in the order of the map: least where it is least, and where the
            network gets nothing of the source.
        """

    def left(self, kept: Floats, filling: Filling = Filling.NOISE) -> Floats:
        """The source with only some cells left.

        Args:
            kept: (M, rows, columns) float32 in 0..1: how much of each cell stays.
            filling: what stands where it does not.

        Returns:
            (M, n) float32 in the values of `Heard`, as long as `Heard.part`.
        """

    def tensors(self, left: Floats) -> Floats:
        """What the network gets of such sources: (M, height, width, channels) float32."""


@dataclass(frozen=True)
class WrittenTable:
    """Lines of a table of `project.toml`.

    Attributes:
        name: of the table.
        lines: each with its value.
        alone: whether no other line may stay in it.
    """

    name: str
    lines: Mapping[str, object]
    alone: bool = False


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

    @property
    def properties(self) -> Numbers:
        """How much it has of each of `Medium.properties`: (P,) float64."""

    @property
    def heard(self) -> Heard | None:
        """What can be listened to; None where nothing can."""

    @property
    def source_parts(self) -> SourceParts | None:
        """How parts of the file itself are hidden; None where hiding those of a tensor says it."""


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
    def fixed_places(self) -> bool:
        """Whether a place of the tensor means something by itself, as a frequency does.

        Of pictures it does not: what they show may lie anywhere. It decides which method is the
        default, see `gradcam.usual`.
        """

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

    @property
    def called(self) -> Called:
        """What its samples are called."""

    @property
    def properties(self) -> Sequence[Property]:
        """What `Reading.properties` measures."""

    @property
    def whereabouts(self) -> Whereabouts:
        """Names places on its samples."""

    @property
    def axes(self) -> Axes | None:
        """What the columns and rows of `Reading.picture` measure; None where they are pixels."""

    def parted(self, samples: Sequence[Sample]) -> tuple[Sample, ...]:
        """Samples as they are looked at, where a file may be several: one for each window."""

    def read(self, path: Path, window: Window | None = None) -> Reading:
        """Read a sample's file.

        Args:
            path: of the file.
            window: which part of it; None for all of it.

        Raises:
            PictureError: it is missing, damaged, too large, or of another kind.
        """

    def tensors(self, cuts: NDArray[Any]) -> Floats:
        """Some `Reading.cut` in one array as the network gets them: (n, rows, columns, channels).

        Those read by any of the `variants` will do.
        """

    def seen_by(self, eye: DeviceEye) -> Medium | None:
        """The same samples as a device's camera sees them; None where no camera does."""

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

    @property
    def written(self) -> WrittenTable:
        """What `project.toml` has to say so that its options have these values."""

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
