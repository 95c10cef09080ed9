"""Parts of samples that lie somewhere on their pictures, such as objects."""

from __future__ import annotations

from dataclasses import dataclass

from gradcam.box import Box
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Place


@dataclass(frozen=True)
class Located:
    """A part that lies somewhere.

    Attributes:
        place: its sample and its number.
        region: it with as much around it as it is wide, in fractions of the picture.
        verdict: what became of it.
        true: what it is labelled as; None where nothing is labelled there.
        said: what the network says that it is; None where it says nothing.
    """

    place: Place
    region: Box
    verdict: ObjectVerdict
    true: str | None
    said: str | None
