"""What the channels of a layer do: which of them are active, which are dead, which count.

A channel is *active* in a picture where any cell of its map is other than zero, and *dead* where
that happens in no picture: after a ReLU such a unit has nothing left to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.errors import GradcamError
from gradcam.methods.grad_cam import channel_weights
from gradcam.network import Capture

TOP = 9  # pictures that are kept for each channel


@dataclass(frozen=True)
class Survey:
    """What each of C channels did over a set of pictures.

    Attributes:
        count: of pictures.
        low, high: (C,) float32, the least and the largest activation in any cell.
        active: (C,) int64, in how many pictures the channel is active.
        best: (C, K) int64, the pictures where it reaches highest, numbered from 0, highest first;
            K is `TOP`, or the number of pictures where that is less.
        peaks: (C, K) float32, its largest activation in each of these.
    """

    count: int
    low: Floats
    high: Floats
    active: NDArray[np.int64]
    best: NDArray[np.int64]
    peaks: Floats

    @property
    def dead(self) -> NDArray[np.bool_]:
        """(C,) the channels that give zero everywhere."""
        return self.active == 0

    @property
    def always(self) -> NDArray[np.bool_]:
        """(C,) the channels that are active in every picture."""
        return self.active == self.count

    def examples(self, channel: int) -> list[tuple[int, float]]:
        """The pictures where a channel reaches highest, with its peak, as far as it is active.

        A picture counts as one where it is not if the peak is zero and it is never below.
        """
        pairs = zip(self.best[channel].tolist(), self.peaks[channel].tolist(), strict=True)
        if self.low[channel] < 0:
            return list(pairs)
        return [(number, peak) for number, peak in pairs if peak != 0]


def contributions(capture: Capture) -> Floats:
    r"""How much each channel moves the target: the mean over the cells of \(|w_k A_k|\).

    \(w_k\) is Grad-CAM's weight, the mean gradient (Selvaraju et al. 2017, eq. 1). The sign is that
    of \(w_k \sum A_k\): above zero the channel raises the target. Where no activation is below
    zero, the sum over the channels is the mean of the Grad-CAM map.

    Args:
        capture: of N pictures.

    Returns:
        (N, C) float32.
    """
    weights = channel_weights(capture.gradients)
    size = np.abs(weights) * np.abs(capture.activations).mean(axis=(1, 2))
    return np.copysign(size, weights * capture.activations.sum(axis=(1, 2)))


def survey(batches: Iterable[Floats], top: int = TOP) -> Survey:
    """Look over the activations of many pictures, batch by batch.

    Args:
        batches: (n, h, w, C) float32 each, of the pictures in their order.
        top: how many pictures are kept for each channel.

    Raises:
        GradcamError: there is no picture.
    """
    whole: Survey | None = None
    for batch in batches:
        new = _of_batch(batch, top)
        whole = new if whole is None else _joined(whole, new, top)
    if whole is None:
        raise GradcamError("There is no picture to look over; the test set is empty.")
    return whole


def _of_batch(batch: Floats, top: int) -> Survey:
    high, low = batch.max(axis=(1, 2)), batch.min(axis=(1, 2))
    active = ((high != 0) | (low != 0)).sum(axis=0)
    order = np.argsort(-high.T, axis=1, kind="stable")[:, :top]
    peaks = np.take_along_axis(high.T, order, axis=1)
    return Survey(len(batch), low.min(axis=0), high.max(axis=0), active, order, peaks)


def _joined(first: Survey, then: Survey, top: int) -> Survey:
    best = np.concatenate([first.best, then.best + first.count], axis=1)
    peaks = np.concatenate([first.peaks, then.peaks], axis=1)
    order = np.argsort(-peaks, axis=1, kind="stable")[:, :top]
    return Survey(
        first.count + then.count,
        np.minimum(first.low, then.low),
        np.maximum(first.high, then.high),
        first.active + then.active,
        np.take_along_axis(best, order, axis=1),
        np.take_along_axis(peaks, order, axis=1),
    )


def channel_spans(maps: Floats, *, shared: bool = False) -> Floats:
    """From where to where the colours of each channel's map go; zero always lies within.

    Args:
        maps: (..., h, w, C) float32.
        shared: one span for all channels.

    Returns:
        (C, 2) float32, low and high.
    """
    flat = maps.reshape(-1, maps.shape[-1])
    ends = np.stack([np.minimum(flat.min(axis=0), 0), np.maximum(flat.max(axis=0), 0)], axis=1)
    if shared:
        ends[:] = ends[:, 0].min(), ends[:, 1].max()
    return ends


def within(values: Floats, low: float, high: float) -> Floats:
    """Values brought to 0..1 between two ends and clipped; zeros where these are equal."""
    if not high > low:
        return np.zeros_like(values)
    return np.clip((values - low) / (high - low), 0.0, 1.0).astype(np.float32)
