"""What a person can choose of how pictures become tensors, and numbers of one's own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gradcam import Color, ResizeMethod, Scaling
from services.errors import ProjectError
from services.media.medium import InputOption, Medium, WrittenTable


class Turning(StrEnum):
    """What happens to a picture that a camera stored sideways, with a note of it."""

    HEEDED = "heeded"  # it is turned upright
    IGNORED = "ignored"  # it stays as it is stored, as Keras' loaders leave it

    @classmethod
    def of(cls, exif: bool) -> Turning:
        """By whether notes are heeded."""
        return cls.HEEDED if exif else cls.IGNORED


SCALING = InputOption(
    "scaling", "Scaling", "scaling", tuple(Scaling), tried=True, doing="scaling pictures"
)
COLOR = InputOption("color", "Colour order", "colour", (Color.RGB, Color.BGR), tried=True)
RESIZE_METHOD = InputOption("resize_method", "Resize filter", "resize filter", tuple(ResizeMethod))
EXIF = InputOption("exif", "EXIF orientation", "EXIF orientation", tuple(Turning))
MEAN = InputOption("mean", "Mean", "mean of 0..255", ())
DEVIATION = InputOption("deviation", "Deviation", "deviation of 0..255", ())
SOUND_FEATURES = InputOption(  # its values are what fits a network
    "features", "Features", "features", (), tried=True, customary=False, doing="hearing sounds"
)
INPUT_OPTIONS: Mapping[str, InputOption] = {
    option.name: option
    for option in (SCALING, COLOR, RESIZE_METHOD, EXIF, MEAN, DEVIATION, SOUND_FEATURES)
}


@dataclass(frozen=True)
class OwnNumbers:
    """Mean and deviation in numbers of one's own.

    Attributes:
        mean, deviation: of pixels of 0..255.
        range: what the numbers were given of, `0..1` or `0..255`.
        said: whether somebody said so; else it is told by their size.
    """

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    range: Scaling
    said: bool


def own_numbers(
    mean: tuple[float, ...], deviation: tuple[float, ...], given_of: Scaling | None = None
) -> OwnNumbers:
    """Numbers as they were given, brought to pixels of 0..255.

    Args:
        mean: empty for 0.
        deviation: empty for 1.
        given_of: `0..1` or `0..255`; None where nobody says: of 0..1 if no number is above 1.
    """
    both = (*mean, *deviation)
    of = given_of or (Scaling.UNIT if max(both, default=0.0) <= 1.0 else Scaling.RAW)
    factor = 255.0 if of is Scaling.UNIT else 1.0
    return OwnNumbers(
        tuple(factor * number for number in mean or (0.0,)),
        tuple(factor * number for number in deviation or (1.0,)),
        of,
        given_of is not None,
    )


def numbers_in(text: str) -> tuple[float, ...]:
    """Numbers that a person typed, with commas or spaces between them.

    Raises:
        ProjectError: there is something else among them.
    """
    try:
        numbers = tuple(float(word) for word in text.replace(",", " ").replace(";", " ").split())
    except ValueError:
        numbers = (math.nan,)
    if not all(map(math.isfinite, numbers)):
        raise ProjectError(
            f"{text!r} is no list of numbers; write one number, or one a channel, "
            "such as 0.485, 0.456, 0.406."
        )
    return numbers


def numbers_said(numbers: Sequence[float]) -> str:
    """Numbers as `numbers_in` reads them."""
    return ", ".join(f"{number:.6f}".rstrip("0").rstrip(".") for number in numbers)


def changed(
    medium: Medium, overrides: Mapping[str, str], name: str, value: str
) -> Mapping[str, str]:
    """What a person overrides, once one option was changed.

    What is tried together, such as scaling and colour, is pinned together: a link that has one of
    them means the same whatever the check would say of the other.

    Args:
        medium: as it is.
        overrides: what the person overrode before, by name.
        name: of the option.
        value: its new value; "" takes numbers away.
    """
    tried = {each.name: medium.values[each.name] for each in medium.options if each.tried}
    new = {**overrides, name: value}
    if name in {MEAN.name, DEVIATION.name}:
        new = {**tried, **new, SCALING.name: Scaling.OWN}
        if not value:
            del new[name]
        if not {MEAN.name, DEVIATION.name} & set(new):
            del new[SCALING.name]
    elif name in tried:
        new = {**tried, **new}
    return {option: text for option, text in new.items() if option in INPUT_OPTIONS}


def input_table(values: Mapping[str, str]) -> WrittenTable:
    """The lines below [input] that give pictures their values.

    Args:
        values: of a medium's options, by name; see `Medium.values`.
    """
    lines: dict[str, object] = {name: str(value) for name, value in values.items() if value}
    if EXIF.name in lines:
        lines[EXIF.name] = lines[EXIF.name] == Turning.HEEDED
    for option in (MEAN, DEVIATION):
        if option.name in lines:
            lines[option.name] = list(numbers_in(values[option.name]))
    if lines.get(SCALING.name) == Scaling.OWN:
        lines[SCALING.name] = str(Scaling.RAW)  # what the numbers are of
    return WrittenTable("input", lines)
