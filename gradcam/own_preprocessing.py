"""What a network does to its picture by itself, and how the picture then has to be scaled outside.

It is not read off the network's layers but tried: pictures of one colour are sent to the first
layer with weights, and what arrives there tells the arithmetic, whoever does it and however.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats, Numbers
from gradcam.scaling import CAFFE_MEAN_BGR, IMAGENET_MEAN, IMAGENET_STD, Scaling

BRIGHTEST = 255.0
_EXACT = 1e-4  # how well colours must be foretold, as a share of the range that comes out
_NEAR = 0.015  # how near a range is to a usual one, as a share of its width
_LEAST, _MOST = 0.9, 64.0  # widths of ranges that networks are trained with, raw pixels aside

# What pixels of 0..255 may be outside, the likeliest first: the range of each.
_OUTSIDE = {
    Scaling.RAW: (0.0, 255.0),
    Scaling.UNIT: (0.0, 1.0),
    Scaling.SYMMETRIC: (-1.0, 1.0),
    Scaling.SIGNED: (-128.0, 127.0),
}


@dataclass(frozen=True)
class OwnPreprocessing:
    """What comes of a pixel x before a network's first layer with weights: gains · x + offsets.

    Attributes:
        kinds: of the layers and operations that do it, such as Rescaling, in order.
        gains: for each channel that comes out, what it has of each channel of the pixel.
        offsets: for each channel that comes out.
    """

    kinds: tuple[str, ...]
    gains: tuple[tuple[float, ...], ...]
    offsets: tuple[float, ...]

    @property
    def outside(self) -> Scaling | None:
        """How pictures have to be scaled so that a sensible range comes out; None: not known.

        The first of raw, 0..1, -1..1 and -128..127 that becomes a range of `preprocess_input`s;
        else the first that becomes some units around 0.
        """
        if np.allclose(np.abs(self.gains).sum(axis=1), 1.0) and not np.any(self.offsets):
            return None  # colours in another order, or made grey: any scaling stays what it is
        for sensible in (_is_usual, _is_around_zero):
            for scaling, pixels in _OUTSIDE.items():
                if sensible(self._range(*pixels)):
                    return scaling
        return None

    @property
    def turns_colors(self) -> bool:
        """Whether it makes BGR of RGB, so that the outside is RGB."""
        return len(self.gains) == 3 and self._sources() == [2, 1, 0]

    @property
    def reason(self) -> str:
        """What it does and what follows for the outside, in one sentence."""
        who = ", ".join(dict.fromkeys(self.kinds))
        turned = " with red and blue exchanged" if self.turns_colors else ""
        outside = self.outside
        follows = (
            f"so it takes pixels of {outside}"
            if outside is not None
            else "which says nothing about how pixels are scaled outside"
        )
        return f"The network itself begins with {self.formula}{turned} ({who}), {follows}."

    def _range(self, low: float, high: float) -> Numbers:
        """Lowest and highest value of each channel that comes out: (C, 2)."""
        gains, offsets = np.array(self.gains), np.array(self.offsets)
        ends = np.sort(np.stack([gains * low, gains * high]), axis=0).sum(axis=2)
        return (ends + offsets).T

    def _sources(self) -> list[int] | None:
        """The channel of the pixel that each channel comes of; None where colours are mixed."""
        gains = np.array(self.gains)
        if (np.count_nonzero(gains, axis=1) != 1).any():
            return None
        return [int(each) for each in np.abs(gains).argmax(axis=1)]

    @property
    def formula(self) -> str:
        """What it does to a pixel x, such as `x / 255`."""
        sources = self._sources()
        gain = np.array(self.gains).sum(axis=1)
        offset = np.array(self.offsets)
        x = "x" if sources is not None else "a mix x of the colours"
        if np.ptp(gain) < 1e-6 * abs(gain[0]) and np.ptp(offset) < 1e-6 * BRIGHTEST * abs(gain[0]):
            return x + _times(gain[0]) + _plus(offset[0])
        centred = f"({x} - {_numbers(-offset / gain)})"
        return centred if np.allclose(gain, 1.0) else f"{centred} / {_numbers(1 / gain)}"


def probes(height: int, width: int, channels: int) -> Floats:
    """Pictures of one colour that tell what is done to pixels, for `worked_out`.

    Returns:
        (N, height, width, channels) float32 of 0..255: black, each channel alone, and others to
        check by.
    """
    alone = BRIGHTEST * np.eye(channels)
    others = np.random.default_rng(0).integers(1, 255, (4, channels))
    colors = np.concatenate([np.zeros((1, channels)), alone, others, [[BRIGHTEST] * channels]])
    whole = np.broadcast_to(colors[:, None, None], (len(colors), height, width, channels))
    return np.ascontiguousarray(whole, np.float32)


def worked_out(kinds: tuple[str, ...], sent: Floats, arrived: Floats) -> OwnPreprocessing | None:
    """What was done to pictures of one colour.

    Args:
        kinds: of the layers that did it.
        sent: what `probes` gave, (N, height, width, C).
        arrived: what came of them, (N, h, w, C') or flattened (N, h·w·C).

    Returns:
        None where they came out as they were, or where it is more than a factor and an offset.
    """
    colors = sent[:, 0, 0].astype(np.float64)
    seen = _one_cell(arrived.astype(np.float64), colors.shape[1])
    if seen is None:
        return None
    black, alone = seen[0], seen[1 : 1 + colors.shape[1]]
    gains = (alone - black).T / BRIGHTEST
    exact = _EXACT * np.ptp(seen)
    if not np.isfinite(seen).all() or np.abs(colors @ gains.T + black - seen).max() > exact:
        return None
    gains[np.abs(gains) * BRIGHTEST <= exact] = 0.0
    black[np.abs(black) <= exact] = 0.0
    if (gains == 0.0).all(axis=1).any():
        return None
    square = gains.shape[0] == gains.shape[1]
    if square and np.allclose(gains, np.eye(len(gains)), atol=1e-6) and not black.any():
        return None
    rows = tuple(tuple(float(each) for each in row) for row in gains)
    return OwnPreprocessing(kinds, rows, tuple(float(each) for each in black))


def _one_cell(arrived: Numbers, channels: int) -> Numbers | None:
    """A cell of each: the middle one, since a border may have been put around."""
    if arrived.ndim == 4:
        return arrived[:, arrived.shape[1] // 2, arrived.shape[2] // 2]
    if arrived.ndim == 2 and arrived.shape[1] % channels == 0:
        return arrived[:, :channels]
    return None


def _is_usual(ranges: Numbers) -> bool:
    usual = [
        np.array([low, high])[None]
        for low, high in ((0, 1), (-1, 1), (-0.5, 0.5), (0, 255), (-128, 127))
    ]
    if len(ranges) == 3:
        torch = np.stack([-IMAGENET_MEAN / IMAGENET_STD, (1 - IMAGENET_MEAN) / IMAGENET_STD], 1)
        caffe = np.stack([-CAFFE_MEAN_BGR, BRIGHTEST - CAFFE_MEAN_BGR], 1)
        usual += [torch, torch[::-1], caffe, caffe[::-1]]
    return any(
        bool((np.abs(ranges - each) <= _NEAR * np.ptp(each, axis=1, keepdims=True)).all())
        for each in usual
    )


def _is_around_zero(ranges: Numbers) -> bool:
    width = np.ptp(ranges, axis=1)
    slack = 0.05 * width
    around = (ranges[:, 0] <= slack) & (ranges[:, 1] >= -slack)
    return bool((around & (width >= _LEAST) & (width <= _MOST)).all())


def _times(gain: float) -> str:
    if abs(gain - 1) < 1e-6:
        return ""
    return f" / {1 / gain:.6g}" if abs(gain) < 1 else f" × {gain:.6g}"


def _plus(offset: float) -> str:
    return "" if offset == 0 else f" {'-' if offset < 0 else '+'} {abs(offset):.6g}"


def _numbers(values: Numbers) -> str:
    return f"({', '.join(f'{each:.6g}' for each in values)})"
