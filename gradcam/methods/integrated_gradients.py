"""Integrated gradients: what each pixel adds on the way from an empty input to this one."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.masks import Masks
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.methods.perturbation import FILL
from gradcam.probe import Probe
from gradcam.rounding import SHARE


def path(steps: int) -> Masks:
    """The straight way to a picture as masks of one cell: its share in each, both ends included.

    Args:
        steps: intervals.
    """
    shares = np.linspace(0.0, 1.0, steps + 1, dtype=np.float32)
    return Masks.of(shares[:, None, None])


def along(parts: Iterable[Floats], steps: int) -> tuple[Floats, Floats]:
    """Mean of gradients and of their absolute values along a path, by the trapezoidal rule.

    Args:
        parts: of the gradients, (steps + 1, ...) float32 in all.
        steps: intervals of the path.
    """
    shares = np.full(steps + 1, 1.0 / steps, np.float32)
    shares[[0, -1]] /= 2.0
    mean: Floats = np.zeros(1, np.float32)
    bare, done = mean, 0
    for gradients in parts:
        own = shares[done : done + len(gradients)]
        mean = mean + np.einsum("m,m...->...", own, gradients)
        bare = bare + np.einsum("m,m...->...", own, np.abs(gradients))
        done += len(gradients)
    return mean, bare


def integrated_gradients(
    probe: Probe, fill: Baseline | str = Baseline.MEAN, steps: int = 64
) -> Findings:
    r"""Integrated gradients, summed over the colours.

    \(\sum_c (x_c - x'_c) \int_0^1 \partial y / \partial x_c (x' + t (x - x'))\,dt\), Sundararajan
    et al. 2017 (arXiv:1703.01365), equation 1, by the trapezoidal rule. The map adds up to
    y(x) - y(x'), the more exactly the more steps.

    Args:
        probe: N pictures.
        fill: x', where the way begins.
        steps: intervals of the way.

    Returns:
        Maps (N, height, width) at the picture's resolution, signed; of a sequence (N, frames,
        coefficients), with nothing summed.
    """
    probe.expect(steps + 1)
    maps, floors = [], []
    for number, picture in enumerate(probe.batch):
        start = probe.fill(number, fill)
        mean, bare = along(probe.gradients_through(number, path(steps), start), steps)
        maps.append(probe.on_plane((picture - start) * mean).sum(axis=-1))
        floors.append(SHARE * probe.on_plane(np.abs(picture - start) * bare).sum(axis=-1).max())
    return Findings(np.stack(maps), floors=np.array(floors, np.float32))


INTEGRATED_GRADIENTS = Method(
    name="integrated-gradients",
    title="Integrated gradients",
    help="Pixel by pixel, what it adds on the way from an empty input; adds up to the logit's "
    "change. Grainy by nature.",
    source="Sundararajan et al. 2017, arXiv:1703.01365",
    year=2017,
    need=Need.GRADIENTS,
    asks=frozenset({Ability.INPUT_GRADIENTS}),
    function=integrated_gradients,
    parameters=(FILL, Parameter("steps", 64, "Steps on the way.", 8, 512)),
    uses_layer=False,
)
