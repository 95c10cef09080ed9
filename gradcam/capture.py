"""Asking a network for captures in the words of targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.errors import NetworkError
from gradcam.network import Capture, Network
from gradcam.targets import Target, target_weights


def capture(
    network: Network,
    batch: Floats,
    layer: str | None = None,
    target: Target | Sequence[Target | None] | None = None,
) -> Capture:
    """Run a batch once and keep what Grad-CAM and its family need.

    Of a layer that the network calls more than once, the last call is explained: its output, and
    how the explained number depends on that output.

    Args:
        network: the network to explain.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layer: name of the layer; None for the network's default one.
        target: one for all pictures or one for each; None for what the network says itself, see
            `predicted_targets`.

    Returns:
        The capture of all N pictures.

    Raises:
        NetworkError: no such layer, it does not lead to the output, or the batch does not fit.
        GradcamError: no such target.
    """
    batch = network.check(batch)
    name = network.layer(layer).name
    captures = network.captures(batch, (name,), *_asked(network, target, len(batch)))
    if name not in captures:
        raise NetworkError(
            f"The layer {name} of {network.name} does not lead to the output; choose another one."
        )
    return _with_scores(network, batch, captures[name])


def capture_layers(
    network: Network,
    batch: Floats,
    layers: Sequence[str],
    target: Target | Sequence[Target | None] | None = None,
) -> dict[str, Capture]:
    """The same of several layers in one run, which is traced once rather than for each of them.

    Args:
        network: the network to explain.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layers: names; the captures of all of them are in memory together.
        target: as for `capture`.

    Returns:
        A capture for each layer that leads to the output, by name, in their order.

    Raises:
        NetworkError: no such layer, or the batch does not fit.
        GradcamError: no such target.
    """
    batch = network.check(batch)
    captures = network.captures(batch, layers, *_asked(network, target, len(batch)))
    return {name: _with_scores(network, batch, each) for name, each in captures.items()}


def _with_scores(network: Network, batch: Floats, captured: Capture) -> Capture:
    """A capture with the network's grids of anomaly scores, if it gives any."""
    if captured.scores or Ability.SCORES not in network.abilities:
        return captured
    return replace(captured, scores=network.score_grids(batch, captured.outputs))


def one_each(
    target: Target | Sequence[Target | None] | None, count: int
) -> Sequence[Target | None]:
    """One target for each of so many pictures.

    Raises:
        NetworkError: there are more targets than pictures, or fewer.
    """
    if target is None or isinstance(target, Target):
        return [target] * count
    if len(target) != count:
        raise NetworkError(f"{len(target)} targets were given for {count} pictures.")
    return target


def _asked(
    network: Network, target: Target | Sequence[Target | None] | None, count: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Weights over the logits for each picture, and whether its own prediction is meant."""
    targets = one_each(target, count)
    none = np.zeros(network.units, np.float32)
    weights = {
        each: none if each is None else target_weights(network, each)
        for each in dict.fromkeys(targets)
    }
    return np.stack([weights[each] for each in targets]), np.array([x is None for x in targets])
