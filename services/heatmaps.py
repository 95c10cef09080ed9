"""From a sample to its heatmap: captures are kept in memory, the rest is made at each touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradcam import (
    Capture,
    Degenerate,
    Target,
    capture,
    compute_maps,
    degenerate_reason,
    divisor,
    normalize,
    place,
    to_tensor,
)
from gradcam.network import Floats
from gradcam.overlay import Picture
from services.choices import TRUE, Choices
from services.pictures import read_picture
from services.predictions import BATCH, Predictions, context_of
from services.settings import settings
from services.store import BoundedStore

Key = tuple[str, str, str, Target]


@dataclass(frozen=True)
class Heatmap:
    """A sample's explanation.

    Attributes:
        raw: the map, (h, w) float32, signed, at the layer's resolution.
        heat: (h, w) float32 in 0..1.
        scale: what the map was divided by; 0 where it shows nothing.
        reason: why it shows nothing, if so.
        target: what was explained.
    """

    raw: Floats
    heat: Floats
    scale: float
    reason: Degenerate | None
    target: Target


_captures: BoundedStore[Key, Capture] = BoundedStore(
    settings().capture_bytes, lambda c: c.activations.nbytes + c.gradients.nbytes
)


def layer_name(predictions: Predictions, choices: Choices) -> str:
    """The chosen layer, or the network's default where the choice is of another network."""
    network = predictions.project.network
    names = {layer.name for layer in network.layers}
    return choices.layer if choices.layer in names else network.default_layer.name


def target_of(predictions: Predictions, position: int, choices: Choices) -> Target:
    """What is explained for one sample.

    Falls back to the predicted class where the true one is not known.
    """
    project = predictions.project
    named = choices.target[1:] if choices.target.startswith("=") else None
    if project.is_regression:
        chosen = named is not None and named.isdecimal() and int(named) < project.network.units
        return Target.for_output(int(named or 0) if chosen else project.regression.output)
    if named in project.classes:
        return Target.for_class(project.classes.index(named or ""))
    true = int(predictions.true[position])
    if choices.target == TRUE and true >= 0:
        return Target.for_class(true)
    return Target.for_class(int(predictions.predicted[position]))


def heatmaps(predictions: Predictions, positions: Sequence[int], choices: Choices) -> list[Heatmap]:
    """Heatmaps of some samples as the person wants them.

    With `shared_scale`, all of them have the largest divisor among them.

    Raises:
        GradcamError: a picture is gone, or the layer does not lead to the output.
    """
    layer = layer_name(predictions, choices)
    targets = [target_of(predictions, position, choices) for position in positions]
    captures = _captured(predictions, positions, layer, targets)
    raws = [compute_maps(c, choices.method, choices.pooling)[0] for c in captures]
    scales = [divisor(raw, choices.normalization, choices.percentile) for raw in raws]
    if choices.shared_scale:
        scales = [max(scales, default=0.0)] * len(scales)
    return [
        Heatmap(raw, normalize(raw, scale=scale), scale, degenerate_reason(raw), target)
        for raw, scale, target in zip(raws, scales, targets, strict=True)
    ]


def placed(predictions: Predictions, heat: Floats, picture: Picture) -> Floats:
    """A heatmap on the picture, at whatever size the picture is shown: (H, W) float32."""
    height, width = picture.shape[:2]
    return place(heat, predictions.project.input_spec, width, height)


def _captured(
    predictions: Predictions, positions: Sequence[int], layer: str, targets: Sequence[Target]
) -> list[Capture]:
    context = context_of(predictions.project.network, predictions.project.input_spec)
    keys = [
        (context, predictions.digests[position], layer, target)
        for position, target in zip(positions, targets, strict=True)
    ]
    found = {key: _captures.get(key) for key in keys}
    missing = [
        (key, position)
        for key, position in dict(zip(keys, positions, strict=True)).items()
        if found[key] is None
    ]
    for start in range(0, len(missing), BATCH):
        part = missing[start : start + BATCH]
        for (key, _), new in zip(part, _capture(predictions, part, layer), strict=True):
            found[key] = new
            _captures.put(key, new)
    return [captured for key in keys if (captured := found[key]) is not None]


def _capture(
    predictions: Predictions, part: Sequence[tuple[Key, int]], layer: str
) -> list[Capture]:
    """One batch through the network, cut into captures of one sample each."""
    project = predictions.project
    tensors = [
        to_tensor(read_picture(predictions.samples[position].path), project.input_spec)
        for _, position in part
    ]
    targets = [key[3] for key, _ in part]
    whole = capture(project.network, np.stack(tensors), layer, targets)
    return [
        Capture(
            whole.activations[i : i + 1].copy(),
            whole.gradients[i : i + 1].copy(),
            whole.outputs[i : i + 1].copy(),
        )
        for i in range(len(part))
    ]
