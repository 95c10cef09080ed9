"""Pictures as a kind of samples: which files they are, and how they are made to fit a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from gradcam import Color, InputSpec, Network, PictureError, Scaling
from gradcam.network import FREE_SIZE
from services.errors import ProjectError
from services.fact import Fact
from services.media.decoding import Decoding, depth_of, read_picture
from services.media.input_options import (
    COLOR,
    EXIF,
    RESIZE_METHOD,
    SCALING,
    Turning,
    numbers_said,
    own_numbers,
)
from services.media.kind import Fitted, Given
from services.media.picture import Pictures
from services.media.picture_files import is_picture

LARGEST = 512  # pixels a side: larger pictures do not set the size of a network that takes any
LOOKED_AT = 32  # pictures that are asked for their size


@dataclass(frozen=True)
class PictureFiles:
    """The kind of samples that are pictures; see `MediumKind`."""

    word = "pictures"

    def holds(self, name: PurePath, head: Callable[[], bytes]) -> bool:
        """Whether a file is a picture."""
        return is_picture(name, head)

    def accept(self, network: Network) -> None:
        """Refuse a network of sequences."""
        if network.layout.is_sequence:
            raise ProjectError(
                f"{network.name} takes sequences of numbers, not pictures; put sounds in their "
                "place, or save what it is fed with as .npy files, one for each sample."
            )
        if network.channels not in {1, 3}:
            raise ProjectError(
                f"{network.name} takes {network.channels} channels, while pictures have 1 "
                "(grayscale) or 3 (colour); save what it is fed with as .npy files, one for each "
                "sample, in place of the pictures."
            )

    def fit(
        self,
        network: Network,
        given: Given,
        files: Sequence[Path],
        way_out: Callable[[str], str],
    ) -> Fitted:
        """The input spec: what the network asks for, then what the source says, then the usual."""
        width, height, facts = _size(network, given, files, way_out)
        color = given.color or (Color.GRAYSCALE if network.channels == 1 else Color.RGB)
        spec = InputSpec(width=width, height=height, color=color)
        if spec.channels != network.channels:
            raise ProjectError(
                f"The colour is given as {color}, but the network takes {network.channels} "
                f"channel{'s' if network.channels > 1 else ''}."
            )
        numbers, more = _own_numbers(given)
        spec, how = _as_its_family(spec, network, given)
        said: dict[str, Any] = {
            "resize": given.resize,
            "resize_method": given.resize_method,
            "crop_anchor": given.crop_anchor,
            "scaling": given.scaling,
            **numbers,
        }
        spec = replace(spec, **{key: value for key, value in said.items() if value is not None})
        decoding, deep = _decoding(given, files)
        told = {
            SCALING.word: said["scaling"],
            COLOR.word: given.color,
            RESIZE_METHOD.word: given.resize_method,
            EXIF.word: None if given.exif is None else Turning.of(given.exif),
        }
        return Fitted(
            Pictures(spec, decoding),
            {word: value for word, value in told.items() if value},
            said["scaling"] is not None,
            (*facts, *how, *more, *deep),
        )


def _as_its_family(
    spec: InputSpec, network: Network, given: Given
) -> tuple[InputSpec, tuple[Fact, ...]]:
    """Pictures brought to size as the network's family does, unless the source says how."""
    family = network.topology
    if family is None or family.resize is None or given.resize is not None:
        return spec, ()
    why = (
        f"the network is built as {family.name} builds them, which cuts pictures so; "
        "if it was fed another way, write resize = … below [input] in project.toml"
    )
    return replace(spec, resize=family.resize), (Fact("resize", family.resize, why),)


def _own_numbers(given: Given) -> tuple[dict[str, Any], tuple[Fact, ...]]:
    """Fields for mean and deviation, where the source gives them; a range is what they are of."""
    if not given.mean and not given.deviation:
        if given.scaling is Scaling.OWN:
            raise ProjectError(
                f"The scaling is {Scaling.OWN}, but no numbers are given; write mean and deviation "
                "below it in project.toml, such as mean = [123.7, 116.8, 103.9]."
            )
        return {}, ()
    if given.scaling not in {None, Scaling.OWN, Scaling.UNIT, Scaling.RAW}:
        raise ProjectError(
            f"The scaling {given.scaling} has a mean of its own; in project.toml, leave out either "
            "the line scaling or the lines mean and deviation."
        )
    of = None if given.scaling is Scaling.OWN else given.scaling
    own = own_numbers(given.mean, given.deviation, of)
    why = f"given of pixels {own.range}"
    if not own.said:
        why += ", as no number is above 1" if own.range is Scaling.UNIT else ", by their size"
    fields = {"scaling": Scaling.OWN, "mean": own.mean, "deviation": own.deviation}
    said = f"{numbers_said(own.mean)} and {numbers_said(own.deviation)} of 0..255"
    return fields, (Fact("mean and deviation", said, why),)


def _decoding(given: Given, files: Sequence[Path]) -> tuple[Decoding, tuple[Fact, ...]]:
    """What files do not say of their pixels; one white for all, so that dark ones stay dark."""
    exif = given.exif is not False
    if given.white is not None:
        return Decoding(exif, given.white), ()
    step = max(1, len(files) // LOOKED_AT)
    depth = depth_of(files[::step][:LOOKED_AT])
    if depth is None:
        return Decoding(exif), ()
    why = (
        f"pictures have more than eight bits, and the highest number in {depth.count} of them is "
        f"{depth.highest:g}; if another one is white, write white = … below [input] in project.toml"
    )
    told = [Fact("white", f"{depth.white:g}", why)]
    if depth.lowest < -0.01 * depth.white:  # no rounding, but pictures that were centred already
        why = (
            f"their lowest number is {depth.lowest:g}: pictures that are scaled already are fed as "
            "they are where each is saved as an .npy file"
        )
        told.append(Fact("black", "all below 0", why, warns=True))
    return Decoding(exif, depth.white), tuple(told)


def _size(
    network: Network, given: Given, files: Sequence[Path], way_out: Callable[[str], str]
) -> tuple[int, int, tuple[Fact, ...]]:
    """Width and height of the tensor, and the reason where they had to be worked out."""
    for name, own, said in (
        ("width", network.width, given.width),
        ("height", network.height, given.height),
    ):
        if own and said and own != said:
            raise ProjectError(
                f"The {name} is given as {said}, but the network takes {own} pixels; "
                + way_out("in project.toml, leave the line out")
            )
    width, height = network.width or given.width, network.height or given.height
    if width and height:
        return width, height, ()
    sizes = Counter(_sizes(files[:LOOKED_AT]))
    if sizes and max(common := sizes.most_common(1)[0][0]) <= LARGEST:
        why = "the network takes any size, and this is the commonest picture's"
    else:
        common, why = (
            (FREE_SIZE, FREE_SIZE),
            "the network takes any size, and the pictures are large",
        )
    size = (width or common[0], height or common[1])
    return *size, (Fact("size", f"{size[0]} × {size[1]}", why),)


def _sizes(files: Sequence[Path]) -> Iterator[tuple[int, int]]:
    for path in files:
        with suppress(PictureError):
            picture = read_picture(path)
            yield picture.shape[1], picture.shape[0]
