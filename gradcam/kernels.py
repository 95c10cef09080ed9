"""What a convolution learned: its kernels in one shape, whatever kind of convolution it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.layers import Layer
from gradcam.network import Network


@dataclass(frozen=True)
class KernelFigures:
    """Figures of F kernels, each over all of its weights; (F,) float64.

    Attributes:
        mean, deviation: of the weights; the deviation with the divisor N.
        low, high: the least and the largest weight.
        norm: L2, the root of the sum of squares.
    """

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    norm: NDArray[np.float64]


def kernel_layer(network: Network, layer: str) -> Layer | None:
    """The layer itself if it is a convolution, or else the nearest one that ran before it.

    Raises:
        NetworkError: no such layer.
    """
    names = [each.name for each in network.layers]
    place = names.index(network.layer(layer).name)
    earlier = reversed(network.layers[: place + 1])
    return next((each for each in earlier if network.kernels(each.name) is not None), None)


def kernel_figures(kernels: Floats) -> KernelFigures:
    """Mean, deviation, least, largest and L2 of each kernel.

    Args:
        kernels: (F, rows, columns, input channels) float32.
    """
    flat = kernels.reshape(len(kernels), -1).astype(np.float64)
    return KernelFigures(
        flat.mean(axis=1),
        flat.std(axis=1),
        flat.min(axis=1),
        flat.max(axis=1),
        np.sqrt((flat**2).sum(axis=1)),
    )


def kernel_pictures(kernels: Floats, channel: int | None = None, *, shared: bool = False) -> Floats:
    """Kernels to look at: zero is 0.5, the weight furthest from zero is 0 or 1.

    Args:
        kernels: (F, rows, columns, input channels) float32.
        channel: the input channel that is shown. None for all three where there are three, as red,
            green and blue, and else for the mean over the input channels.
        shared: one scale for all kernels rather than one for each.

    Returns:
        (F, rows, columns, 3) or (F, rows, columns) float32 in 0..1.
    """
    shown = kernels
    if channel is not None:
        shown = kernels[..., channel]
    elif kernels.shape[-1] != 3:
        shown = kernels.mean(axis=-1)
    limits = kernel_limits(shown, shared=shared)
    safe = np.where(limits > 0, limits, 1).reshape(-1, *([1] * (shown.ndim - 1)))
    return (0.5 + shown / (2 * safe)).astype(np.float32)


def kernel_limits(shown: Floats, *, shared: bool = False) -> Floats:
    """For each of F kernels the weight that is furthest from zero, or for all of them: (F,)."""
    limits = np.abs(shown).reshape(len(shown), -1).max(axis=1)
    return np.full_like(limits, limits.max()) if shared else limits
