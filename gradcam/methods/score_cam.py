"""Score-CAM: a channel weighs as much as the target's score where only its places are shown."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.masks import Masks
from gradcam.methods.grad_cam import weighted_sum
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.methods.perturbation import FILL, SCALE
from gradcam.probe import Probe, Scale
from gradcam.targets import Target, TargetKind


def score_cam(
    probe: Probe,
    scale: Scale | str = Scale.SCORE,
    fill: Baseline | str = Baseline.MEAN,
    channels: int = 0,
) -> Findings:
    r"""Score-CAM: \(\sum_k w_k A_k\) with \(w_k = y(X \odot M_k + B \odot (1 - M_k))\).

    \(M_k\) is the channel brought to 0..1 and resized to the picture. Wang et al. 2020
    (arXiv:1910.01279), as in the authors' code: the score itself is the weight, channels that are
    the same everywhere are left out, and the weights go through no further softmax. Of a number
    whose zero means nothing (regression, contrast, logit) what the empty picture B has is taken
    off, as in the paper's definition 3.

    Args:
        probe: N pictures.
        scale: whether the weight is the score or the logit.
        fill: B, what stands where a channel is not active.
        channels: only so many, those that vary most; 0 for all. One pass each.

    Returns:
        Maps (N, h, w) at the layer's resolution.
    """
    most = min(channels or probe.layer.channels, probe.layer.channels)
    probe.expect(most + 2)
    activations = probe.capture().activations
    weights = np.zeros((len(probe), probe.layer.channels), np.float32)
    for number, own in enumerate(activations):
        used, masks = _masks(own, most)
        probe.skip(most - len(used))
        counted = Scale(scale) is Scale.LOGIT or not _is_share(probe.targets[number])
        if counted:
            masks = np.concatenate([masks, np.zeros_like(own[None, ..., 0])])
        else:
            probe.skip(1)
        empty = probe.fill(number, fill)
        values = probe.values_through(number, Masks.of(masks), empty, scale)
        weights[number, used] = values[:-1] - values[-1] if counted else values
    floors = probe.rounding * np.abs(activations).sum(axis=-1).max(axis=(1, 2))
    return Findings(weighted_sum(activations, weights), SCORE_CAM.notes_on(activations), floors)


def _masks(own: Floats, most: int) -> tuple[np.ndarray, Floats]:
    """Which channels of (h, w, C) activations vary, and these brought to 0..1: (used, h, w)."""
    low, span = own.min(axis=(0, 1)), np.ptp(own, axis=(0, 1))
    used = np.argsort(-span, kind="stable")[:most]
    used = np.sort(used[span[used] > 0])
    masks = (own[..., used] - low[used]) / span[used]
    return used, np.ascontiguousarray(np.moveaxis(masks, -1, 0))


def _is_share(target: Target) -> bool:
    return target.kind is not TargetKind.OUTPUT and not target.is_difference


SCORE_CAM = Method(
    name="score-cam",
    title="Score-CAM",
    help="No gradients: each channel by the score of the input shown through it. "
    "One prediction for each channel of the layer.",
    source="Wang et al. 2020, arXiv:1910.01279",
    year=2019,
    need=Need.PASSES,
    asks=frozenset({Ability.ACTIVATIONS, Ability.PREDICTIONS}),
    function=score_cam,
    rectified=True,
    parameters=(
        SCALE,
        FILL,
        Parameter("channels", 0, "Only so many, those that vary most; 0 for all.", 0, 4096),
    ),
)
