"""Pictures as a kind of samples: which files they are, and how they are made to fit a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from gradcam import Color, InputSpec, Network, PictureError
from gradcam.network import FREE_SIZE
from services.errors import ProjectError
from services.fact import Fact
from services.media.kind import Fitted, Given
from services.media.picture import Pictures, is_picture, read_picture

LARGEST = 512  # pixels a side: larger pictures do not set the size of a network that takes any
LOOKED_AT = 32  # pictures that are asked for their size


@dataclass(frozen=True)
class PictureFiles:
    """The kind of samples that are pictures; see `MediumKind`."""

    def holds(self, path: PurePath) -> bool:
        """Whether a file is named as pictures are."""
        return is_picture(path)

    def accept(self, network: Network) -> None:
        """Refuse a network of sequences."""
        if network.layout.is_sequence:
            raise ProjectError(
                f"{network.name} takes sequences of numbers, not pictures; "
                "only classification and regression of pictures can be looked at here."
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
        said: dict[str, Any] = {
            "resize": given.resize,
            "resize_method": given.resize_method,
            "crop_anchor": given.crop_anchor,
            "scaling": given.scaling,
        }
        spec = replace(spec, **{key: value for key, value in said.items() if value is not None})
        told = {"scaling": given.scaling, "colour": given.color}
        return Fitted(
            Pictures(spec),
            {word: value for word, value in told.items() if value},
            given.scaling is not None,
            facts,
        )


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
