"""Where the pictures of samples and the network's input lie on each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.media.medium import Medium
from services.tasks.geometry import Geometries, Geometry


def geometries(medium: Medium, sizes: NDArray[np.int64]) -> Geometries:
    """Of each of N samples, worked out when it is asked for.

    Args:
        medium: how a picture becomes the input.
        sizes: (N, 2) width and height of the pictures.
    """

    def of(position: int) -> Geometry:
        width, height = (int(side) for side in sizes[position])
        inside = medium.width, medium.height
        return Geometry(medium.placement((width, height)), (width, height), inside)

    return of
