"""RISE: random parts of the picture are shown; hot is what was shown when the score was high."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.drawn import DrawnArrays
from gradcam.masks import Masks
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.methods.perturbation import FILL, SCALE, SEED
from gradcam.probe import Probe, Scale


@dataclass(frozen=True)
class RandomMasks:
    """Coarse random grids, enlarged smoothly and each shifted by its own part of a cell.

    All are drawn at once, so that they are the same however many are enlarged at a time.

    Attributes:
        height, width: of the picture, in pixels.
        count: how many.
        cells: of the grid along each side.
        shown: chance that a cell is shown, 0..1.
        seed: of the draw.
    """

    height: int
    width: int
    count: int
    cells: int
    shown: float
    seed: int

    def kept_in(self, drawn: DrawnArrays) -> Masks:
        """The masks, drawn once for all pictures where they fit into what may be kept."""
        if not drawn.fits(4 * self.count * self.height * self.width):
            return Masks(self.count, self.enlarged)
        return Masks.of(drawn.get(self, lambda: self.enlarged(slice(None))))

    @property
    def cell(self) -> tuple[int, int]:
        """Its pixels down and across, rounded up."""
        return -(-self.height // self.cells), -(-self.width // self.cells)

    @cached_property
    def grids(self) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        """What is shown, (count, cells + 1, cells + 1), and each one's shift down and across."""
        rng, (down, across) = np.random.default_rng(self.seed), self.cell
        grids = rng.random((self.count, self.cells + 1, self.cells + 1)) < self.shown
        tops, lefts = rng.integers(0, down, self.count), rng.integers(0, across, self.count)
        return grids.astype(np.float32), tops, lefts

    def enlarged(self, part: slice) -> Floats:
        """Some of them: (M, height, width) float32 in 0..1."""
        grids, tops, lefts = (each[part] for each in self.grids)
        size = (self.cell[1] * grids.shape[2], self.cell[0] * grids.shape[1])
        masks = np.empty((len(grids), self.height, self.width), np.float32)
        for mask, grid, top, left in zip(masks, grids, tops, lefts, strict=True):
            smooth = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
            mask[:] = smooth[top : top + self.height, left : left + self.width]
        return masks


class ShownMean:
    r"""\(\frac{\sum_m y_m M_m}{\sum_m M_m} - \bar y\): what a pixel adds to the mean when shown.

    The paper's equation 6 with the masks' expectation as it was drawn. The mean over all masks is
    taken off, so that zero means that it makes no difference. All y are counted from the first,
    so that a number that never changes gives zero and not what rounding leaves.
    """

    def __init__(self, height: int, width: int) -> None:
        self._with = np.zeros((height, width))
        self._often = np.zeros((height, width))
        self._values: list[float] = []  # from the first one on
        self._first: np.float32 | None = None

    def add(self, values: Floats, masks: Floats) -> None:
        """Take the target's number (M,) for each of the masks (M, height, width)."""
        if self._first is None:
            self._first = values[0]
        changes = values - self._first
        self._with += np.einsum("m,mij->ij", changes, masks)
        self._often += masks.sum(axis=0)
        self._values += changes.tolist()

    def map(self) -> Floats:
        """(height, width) float32; 0 where a pixel was never shown."""
        seen = self._often > 0
        mean = np.divide(self._with, self._often, out=np.zeros_like(self._with), where=seen)
        return np.where(seen, mean - np.mean(self._values), 0.0).astype(np.float32)


def rise(
    probe: Probe,
    scale: Scale | str = Scale.SCORE,
    fill: Baseline | str = Baseline.MEAN,
    masks: int = 1000,
    cells: int = 7,
    shown: float = 0.5,
    seed: int = 0,
) -> Findings:
    """RISE: the mean number of the pictures in which a pixel was shown, less that of all.

    Petsiuk et al. 2018 (arXiv:1806.07421), equation 6 and section 3.2.

    Args:
        probe: N pictures.
        scale: whether the number is the score or the logit.
        fill: what stands where nothing is shown.
        masks: how many predictions for each picture.
        cells: of the grid along each side.
        shown: chance that a cell is shown.
        seed: of the masks, which are the same for each picture.

    Returns:
        Maps (N, height, width) at the picture's resolution; of a sequence (N, frames,
        coefficients).
    """
    height, width = probe.plane
    probe.expect(masks)
    drawn = RandomMasks(height, width, masks, cells, shown, seed).kept_in(probe.network.drawn)
    maps = []
    for number in range(len(probe)):
        mean = ShownMean(height, width)
        for some, values in probe.through_masks(number, drawn, probe.fill(number, fill), scale):
            mean.add(values, some)
        maps.append(mean.map())
    return Findings(np.stack(maps), floors=probe.rounding)


RISE = Method(
    name="rise",
    title="RISE",
    help="Shows random parts of the input and keeps what was shown when the target was high. "
    "Needs nothing but predictions, many of them; grainy with few.",
    source="Petsiuk et al. 2018, arXiv:1806.07421",
    year=2018,
    need=Need.PASSES,
    asks=frozenset({Ability.PREDICTIONS}),
    function=rise,
    parameters=(
        SCALE,
        FILL,
        Parameter("masks", 1000, "Predictions for each input.", 50, 8000),
        Parameter("cells", 7, "Cells of a mask along each side.", 2, 32),
        Parameter("shown", 0.5, "Share of the input that is shown.", 0.05, 0.95),
        SEED,
    ),
    uses_layer=False,
)
