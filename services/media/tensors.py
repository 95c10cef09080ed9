"""Ready tensors from files of numpy's: fed as they are, shown by their own range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from gradcam import InputSpec, PictureError, Placement, place, placement
from gradcam.arrays import Floats, Numbers, Picture
from gradcam.device.firmware import DeviceEye
from services.media.array_files import Lengths, read_array
from services.media.called import PICTURES, Called
from services.media.medium import InputOption, WrittenTable
from services.media.properties import PICTURE_PROPERTIES, properties_of
from services.media.property import Property
from services.media.whereabouts import ON_PICTURE, Whereabouts
from services.sample import Sample, Window

COLOURS = 3  # channels that can be shown as one picture


@dataclass(frozen=True)
class TensorReading:
    """A tensor that was read: (H, W, channels) float32."""

    tensor: Floats

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the picture."""
        return self.picture.shape[1], self.picture.shape[0]

    @property
    def cut(self) -> Floats:
        """It itself: nothing is done to it."""
        return self.tensor

    @cached_property
    def picture(self) -> Picture:
        """See `drawn_tensor`; the numbers of a sequence lie above each of its steps."""
        height, width, channels = self.tensor.shape
        if not _lies_above(height, width, channels):
            return drawn_tensor(self.tensor)
        return drawn_tensor(self.tensor.reshape(-1, channels).T[::-1, :, None])

    @property
    def seen(self) -> Picture:
        """See `drawn_tensor`."""
        return drawn_tensor(self.tensor)

    @property
    def properties(self) -> Numbers:
        """Those of a picture."""
        return properties_of(self.picture).numbers

    @property
    def heard(self) -> None:
        """Nothing."""

    @property
    def source_parts(self) -> None:
        """Nobody says what they were made of."""


@dataclass(frozen=True)
class Tensors:
    """Ready tensors of one shape; see `Medium`.

    Attributes:
        width, height, channels: of every one of them, which is what the network takes.
        array: its name, in files that hold several; "" for the only one.
    """

    width: int
    height: int
    channels: int
    array: str = ""

    @property
    def blue_first(self) -> bool:
        """Nobody says; they are shown in the order of their channels."""
        return False

    @property
    def fixed_places(self) -> bool:
        """Nobody says so; they are taken for pictures."""
        return False

    @property
    def settings(self) -> Mapping[str, object]:
        """By the names of `project.toml`, as far as it has one."""
        return asdict(self)

    @property
    def briefly(self) -> str:
        """That they are used as they are."""
        return "ready tensors, as they are"

    @property
    def said(self) -> str:
        """The same, with the array's name."""
        return self.briefly + (f", of the array {self.array}" if self.array else "")

    @property
    def accepts(self) -> str:
        """An array of the network's own shape."""
        shape = f"{self.height} × {self.width} × {self.channels}"
        return f"a ready tensor of {shape} (.npy or .npz)"

    @property
    def called(self) -> Called:
        """Pictures."""
        return PICTURES

    @property
    def properties(self) -> Sequence[Property]:
        """Those of pictures."""
        return PICTURE_PROPERTIES

    @property
    def whereabouts(self) -> Whereabouts:
        """Edges, corners and thirds."""
        return ON_PICTURE

    @property
    def axes(self) -> None:
        """Nobody says what its columns and rows measure."""

    def parted(self, samples: Sequence[Sample]) -> tuple[Sample, ...]:
        """A file is a tensor."""
        return tuple(samples)

    def read(self, path: Path, window: Window | None = None) -> TensorReading:  # noqa: ARG002 - a tensor has no windows
        """Read a tensor; see `read_array`."""
        values = read_array(path, self.array)
        shaped = self._shaped(values.shape)
        with np.errstate(over="ignore"):
            tensor = np.ascontiguousarray(values.reshape(shaped), np.float32)
        if not np.isfinite(tensor).all():
            raise PictureError("it holds numbers that are not finite")
        return TensorReading(tensor)

    def _shaped(self, shape: Lengths) -> Lengths:
        """The network's shape, if the file's is the same but for axes of one."""
        wanted = (self.height, self.width, self.channels)
        if without_ones(shape) == without_ones(wanted):
            return wanted
        why = f"its shape is {_times(shape)}, the network takes {_times(wanted)}"
        if len(shape) == len(wanted) + 1 and without_ones(shape[1:]) == without_ones(wanted):
            why += f"; save each of the {shape[0]} samples into a file of its own"
        elif shape == (self.channels, self.height, self.width):
            why += "; save it with the channels last, as np.moveaxis(array, 0, -1)"
        raise PictureError(why)

    def tensors(self, cuts: Floats) -> Floats:
        """Those that were read, as they are."""
        return cuts

    def seen_by(self, eye: DeviceEye) -> None:
        """Nothing."""

    @property
    def options(self) -> Sequence[InputOption]:
        """None: whoever wrote the files has decided everything."""
        return ()

    @property
    def values(self) -> Mapping[str, str]:
        """Of no options."""
        return {}

    @property
    def chosen(self) -> Mapping[str, str]:
        """Of no options."""
        return {}

    def variants(self) -> Sequence[Tensors]:
        """Itself alone."""
        return (self,)

    @property
    def written(self) -> WrittenTable:
        """Nothing that could be another."""
        return WrittenTable("input", {})

    def having(self, values: Mapping[str, str]) -> Tensors:  # noqa: ARG002 - there are no options
        """Itself."""
        return self

    def placement(self, size: tuple[int, int]) -> Placement:
        """All of it lies on all of the tensor."""
        return placement(InputSpec(self.width, self.height), *size)

    def place(self, heat: Floats, size: tuple[int, int], shown: tuple[int, int]) -> Floats:  # noqa: ARG002 - a shape is enough
        """Put a heatmap on the tensor as it is shown; see `TensorReading.picture`."""
        if not _lies_above(self.height, self.width, self.channels):
            return place(heat, InputSpec(self.width, self.height), *shown)
        steps = heat if len(heat) == 1 else heat.T[::-1]  # to the right, their numbers upwards
        return place(steps, InputSpec(self.height * self.width, self.channels), *shown)


def _lies_above(height: int, width: int, channels: int) -> bool:
    """Whether a tensor is a sequence, whose steps have numbers and no colours."""
    return 1 in {height, width} and channels > COLOURS


def drawn_tensor(tensor: Floats) -> Picture:
    """A tensor as a picture: its lowest number is black, its highest white.

    One channel is grey, two are red and green, of more the first three are red, green and blue.

    Args:
        tensor: (H, W, channels) float32, finite.

    Returns:
        (H, W, 3) uint8.
    """
    low, high = float(tensor.min()), float(tensor.max())
    levels = np.rint((tensor[..., :3] - low) / ((high - low) or 1.0) * 255.0).astype(np.uint8)
    if levels.shape[2] == 2:
        return np.concatenate([levels, np.zeros_like(levels[..., :1])], axis=2)
    return np.repeat(levels, 3, axis=2) if levels.shape[2] == 1 else levels


def without_ones(shape: Lengths) -> Lengths:
    """A shape without the axes that hold one number, which change nothing."""
    return tuple(side for side in shape if side != 1)


def _times(shape: Lengths) -> str:
    return " × ".join(map(str, shape)) or "a single number"
