"""The kernels of the chosen layer, in an order, and as a table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam import Layer
from gradcam.arrays import Floats
from gradcam.kernels import KernelFigures, kernel_figures, kernel_layer, kernel_pictures
from services.choices.options import KernelSort
from services.project import Project


@dataclass(frozen=True)
class Kernels:
    """The F kernels of a convolution.

    Attributes:
        layer: whose they are.
        kernels: (F, rows, columns, input channels) float32.
        figures: of each.
        blue_first: whether three input channels are blue, green, red.
    """

    layer: Layer
    kernels: Floats
    figures: KernelFigures
    blue_first: bool

    def __len__(self) -> int:
        """F."""
        return len(self.kernels)

    @property
    def inputs(self) -> int:
        """Input channels of each kernel."""
        return self.kernels.shape[-1]

    @property
    def mixes(self) -> bool:
        """Whether each is 1 × 1: a weighted sum of the input channels, with no shape to look at."""
        return self.kernels.shape[1:3] == (1, 1)

    def order(self, sort: KernelSort) -> NDArray[np.int64]:
        """(F,) the kernels in an order, equal ones by number; the least weight of all first."""
        figures = self.figures
        by = {
            KernelSort.NORM: -figures.norm,
            KernelSort.MEAN: -figures.mean,
            KernelSort.DEVIATION: -figures.deviation,
            KernelSort.LOW: figures.low,
            KernelSort.HIGH: -figures.high,
            KernelSort.NUMBER: np.zeros(len(self)),
        }
        return np.argsort(by[sort], kind="stable")

    def input_channel(self, wanted: int) -> int | None:
        """The input channel that is drawn; None, for colours or the mean, where there is none."""
        return wanted if 0 <= wanted < self.inputs else None

    def pictures(self, wanted: int, *, shared: bool) -> Floats:
        """(F, rows, columns, 3) red, green, blue, or (F, rows, columns); zero weight is 0.5.

        Args:
            wanted: the input channel.
            shared: whether all have one scale.
        """
        pictures = kernel_pictures(self.kernels, self.input_channel(wanted), shared=shared)
        return pictures[..., ::-1] if pictures.ndim == 4 and self.blue_first else pictures


def layer_kernels(project: Project, layer: str) -> Kernels | None:
    """The kernels of a layer, or of the nearest convolution before it; None if there is none."""
    own = kernel_layer(project.network, layer)
    kernels = None if own is None else project.network.kernels(own.name)
    if own is None or kernels is None:
        return None
    return Kernels(own, kernels, kernel_figures(kernels), project.medium.blue_first)


def kernel_table(kernels: Kernels) -> str:
    """Every kernel with its figures, as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["filter", "mean", "deviation", "min", "max", "l2"])
    figures = kernels.figures
    columns = (figures.mean, figures.deviation, figures.low, figures.high, figures.norm)
    writer.writerows([number, *row] for number, row in enumerate(zip(*columns, strict=True)))
    return text.getvalue()
