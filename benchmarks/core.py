"""Grad-CAM against the bare forward pass, and a redraw against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle

import numpy as np

import gradcam
from benchmarks.networks import BATCH, TARGET, mobilenet, pictures
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns
from gradcam.arrays import Floats, Picture

SIZES = (96, 224)
EXPLAIN_AT_MOST = 1.3
REDRAW_AT_MOST = 0.1
MANY_BYTES, SLOW = 10_000_000, 3.0  # a batch of this size gets so many times the time


@dataclass(frozen=True)
class Look:
    """What a person may change without another run of the network."""

    pooling: gradcam.Pooling = gradcam.Pooling.MEAN
    normalization: gradcam.Normalization = gradcam.Normalization.PERCENTILE
    percentile: float = 100.0
    alpha: float = 0.4


# In turns, so that each redraw differs from the one before.
CHANGES = {
    "pooling": (Look(gradcam.Pooling.SUM_ABS), Look()),
    "normalisation and percentile": (
        Look(percentile=97.0),
        Look(normalization=gradcam.Normalization.SIMPLE),
        Look(percentile=99.5),
    ),
    "opacity": (Look(alpha=0.7), Look(alpha=0.3)),
}


def redraw(
    capture: gradcam.Capture, picture: Picture, spec: gradcam.InputSpec, look: Look
) -> Picture:
    """What the server does at a touch: from the kept capture to the overlay."""
    raw = gradcam.compute_maps(capture, gradcam.GRAD_CAM, pooling=look.pooling)[0]
    heat = gradcam.normalize(raw, look.normalization, look.percentile)
    placed = gradcam.place(heat, spec, picture.shape[1], picture.shape[0])
    return gradcam.overlay(picture, placed, look.alpha)


def rows(effort: Effort) -> Iterator[Row | Note]:
    """All of it, at both sizes."""
    for size in SIZES:
        (network,) = mobilenet(size)
        batch = pictures(size)
        yield from _explaining(network, batch, effort)
        yield from _redrawing(network, batch, effort)
    yield Note(
        "Grad-CAM is `gradcam.explain`, the forward pass `network.predict`, traced both, numpy in "
        "and numpy out; the layer is the network's default one, the last with a map."
    )
    yield Note(
        "A redraw goes from the kept capture by map, normalisation, placement and colours to the "
        "overlay at input size in uint8; nothing is kept in between."
    )


def _explaining(network: gradcam.Network, batch: Floats, effort: Effort) -> Iterator[Row]:
    for count, at_most in ((BATCH, EXPLAIN_AT_MOST), (1, None)):
        part = batch[:count]
        for target, name in ((None, "predicted class"), (TARGET, "fixed class")):
            pairs = in_turns(
                lambda part=part, target=target: gradcam.explain(network, part, target=target),
                lambda part=part: network.predict(part),
                effort.longer(SLOW) if part.nbytes > MANY_BYTES else effort,
            )
            yield Row.of(
                f"Grad-CAM : forward pass, {network.width} px, batch {count}, {name} "
                f"({pairs.said(count)} a picture)",
                pairs.ratios,
                at_most,
            )


def _redrawing(network: gradcam.Network, batch: Floats, effort: Effort) -> Iterator[Row]:
    size = batch.shape[1]
    spec = gradcam.InputSpec(size, size, scaling=gradcam.Scaling.SYMMETRIC)
    picture = np.rint((batch[0] + 1.0) * 127.5).astype(np.uint8)
    one = gradcam.capture(
        network, batch[:1], target=gradcam.Target.for_class(_visible(network, batch))
    )
    for name, looks in CHANGES.items():
        pairs = in_turns(
            _over(looks, lambda look: redraw(one, picture, spec, look)),
            lambda: network.predict(batch[:1]),
            effort,
        )
        yield Row.of(
            f"redraw after another {name} : one forward pass, {size} px ({pairs.said()})",
            pairs.ratios,
            REDRAW_AT_MOST,
        )


def _over(looks: tuple[Look, ...], draw: Callable[[Look], Picture]) -> Callable[[], Picture]:
    turn = cycle(looks)
    return lambda: draw(next(turn))


def _visible(network: gradcam.Network, batch: Floats) -> int:
    """A class whose map shows something: an empty one would be drawn sooner."""
    for index in range(network.units):
        raw = gradcam.explain(network, batch[:1], target=index).maps[0]
        if gradcam.degenerate_reason(raw) is None:
            return index
    raise RuntimeError("No class of the random network has a map to draw.")
