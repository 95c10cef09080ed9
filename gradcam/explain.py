"""From a batch to maps in one call, whatever the method needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from gradcam.capture import capture
from gradcam.layers import Layer
from gradcam.methods import Method, apply_method, find_method, run_method
from gradcam.network import Network
from gradcam.probe import CHUNK, Alone, Probe, Tell
from gradcam.targets import Target

AnyTarget = int | Target | Sequence[int | Target | None] | None


@dataclass(frozen=True)
class Explanation:
    """Maps of a batch of N pictures.

    Attributes:
        maps: (N, h, w) float32, signed and unscaled; at the layer's resolution, or at the
            picture's for methods that change the picture.
        outputs: (N, K) float32, what the network itself returns.
        layer: the layer that was explained.
        notes: for each picture a sentence to read its map with, such as LIME's fit; "" for none.
    """

    maps: Floats
    outputs: Floats
    layer: Layer
    notes: tuple[str, ...] = ()


def explain(
    network: Network,
    batch: Floats,
    layer: str | None = None,
    target: AnyTarget = None,
    method: Method | str = "grad-cam",
    *,
    chunk: int = CHUNK,
    tell: Tell | None = None,
    alone: Alone | None = None,
    **settings: object,
) -> Explanation:
    """Explain a batch of pictures.

    Args:
        network: the network to explain.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layer: name of the layer; None for the network's default one.
        target: a class index or a `Target`, one for all pictures or one for each; None for the
            class the network chose.
        method: one of `gradcam.METHODS`, or its name.
        chunk: pictures in one pass, for methods that need many.
        tell: gets the passes done and those in all, for methods that need many; may raise.
        alone: whether nobody else waits for the machine, see `Probe`; None for always.
        **settings: the method's own parameters, such as Grad-CAM's `pooling="mean"`.

    Returns:
        Maps and outputs.

    Raises:
        NetworkError: no such layer, it does not lead to the output, the batch does not fit, or the
            network does not give what the method asks for.
        GradcamError: no such target, method or setting.
    """
    method = find_method(method)
    method.fits(network).required()
    targets = _as_targets(target)
    if not method.slow:
        captured = capture(network, batch, layer, targets)
        made = apply_method(captured, method, **settings)
        return Explanation(made.maps, captured.outputs, network.layer(layer), made.notes)
    probe = Probe(network, batch, layer, targets, chunk=chunk, tell=tell, alone=alone)
    computed = run_method(probe, method, **settings)
    return Explanation(
        computed.maps, probe.outputs, probe.layer, computed.notes or ("",) * len(computed.maps)
    )


def _as_targets(target: AnyTarget) -> Target | Sequence[Target | None] | None:
    if target is None or isinstance(target, Target | int | np.integer):
        return _as_target(target)
    return [_as_target(each) for each in target]


def _as_target(target: int | Target | None) -> Target | None:
    if target is None or isinstance(target, Target):
        return target
    return Target.for_class(int(target))
