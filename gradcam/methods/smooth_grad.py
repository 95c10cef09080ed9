"""SmoothGrad: the mean map over noisy copies of the picture, for any method of gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.eigen_grad_cam import eigen_grad_cam
from gradcam.methods.element_wise import element_wise
from gradcam.methods.grad_cam import grad_cam
from gradcam.methods.grad_cam_plus_plus import grad_cam_plus_plus
from gradcam.methods.hires_cam import hires_cam
from gradcam.methods.layer_cam import layer_cam
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.methods.perturbation import SEED
from gradcam.methods.xgrad_cam import xgrad_cam
from gradcam.network import Capture
from gradcam.probe import Probe
from gradcam.rounding import SHARE, uncancelled

PIXELS = "pixels"  # the gradient of the pixels themselves, as in the paper
OF: dict[str, Callable[[Capture], Floats]] = {
    "grad-cam": grad_cam,
    "grad-cam++": grad_cam_plus_plus,
    "hires-cam": hires_cam,
    "element-wise": element_wise,
    "xgrad-cam": xgrad_cam,
    "layer-cam": layer_cam,
    "eigen-grad-cam": eigen_grad_cam,
}


def noisy(picture: Floats, noise: float, drawn: Floats) -> Floats:
    """Versions of a picture with normal noise; its deviation is a share of the picture's range.

    Args:
        picture: (height, width, channels) float32.
        noise: the share, 0..1.
        drawn: (M, height, width, channels) float32, of deviation 1.

    Returns:
        (M, height, width, channels) float32.
    """
    return picture + np.float32(noise) * np.ptp(picture) * drawn


def smooth_grad(
    probe: Probe, of: str = PIXELS, samples: int = 25, noise: float = 0.15, seed: int = 0
) -> Findings:
    r"""SmoothGrad: \(\frac{1}{n}\sum M(x + \mathcal{N}(0, \sigma^2))\).

    Smilkov et al. 2017 (arXiv:1706.03825). Of pixels, the mean gradient is taken and then its
    absolute value summed over the colours, since its sign depends on light or dark.

    Args:
        probe: N pictures.
        of: a method of gradients, or `pixels`.
        samples: noisy copies of each picture.
        noise: σ as a share of the input's range.
        seed: of the noise.

    Returns:
        Maps (N, h, w) at the layer's resolution, or the picture's for `pixels`; then of a sequence
        (N, frames, coefficients).
    """
    probe.expect(samples)
    rng = np.random.default_rng(seed)
    totals: list[Floats] = [np.zeros(1, np.float32)] * len(probe)
    bares = totals.copy()
    for part in probe.chunks(samples):
        drawn = rng.standard_normal((part.stop - part.start, *probe.batch.shape[1:]), np.float32)
        for number, picture in enumerate(probe.batch):  # the noise is the same for all of them
            total, bare = _added(probe, number, noisy(picture, noise, drawn), of)
            totals[number] = totals[number] + total
            bares[number] = bares[number] + bare
    mean = np.stack(totals) / np.float32(samples)
    floors = SHARE / samples * np.abs(np.stack(bares)).max(axis=(1, 2))
    maps = probe.on_plane(np.abs(mean)).sum(axis=-1) if of == PIXELS else mean
    return Findings(maps, floors=floors)


def _added(probe: Probe, number: int, changed: Floats, of: str) -> tuple[Floats, Floats]:
    """The sum of the maps of a picture's noisy versions, and where nothing cancels."""
    if of == PIXELS:
        gradients = probe.pixel_gradients(number, changed)
        return gradients.sum(axis=0), probe.on_plane(np.abs(gradients).sum(axis=0)).sum(axis=-1)
    captures = list(probe.captures_of(number, changed))
    maps = [OF[of](captured) for captured in captures]
    bare = [uncancelled(captured, OF[of]) for captured in captures]
    return np.concatenate(maps).sum(axis=0), np.concatenate(bare).sum(axis=0)


SMOOTH_GRAD = Method(
    name="smooth-grad",
    title="SmoothGrad",
    help="The mean over noisy copies of the input: of pixel gradients, or of a method above.",
    source="Smilkov et al. 2017, arXiv:1706.03825",
    year=2017,
    need=Need.GRADIENTS,
    asks=frozenset({Ability.INPUT_GRADIENTS, Ability.LAYER_GRADIENTS}),
    function=smooth_grad,
    parameters=(
        Parameter("of", PIXELS, "Which map is smoothed.", options=(PIXELS, *OF)),
        Parameter("samples", 25, "Noisy copies.", 2, 200),
        Parameter("noise", 0.15, "Deviation, as a share of the input's range.", 0.01, 0.5),
        SEED,
    ),
)
