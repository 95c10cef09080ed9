"""Where a sample's picture and the network's input lie on each other, in fractions of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradcam import Placement
from gradcam.box import Box


@dataclass(frozen=True)
class Geometry:
    """Of one sample.

    Attributes:
        placement: of its picture and the input on each other, in pixels.
        picture: width and height of its picture.
        input: width and height of what the network gets.
    """

    placement: Placement
    picture: tuple[int, int]
    input: tuple[int, int]

    def onto_input(self, box: Box) -> Box:
        """From pixels of the picture to fractions of the input; it may lie outside."""
        return self.placement.onto_input(box).share_of(*self.input)

    def onto_picture(self, box: Box) -> Box:
        """From fractions of the input to fractions of the picture; it may lie outside."""
        return self.placement.onto_picture(box.scaled(*self.input)).share_of(*self.picture)


Geometries = Callable[[int], Geometry]  # of each sample by its position
