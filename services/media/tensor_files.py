"""Ready tensors as a kind of samples: which files they are, and which networks take them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath

from gradcam import Network, PictureError
from services.errors import ProjectError
from services.fact import Fact
from services.media.array_files import MAGIC, Lengths, shapes_in
from services.media.kind import Fitted, Given
from services.media.tensors import Tensors, without_ones

LOOKED_AT = 32  # files whose shapes are looked at
LIKELY = ("x", "image", "images", "img", "input", "inputs", "picture", "tensor", "data", "arr_0")


@dataclass(frozen=True)
class TensorFiles:
    """The kind of samples that are ready tensors; see `MediumKind`."""

    word = "ready tensors (.npy, .npz)"

    def holds(self, name: PurePath, head: Callable[[], bytes]) -> bool:
        """Whether a file is one of numpy's arrays."""
        if name.name.startswith("."):
            return False
        ending = name.suffix.lower()
        return ending in {".npy", ".npz"} or (not ending and head().startswith(MAGIC))

    def accept(self, network: Network) -> None:
        """Any network takes tensors of its own shape."""

    def fit(
        self,
        network: Network,
        given: Given,
        files: Sequence[Path],
        way_out: Callable[[str], str],  # noqa: ARG002 - what is wrong stands in the files
    ) -> Fitted:
        """The shape that the network takes, and the array that has it."""
        seen = []
        for path in files[:: max(1, len(files) // LOOKED_AT)][:LOOKED_AT]:
            with suppress(PictureError):  # told for each when it is read
                seen.append(shapes_in(path))
        height, width = network.height or given.height, network.width or given.width
        facts = []
        if not (height and width):
            height, width = _commonest(
                [shape for shapes in seen for shape in shapes.values()], network.channels
            )
            why = "the network takes any size, and this is the commonest tensor's"
            facts.append(Fact("size", f"{width} × {height}", why))
        wanted = without_ones((height, width, network.channels))
        array = given.array or ""
        if not array and any(len(shapes) > 1 for shapes in seen):
            array, why = _likeliest(seen, wanted)
            facts.append(Fact("array", array, why))
        idle = [key for key in _OF_PICTURES if getattr(given, key) not in {None, ()}]
        if idle:
            why = "means nothing for ready tensors, which are fed as they are"
            facts.append(Fact("[input]", ", ".join(idle), why))
        medium = Tensors(width, height, network.channels, array)
        return Fitted(medium, {}, settled=True, facts=tuple(facts))


_OF_PICTURES = (
    "resize", "resize_method", "crop_anchor", "color", "scaling", "mean", "deviation", "exif",
    "white",
)  # fmt: skip


def _commonest(shapes: Sequence[Lengths], channels: int) -> tuple[int, int]:
    """Rows and columns of the commonest array that has the network's channels."""
    planes = Counter(plane for shape in shapes if len(plane := _plane(shape, channels)) == 2)
    if not planes:
        raise ProjectError(
            f"No array has the shape that the network takes: rows × columns × {channels}."
        )
    (height, width), _ = planes.most_common(1)[0]
    return height, width


def _plane(shape: Lengths, channels: int) -> Lengths:
    """Rows and columns, where the channels come last; empty where they do not."""
    sides = without_ones(shape)
    if channels == 1:
        return sides
    return sides[:-1] if sides[-1:] == (channels,) else ()


def _likeliest(seen: Sequence[Mapping[str, Lengths]], wanted: Lengths) -> tuple[str, str]:
    """The array of the network's shape in most files, by the names that people give it."""
    fitting = Counter(
        name
        for shapes in seen
        for name, shape in shapes.items()
        if name and without_ones(shape) == wanted
    )
    names = sorted(fitting, key=lambda name: (-fitting[name], name.lower() not in LIKELY))
    others = sorted({name for shapes in seen for name in shapes} - {"", *names[:1]})
    if not names:
        for name, shape in (each for shapes in seen for each in shapes.items()):
            if len(shape) > 1 and without_ones(shape[1:]) == wanted:
                raise ProjectError(
                    f"The array {name} holds {shape[0]} samples in one file; save each of them "
                    "into a file of its own, in a folder named by its label."
                )
        raise ProjectError(
            f"None of the arrays {', '.join(others)} has the shape that the network takes; "
            'name one in project.toml, below [input], such as array = "x", or save it alone.'
        )
    why = "the only one of the network's shape" if len(names) == 1 else "the likeliest by its name"
    way_out = "array = … below [input] in project.toml takes another"
    return names[0], f"{why}, beside {', '.join(others)}; {way_out}"
