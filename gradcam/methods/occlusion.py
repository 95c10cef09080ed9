"""Occlusion: what the target loses when a patch of the picture is covered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.masks import Masks
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.methods.perturbation import FILL, SCALE
from gradcam.probe import Probe, Scale

Patch = tuple[slice, slice]  # rows and columns
LONGEST = 8  # how many times as long as wide a picture is for its patches to be squares
NOWHERE: Patch = (slice(0), slice(0))


def patches(height: int, width: int, size: float, step: float) -> list[Patch]:
    """Squares that cover a picture, row by row; those at the far edges may be cut.

    Of what is more than eight times as long as wide, as a waveform is, they are as long as if it
    were eight times: a strip has no end of squares.

    Args:
        height: of the picture, in pixels.
        width: of the picture, in pixels.
        size: side of a square, as a share of the picture's shorter side.
        step: from one to the next, as a share of that side.
    """

    def spans(length: int, other: int) -> list[slice]:
        side = max(1, round(size * max(min(length, other), length / LONGEST)))
        stride = max(1, round(step * side))
        starts = range(0, max(length - side, 0) + stride, stride)
        return [slice(start, start + side) for start in starts if start < length]

    down, across = spans(height, width), spans(width, height)
    return [(rows, columns) for rows in down for columns in across]


def beside(places: Sequence[Patch], height: int, width: int) -> Masks:
    """Masks of 0 in a patch each and 1 beside it."""

    def made(part: slice) -> Floats:
        masks = np.ones((len(places[part]), height, width), np.float32)
        for mask, place in zip(masks, places[part], strict=True):
            mask[place] = 0.0
        return masks

    return Masks(len(places), made)


def occlusion(
    probe: Probe,
    scale: Scale | str = Scale.SCORE,
    fill: Baseline | str = Baseline.MEAN,
    size: float = 0.2,
    step: float = 0.5,
) -> Findings:
    """Occlusion: for each pixel the mean loss over the patches that cover it.

    Zeiler and Fergus 2014 (arXiv:1311.2901), section 4.2.

    Args:
        probe: N pictures.
        scale: whether the loss is of the score or of the logit.
        fill: what a patch is covered with.
        size: side of a patch, as a share of the picture's shorter side.
        step: from one patch to the next, as a share of its side.

    Returns:
        Maps (N, height, width) at the picture's resolution; of a sequence (N, frames,
        coefficients).
    """
    height, width = probe.plane
    places = patches(height, width, size, step)
    probe.expect(len(places) + 1)
    covering = np.zeros((height, width), np.float32)
    for place in places:
        covering[place] += 1.0
    lost = np.zeros((len(probe), height, width), np.float32)
    masks = beside([NOWHERE, *places], height, width)
    for number, losses in enumerate(lost):
        whole, *values = probe.values_through(number, masks, probe.fill(number, fill), scale)
        for value, place in zip(values, places, strict=True):
            losses[place] += whole - value
    return Findings(lost / covering, floors=probe.rounding)


OCCLUSION = Method(
    name="occlusion",
    title="Occlusion",
    help="Covers patch after patch: hot is where covering costs the target most. "
    "Needs nothing of the network but its predictions.",
    source="Zeiler and Fergus 2014, arXiv:1311.2901",
    year=2013,
    need=Need.PASSES,
    asks=frozenset({Ability.PREDICTIONS}),
    function=occlusion,
    parameters=(
        SCALE,
        FILL,
        Parameter("size", 0.2, "Side of a patch, as a share of the shorter side.", 0.02, 0.8),
        Parameter("step", 0.5, "From patch to patch, as a share of the patch.", 0.1, 1.0),
    ),
    uses_layer=False,
)
