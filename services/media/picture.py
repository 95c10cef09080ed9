"""Pictures: what a network gets of them, and what of that can be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from gradcam import (
    Color,
    InputSpec,
    Placement,
    ResizeMethod,
    Scaling,
    fitted,
    place,
    placement,
    scaled,
)
from gradcam.arrays import Floats, Numbers, Picture
from gradcam.device.firmware import DeviceEye
from gradcam.input_spec import placed_at
from services.media.called import PICTURES, Called
from services.media.decoding import USUAL, Decoding, read_picture
from services.media.input_options import (
    COLOR,
    DEVIATION,
    EXIF,
    MEAN,
    RESIZE_METHOD,
    SCALING,
    Turning,
    input_table,
    numbers_in,
    numbers_said,
    own_numbers,
)
from services.media.medium import InputOption, WrittenTable
from services.media.properties import PICTURE_PROPERTIES, properties_of
from services.media.property import Property
from services.media.whereabouts import ON_PICTURE, Whereabouts
from services.media.words import color_said, resize_said, scaling_said
from services.sample import Sample, Window


@dataclass(frozen=True)
class PictureReading:
    """A picture that was read, and the input spec that says what the network gets of it."""

    picture: Picture
    spec: InputSpec
    eye: DeviceEye | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self.picture.shape[1], self.picture.shape[0]

    @property
    def cut(self) -> Picture:
        """What is seen; all that comes after it is arithmetic."""
        return self.seen

    @cached_property
    def seen(self) -> Picture:
        """The picture cut, resized and padded: (spec.height, spec.width, 3) uint8 RGB."""
        if self.eye is not None:
            return self.eye.seen(self.picture, self.spec.width, self.spec.height)
        return fitted(self.picture, self.spec)

    @property
    def tensor(self) -> Floats:
        """(spec.height, spec.width, spec.channels) float32."""
        return scaled(self.seen, self.spec)

    @property
    def properties(self) -> Numbers:
        """Those of a picture."""
        return properties_of(self.picture).numbers

    @property
    def heard(self) -> None:
        """Nothing."""

    @property
    def source_parts(self) -> None:
        """Hiding pixels says it."""


@dataclass(frozen=True)
class Pictures:
    """Pictures, made to fit a network by an input spec; see `Medium`.

    Attributes:
        spec: from pixels to the tensor.
        decoding: from the file to pixels.
        eye: the device whose camera and firmware stand in place of the resizing; None for none.
    """

    spec: InputSpec
    decoding: Decoding = USUAL
    eye: DeviceEye | None = None

    def __str__(self) -> str:
        # As ever where the decoding is the usual one: what is kept was named by it.
        usual = f"{self.spec}" if self.decoding == USUAL else f"{self.spec} {self.decoding}"
        return usual if self.eye is None else f"{usual} {self.eye}"

    @property
    def width(self) -> int:
        """Columns of the tensor."""
        return self.spec.width

    @property
    def height(self) -> int:
        """Rows of the tensor."""
        return self.spec.height

    @property
    def blue_first(self) -> bool:
        """Whether the network was trained with pictures as OpenCV reads them."""
        return self.spec.color is Color.BGR

    @property
    def fixed_places(self) -> bool:
        """No: what they show may lie anywhere."""
        return False

    @property
    def settings(self) -> Mapping[str, object]:
        """The input spec by the names of `project.toml`."""
        usual, own = asdict(USUAL), asdict(self.decoding)
        return {
            **self.spec.told,
            **{name: value for name, value in own.items() if value != usual[name]},
            **({} if self.eye is None else self.eye.told),
        }

    @property
    def briefly(self) -> str:
        """Resizing, colour and scaling."""
        spec = self.spec
        resize = resize_said(spec.resize, spec.resize_method) if self.eye is None else self.eye.said
        return f"{resize} · {color_said(spec.color)} · {self._scaled}"

    @property
    def said(self) -> str:
        """The same as a person reads it below a picture."""
        return self.briefly + ("" if self.decoding.exif else " · EXIF orientation ignored")

    @property
    def _scaled(self) -> str:
        mean, deviation = self.spec.mean, self.spec.deviation
        if self.spec.scaling is Scaling.OWN:
            return f"less {numbers_said(mean)}, divided by {numbers_said(deviation)}"
        return scaling_said(self.spec.scaling)

    @property
    def accepts(self) -> str:
        """Any picture that can be read here."""
        return "a picture (JPEG, PNG, WebP, TIFF, BMP, GIF or HEIC)"

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
        """Its columns and rows are pixels."""

    def parted(self, samples: Sequence[Sample]) -> tuple[Sample, ...]:
        """A file is a picture."""
        return tuple(samples)

    def read(self, path: Path, window: Window | None = None) -> PictureReading:  # noqa: ARG002 - a picture has no windows
        """Decode a picture file; see `read_picture`."""
        return PictureReading(read_picture(path, self.decoding), self.spec, self.eye)

    def seen_by(self, eye: DeviceEye) -> Pictures:
        """The same as a device sees them."""
        return replace(self, eye=eye)

    def tensors(self, cuts: Picture) -> Floats:
        """Pictures as the network sees them, in the order and range that it expects."""
        return scaled(cuts, self.spec)

    @property
    def options(self) -> Sequence[InputOption]:
        """Scaling, the order of colours where there are any, and what is seldom another."""
        known = tuple(each for each in Scaling if each is not Scaling.OWN or self.spec.mean)
        color = (COLOR,) if self.spec.channels == 3 else ()
        return (replace(SCALING, values=known), *color, RESIZE_METHOD, EXIF, MEAN, DEVIATION)

    @property
    def values(self) -> Mapping[str, str]:
        """See `Medium.values`."""
        spec = self.spec
        return {
            SCALING.name: spec.scaling,
            COLOR.name: spec.color,
            RESIZE_METHOD.name: spec.resize_method,
            EXIF.name: Turning.of(self.decoding.exif),
            MEAN.name: numbers_said(spec.mean),
            DEVIATION.name: numbers_said(spec.deviation),
        }

    @property
    def chosen(self) -> Mapping[str, str]:
        """Scaling and colour."""
        return {"scaling": self.spec.scaling, "colour": self.spec.color}

    def variants(self) -> Sequence[Pictures]:
        """Every scaling, with red first and then with blue first where there are colours."""
        scaling, *colors = [option for option in self.options if option.tried]
        return [
            replace(self, spec=replace(self.spec, scaling=Scaling(one), color=Color(order)))
            for order in (colors[0].values if colors else (self.spec.color,))
            for one in scaling.values
        ]

    @property
    def written(self) -> WrittenTable:
        """Lines below [input]."""
        return input_table(self.values)

    def having(self, values: Mapping[str, str]) -> Pictures:
        """See `Medium.having`; with numbers goes their scaling, where no other is wanted."""
        own = self._with_numbers(values)
        offered = {option.name: option.values for option in own.options}
        wanted = {name: value for name, value in values.items() if value in offered.get(name, ())}
        kinds = {SCALING.name: Scaling, COLOR.name: Color, RESIZE_METHOD.name: ResizeMethod}
        fields: dict[str, Any] = {
            name: kind(wanted[name]) for name, kind in kinds.items() if name in wanted
        }
        decoding = own.decoding
        if EXIF.name in wanted:
            decoding = replace(decoding, exif=wanted[EXIF.name] == Turning.HEEDED)
        return replace(own, spec=replace(own.spec, **fields), decoding=decoding)

    def _with_numbers(self, values: Mapping[str, str]) -> Pictures:
        mean, deviation = (numbers_in(values.get(each.name, "")) for each in (MEAN, DEVIATION))
        if not mean and not deviation:
            return self
        own = own_numbers(mean, deviation)
        spec = replace(
            self.spec,
            scaling=Scaling.OWN,
            mean=own.mean if mean else self.spec.mean or own.mean,
            deviation=own.deviation if deviation else self.spec.deviation or own.deviation,
        )
        return replace(self, spec=spec)

    def placement(self, size: tuple[int, int]) -> Placement:
        """Where a picture of this size and the network's input lie on each other."""
        if self.eye is not None:
            return self.eye.placement(size, (self.spec.width, self.spec.height))
        return placement(self.spec, *size)

    def place(self, heat: Floats, size: tuple[int, int], shown: tuple[int, int]) -> Floats:  # noqa: ARG002 - a shape is enough
        """Put a heatmap on the picture; NaN where a crop removed it."""
        if self.eye is not None:
            own = self.spec.width, self.spec.height
            return placed_at(heat, self.eye.placement(shown, own), own, *shown)
        return place(heat, self.spec, *shown)
