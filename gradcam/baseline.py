"""What stands where a part of a picture, or of a sound's features, is taken away."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from gradcam.arrays import Floats

QUIETEST = 0.1  # of the frames
MOST_CHANNELS = 64  # at once: OpenCV 5 takes 128


class Baseline(StrEnum):
    """What stands where a part of a picture is taken away."""

    MEAN = "mean"  # the picture's own mean colour; of a sequence each coefficient's mean
    BLUR = "blur"  # the picture without its details; of a sequence blurred over time
    ZERO = "zero"  # zero in the network's own scaling; that may be black
    SILENCE = "silence"  # each coefficient's lowest value in the sample
    LOW_NOISE = "low noise"  # frames drawn from the quietest tenth of the sample


def baseline(kind: Baseline | str, picture: Floats) -> Floats:
    """What a picture is replaced by where it is taken away.

    Silence and low noise take rows for frames and what stands in one row for its coefficients; of
    a picture of one row, the columns. On log-mel energies the lowest value is silence, and a frame
    is quiet where the sum of its coefficients is low; where features are standardised or turned
    to cepstra, that is no more than a guess at it. Of a waveform, one number a frame that swings
    about its mean, the mean is silence, and what is near it is quiet.

    Args:
        kind: one of `Baseline`.
        picture: (height, width, channels) float32, scaled as the network expects.

    Returns:
        (height, width, channels) float32, the same each time.
    """
    match Baseline(kind):
        case Baseline.ZERO:
            return np.zeros_like(picture)
        case Baseline.MEAN:
            mean = picture.mean(axis=(0, 1), keepdims=True, dtype=np.float64)
            return np.broadcast_to(mean, picture.shape).astype(np.float32)
        case Baseline.BLUR:
            return _blurred(picture)
        case Baseline.SILENCE:
            frames = _frames(picture)
            lowest = frames.mean(axis=0) if _is_waveform(frames) else frames.min(axis=0)
            return np.broadcast_to(lowest, frames.shape).reshape(picture.shape).astype(np.float32)
        case Baseline.LOW_NOISE:
            return _low_noise(_frames(picture)).reshape(picture.shape)


def _frames(picture: Floats) -> Floats:
    """(frames, coefficients) of a picture, or of a sequence of one row."""
    frames = picture.shape[1] if picture.shape[0] == 1 else picture.shape[0]
    return picture.reshape(frames, -1)


def _is_waveform(frames: Floats) -> bool:
    return frames.shape[1] == 1


def _low_noise(frames: Floats) -> Floats:
    if _is_waveform(frames):
        loudness = np.abs(frames - frames.mean()).sum(axis=1)
    else:
        loudness = frames.sum(axis=1, dtype=np.float64)
    count = max(1, round(QUIETEST * len(frames)))
    quiet = np.argsort(loudness, kind="stable")[:count]
    drawn = np.random.default_rng(0).choice(quiet, len(frames))
    return np.asarray(frames[drawn], np.float32)


def _blurred(picture: Floats) -> Floats:
    import cv2

    sigma = max(picture.shape[:2]) / 8
    parts = [
        cv2.GaussianBlur(
            np.ascontiguousarray(picture[..., first : first + MOST_CHANNELS]),
            (0, 0),
            sigma,
            borderType=cv2.BORDER_REFLECT,
        ).reshape(*picture.shape[:2], -1)
        for first in range(0, picture.shape[2], MOST_CHANNELS)
    ]
    return np.concatenate(parts, axis=-1).astype(np.float32, copy=False)
