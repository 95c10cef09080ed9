"""From a batch to maps in one call: capture, then the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcam.capture import capture
from gradcam.layers import Layer
from gradcam.methods import Method, Pooling, compute_maps
from gradcam.network import Floats, Network
from gradcam.targets import Target


@dataclass(frozen=True)
class Explanation:
    """Maps of a batch of N pictures.

    Attributes:
        maps: (N, h, w) float32, signed and unscaled, at the layer's resolution.
        outputs: (N, K) float32, what the network itself returns.
        layer: the layer that was explained.
    """

    maps: Floats
    outputs: Floats
    layer: Layer


def explain(
    network: Network,
    batch: Floats,
    layer: str | None = None,
    target: int | Target | Sequence[int | Target | None] | None = None,
    method: Method | str = Method.GRAD_CAM,
    pooling: Pooling | str = Pooling.MEAN,
) -> Explanation:
    """Explain a batch of pictures.

    Args:
        network: the network to explain.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layer: name of the layer; None for the network's default one.
        target: a class index or a `Target`, one for all pictures or one for each; None for the
            class the network chose.
        method: `grad-cam`.
        pooling: `mean` or `sum_abs`, how gradients become weights.

    Returns:
        Maps and outputs.

    Raises:
        NetworkError: no such layer, it does not lead to the output, or the batch does not fit.
        GradcamError: no such target.
    """
    captured = capture(network, batch, layer, _as_targets(target))
    return Explanation(
        compute_maps(captured, method, pooling), captured.outputs, network.layer(layer)
    )


def _as_targets(
    target: int | Target | Sequence[int | Target | None] | None,
) -> Target | Sequence[Target | None] | None:
    if target is None or isinstance(target, Target | int | np.integer):
        return _as_target(target)
    return [_as_target(each) for each in target]


def _as_target(target: int | Target | None) -> Target | None:
    if target is None or isinstance(target, Target):
        return target
    return Target.for_class(int(target))
