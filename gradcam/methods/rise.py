"""RISE: random parts of the picture are shown; hot is what was shown when the score was high."""

from __future__ import annotations

import cv2
import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Findings, Method, Need, Parameter
from gradcam.methods.perturbation import FILL, SCALE, SEED, through
from gradcam.probe import Baseline, Probe, Scale, baseline


class RandomMasks:
    """Coarse random grids, enlarged smoothly and each shifted by its own part of a cell.

    All are drawn at once, so that they are the same however many are enlarged at a time.
    """

    def __init__(
        self, height: int, width: int, count: int, cells: int, shown: float, seed: int
    ) -> None:
        """Draw them.

        Args:
            height: of the picture, in pixels.
            width: of the picture, in pixels.
            count: how many.
            cells: of the grid along each side.
            shown: chance that a cell is shown, 0..1.
            seed: of the draw.
        """
        rng = np.random.default_rng(seed)
        self._size = (height, width)
        self._cell = down, across = -(-height // cells), -(-width // cells)  # pixels, rounded up
        self._grids = rng.random((count, cells + 1, cells + 1)) < shown
        self._tops, self._lefts = rng.integers(0, down, count), rng.integers(0, across, count)

    def enlarged(self, part: slice) -> Floats:
        """Some of them: (M, height, width) float32 in 0..1."""
        height, width = self._size
        grids = self._grids[part].astype(np.float32)
        size = (self._cell[1] * grids.shape[2], self._cell[0] * grids.shape[1])
        masks = np.empty((len(grids), height, width), np.float32)
        each = zip(masks, grids, self._tops[part], self._lefts[part], strict=True)
        for mask, grid, top, left in each:
            smooth = cv2.resize(grid, size, interpolation=cv2.INTER_LINEAR)
            mask[:] = smooth[top : top + height, left : left + width]
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
        Maps (N, height, width) at the picture's resolution.
    """
    height, width = probe.batch.shape[1:3]
    probe.expect(masks)
    all_masks = RandomMasks(height, width, masks, cells, shown, seed)
    maps = []
    for number, picture in enumerate(probe.batch):
        empty, mean = baseline(fill, picture), ShownMean(height, width)
        for part in probe.chunks(masks):
            drawn = all_masks.enlarged(part)
            mean.add(probe.values(number, through(drawn, picture, empty), scale), drawn)
        maps.append(mean.map())
    return Findings(np.stack(maps), floors=probe.rounding)


RISE = Method(
    name="rise",
    title="RISE",
    help="Shows random parts of the picture and keeps what was shown when the target was high. "
    "Needs nothing but predictions, many of them; grainy with few.",
    source="Petsiuk et al. 2018, arXiv:1806.07421",
    year=2018,
    need=Need.PASSES,
    asks=frozenset({Ability.PREDICTIONS}),
    function=rise,
    parameters=(
        SCALE,
        FILL,
        Parameter("masks", 1000, "Predictions for each picture.", 50, 8000),
        Parameter("cells", 7, "Cells of a mask along each side.", 2, 32),
        Parameter("shown", 0.5, "Share of the picture that is shown.", 0.05, 0.95),
        SEED,
    ),
    uses_layer=False,
)
