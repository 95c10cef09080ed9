"""A heatmap held against the sample's own source: what is left of a sound with parts of it hidden.

Of samples whose sources have parts of their own, see `Reading.source_parts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam import degenerate_reason
from gradcam.arrays import Floats
from gradcam.targets import target_values
from gradcam.truth import Check, PartAlone
from services.heatmaps.heatmaps import Heatmap
from services.media.medium import Reading, SourceParts
from services.media.sound.masking import Filling, as_loud, hottest_part
from services.predictions.predictions import Predictions

SHARE, PART = 0.25, "quarter"  # of time and frequency
RANDOM = 8  # random quarters
PATCHES = 8  # along each side: a quarter strewn in finer cells leaves the outline of everything


@dataclass(frozen=True, eq=False)
class HeardParts:
    """What is heard of a sample and of its hottest part, on one scale of loudness.

    Attributes:
        rate: values a second.
        whole: (n,) float32 in -1..1, the whole file.
        part: (m,) the sample alone, which may be a window of it.
        hot: (m,) its hottest part alone.
        rest: (m,) the sample without that.
    """

    rate: int
    whole: Floats
    part: Floats
    hot: Floats
    rest: Floats


def heard_parts(
    reading: Reading, raw: Floats, share: float = SHARE, filling: Filling = Filling.NOISE
) -> HeardParts | None:
    """The hottest part of a sample's source and the rest; None where nothing is heard.

    Args:
        reading: of the sample.
        raw: (h, w) float32, its map.
        share: of time and frequency that counts as hottest.
        filling: what stands where a part is taken away.

    Raises:
        PictureError: the file is gone.
    """
    parts, heard = reading.source_parts, reading.heard
    if parts is None or heard is None:
        return None
    hot = hottest_part(parts.laid(raw), share)
    left, rest = parts.left(np.stack([hot, 1.0 - hot]), filling)
    return HeardParts(heard.rate, *as_loud(heard.whole, heard.part, left, rest))


def check_in_source(
    predictions: Predictions, reading: Reading, heatmap: Heatmap, parts: SourceParts
) -> Check:
    """What hiding the hottest quarter of a sample's source does, and what it says alone.

    Beside random quarters in patches; what is hidden is filled with low noise, and goes through
    all that features are made by.

    Args:
        predictions: of the project.
        reading: of the sample.
        heatmap: of it.
        parts: of the reading.
    """
    network = predictions.project.network
    reason = degenerate_reason(heatmap.raw)
    maps = [*([] if reason else [heatmap.raw]), *_random_patches(heatmap.raw)]
    hot = np.stack([hottest_part(parts.laid(each), SHARE) for each in maps])
    changed = parts.tensors(parts.left(np.concatenate([1.0 - hot, hot])))
    outputs = network.predict(np.concatenate([reading.tensor[None], changed]))
    whole, *values = target_values(network, outputs, heatmap.target).tolist()
    without, alone = values[: len(maps)], values[len(maps) :]
    if reason is not None:
        nothing = float("nan")
        return Check(heatmap.target, whole, nothing, tuple(without), reason, part=PART)
    kept = PartAlone(alone[0], tuple(alone[1:]))
    return Check(heatmap.target, whole, without[0], tuple(without[1:]), part=PART, kept=kept)


def _random_patches(raw: Floats) -> Floats:
    """Random maps over what a map lies over: (RANDOM, h, w) float32, the same each time."""
    height, width = (min(side, PATCHES) for side in raw.shape)
    return np.random.default_rng(0).random((RANDOM, height, width), np.float32)


def read_sample(predictions: Predictions, position: int) -> Reading:
    """The file of a sample, read.

    Raises:
        PictureError: it is gone.
    """
    sample = predictions.samples[position]
    return predictions.project.medium.read(sample.path, sample.window)
