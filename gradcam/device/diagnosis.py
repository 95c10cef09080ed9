"""Which fault explains what a network was fed with, beside what was to be expected.

Each fault is undone in what the device printed, or, where something is lost in it, made in what was
to be expected; the one with the highest correlation (Pearson's, over all values) is the cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Picture
from gradcam.device.faults import MADE, OF_COLOURS, UNDONE, Fault
from gradcam.device.resizing import DeviceResize

SURE, AHEAD = 0.9, 0.02  # a correlation, and how far before the next best
LEAST, HARDLY = 0.3, 0.005  # for *probably*
SHIFTED = 0.95  # a picture moved by one pixel is told from a second shot only above
FLAT = 3.0  # levels of deviation: below there is nothing to compare
SAME = 0.98  # as expected
STRIPED = 0.6  # of the difference between rows, where they have another length
APART = 0.5  # most correlation of the part of another frame
ROWS = 8  # of a part of another frame, at least

_OF_MODE = {
    DeviceResize.SQUASH: Fault.SQUASHED,
    DeviceResize.FIT_SHORTEST: Fault.CROPPED,
    DeviceResize.FIT_LONGEST: Fault.BARS,
}


@dataclass(frozen=True, eq=False)
class ExpectedPicture:
    """What the network should have been fed with.

    Attributes:
        pictures: (H, W, 3) uint8 by how a frame is brought to size, all that a device may do.
        mode: which of them is right.
    """

    pictures: Mapping[DeviceResize, Picture]
    mode: DeviceResize

    @property
    def picture(self) -> Picture:
        """The right one."""
        return self.pictures[self.mode]


@dataclass(frozen=True)
class Diagnosis:
    """Which fault fits.

    Attributes:
        fault: the cause; None where nothing fits, or where there is nothing to compare.
        sure: whether it is told without *probably*.
        correlation: of what was printed, with the fault undone, and what was to be expected.
        margin: how far that is ahead of the next best.
        why: the evidence, in a sentence.
    """

    fault: Fault | None
    sure: bool
    correlation: float
    margin: float
    why: str


def told_alone(printed: Picture) -> Diagnosis | None:
    """What can be told of a printed picture without knowing what it shows; None where nothing can.

    Args:
        printed: (H, W, 3) uint8.
    """
    if not printed.any():
        why = "All values are 0, whatever the camera sees."
        return Diagnosis(Fault.PACKED_SHARES, True, 1.0, 1.0, why)
    if not printed[..., :2].any():
        why = "Red and green are 0 everywhere; only blue varies."
        return Diagnosis(Fault.PACKED_GREY, True, 1.0, 1.0, why)
    return None


def diagnosed(printed: Picture, expected: ExpectedPicture, *, grey: bool = False) -> Diagnosis:
    """Which fault explains the difference between what was printed and what was to be expected.

    Args:
        printed: (H, W, 3) uint8, as the network was fed with it.
        expected: of the same size.
        grey: whether the network takes grey pictures, whose colours tell nothing.
    """
    if (alone := told_alone(printed)) is not None:
        return alone
    right = expected.picture
    if min(printed.std(), right.std()) < FLAT:
        why = (
            "The picture is nearly of one colour, so there is nothing to compare; show the camera "
            "something with colours and a clear top."
        )
        return Diagnosis(None, False, 0.0, 0.0, why)
    fits = _fits(printed, expected, grey=grey)
    own = fits[Fault.NONE]
    if own < SHIFTED and fits[Fault.OFF_BY_A_PIXEL] < SHIFTED:
        fits.pop(Fault.OFF_BY_A_PIXEL)
    if own < SURE and (seam := _seam(printed, right)) is not None:
        fits[Fault.SEAM] = seam
    best = _best(fits)
    if best.fault is None or not best.sure:
        length, share = row_length(printed)
        if length != printed.shape[1] and share < STRIPED:
            why = f"Neighbouring rows match where they are {length} pixels long."
            return Diagnosis(Fault.ROW_LENGTH, True, fits[Fault.NONE], 1.0 - share, why)
    return best


def correlation(one: Picture, other: Picture) -> float:
    """Pearson's r over all values of two pictures; 0 where one is of a single level."""
    first, second = (each.astype(np.float64).ravel() for each in (one, other))
    first, second = first - first.mean(), second - second.mean()
    length = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / length) if length else 0.0


def roughness(picture: Picture) -> float:
    """Mean difference of neighbours across and down, in deviations; right ones are below 0.9."""
    values = picture.astype(np.float64)
    steps = np.abs(np.diff(values, axis=1)).mean() + np.abs(np.diff(values, axis=0)).mean()
    return float(steps / max(values.std(), 1e-9))


def row_length(printed: Picture) -> tuple[int, float]:
    """At which length neighbouring rows match best.

    Args:
        printed: (H, W, 3) uint8.

    Returns:
        The length in pixels, and the mean difference there as a share of that at W.
    """
    height, width = printed.shape[:2]
    flat = printed.astype(np.int16).reshape(height * width, -1)
    lengths = range(max(4, width // 3), min(4 * width, height * width // 4) + 1)
    means = {each: float(np.abs(flat[each:] - flat[:-each]).mean()) for each in lengths}
    best = min(means, key=means.__getitem__)
    return best, means[best] / max(means[width], 1e-9)


def _fits(printed: Picture, expected: ExpectedPicture, *, grey: bool) -> dict[Fault, float]:
    """The correlation that each fault comes to."""
    right, fits = expected.picture, {}
    for fault, undo in UNDONE.items():
        undone = undo(printed)
        if not (grey and fault in OF_COLOURS) and undone.shape == right.shape:
            fits[fault] = correlation(undone, right)
    for fault, make in MADE.items():
        if not (grey and fault in OF_COLOURS):
            fits[fault] = correlation(printed, make(right))
    for mode, picture in expected.pictures.items():
        if mode is not expected.mode:
            fits[_OF_MODE[mode]] = correlation(printed, picture)
    if not grey and _is_coloured(printed):
        fits.pop(Fault.GREY)
    return fits


def _is_coloured(picture: Picture) -> bool:
    return bool((picture != picture[..., :1]).any())


def _seam(printed: Picture, right: Picture) -> float | None:
    """The correlation of the part that is as expected, where the other part is not; else None."""
    height = len(printed)
    halves = np.s_[: height // 2], np.s_[height // 2 :]
    good = max(halves, key=lambda half: correlation(printed[half], right[half]))
    slope, offset = np.polyfit(printed[good].ravel(), right[good].ravel().astype(np.float64), 1)
    errors = np.abs(slope * printed + offset - right).mean(axis=(1, 2))
    splits = range(ROWS, height - ROWS + 1)
    if not splits:
        return None
    at = min(splits, key=lambda row: errors[:row].var() * row + errors[row:].var() * (height - row))
    parts = sorted(correlation(printed[part], right[part]) for part in (np.s_[:at], np.s_[at:]))
    return parts[1] if parts[0] < APART and parts[1] >= SURE else None


def _best(fits: Mapping[Fault, float]) -> Diagnosis:
    first, *others = sorted(fits, key=lambda each: -fits[each])
    if first is Fault.NONE:  # a smooth picture is much the same one pixel further
        others = [each for each in others if each is not Fault.OFF_BY_A_PIXEL]
    second = others[0]
    fit, margin = fits[first], fits[first] - fits[second]
    if first is Fault.NONE and fit >= SAME:  # what else would look the same is no trouble
        return Diagnosis(first, True, fit, margin, _why(first, fit, second, fits[second]))
    if fit >= SURE and margin >= AHEAD:
        return Diagnosis(first, True, fit, margin, _why(first, fit, second, fits[second]))
    if fit >= LEAST and margin >= HARDLY:
        return Diagnosis(first, False, fit, margin, _why(first, fit, second, fits[second]))
    why = f"Nothing fits: the best, “{first}”, correlates to {fit:.2f}."
    return Diagnosis(None, False, fit, margin, why)


def _why(first: Fault, fit: float, second: Fault, next_fit: float) -> str:
    undone = "as it is" if first is Fault.NONE else "with this undone"
    return (
        f"{undone[0].upper()}{undone[1:]} it correlates to {fit:.2f} with what was to be expected; "
        f"the next best, “{second}”, to {next_fit:.2f}."
    )
