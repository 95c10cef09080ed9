"""Ablation-CAM: a channel weighs as much as the logit loses when it is switched off."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.methods.grad_cam import weighted_sum
from gradcam.methods.method import Findings, Method, Need
from gradcam.probe import Probe


def ablation_cam(probe: Probe) -> Findings:
    r"""Ablation-CAM: \(\sum_k w_k A_k\) with \(w_k = (y - y_{\setminus k}) / |y|\).

    y is the target's logit and \(y_{\setminus k}\) the one with channel k set to zero. Desai and
    Ramaswamy 2020 (WACV), equation 4, but divided by |y|: by y itself, a negative logit would turn
    the map upside down. Only what follows the layer is run again.

    Args:
        probe: N pictures.

    Returns:
        Maps (N, h, w) at the layer's resolution.
    """
    channels = probe.layer.channels
    probe.expect(channels + 2)
    activations = probe.capture().activations
    weights = np.zeros((len(probe), channels), np.float32)
    wholes = np.ones(len(probe), np.float32)
    one, each = np.ones((1, channels), np.float32), 1.0 - np.eye(channels, dtype=np.float32)
    kept = np.concatenate([one, each])
    for number, own in enumerate(activations):
        whole, *without = probe.ablated(number, own, kept)
        wholes[number] = abs(whole) or 1.0
        weights[number] = (whole - np.array(without)) / wholes[number]
    floors = probe.rounding / wholes * np.abs(activations).sum(axis=-1).max(axis=(1, 2))
    return Findings(weighted_sum(activations, weights), floors=floors)


ABLATION_CAM = Method(
    name="ablation-cam",
    title="Ablation-CAM",
    help="No gradients: each channel by what the logit loses without it. "
    "One run of what follows the layer for each channel.",
    source="Desai and Ramaswamy 2020, doi:10.1109/WACV45572.2020.9093360",
    year=2020,
    need=Need.PASSES,
    asks=frozenset({Ability.ACTIVATIONS, Ability.REPLACEMENT}),
    function=ablation_cam,
)
