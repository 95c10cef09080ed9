"""The filters of the chosen layer, in an order, and as a table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam import Layer
from gradcam.arrays import Floats
from gradcam.filters import FilterFigures, filter_figures, filter_layer, filter_pictures
from services.choices.options import FilterSort
from services.project import Project


@dataclass(frozen=True)
class Filters:
    """The F filters of a convolution.

    Attributes:
        layer: whose they are.
        kernels: (F, rows, columns, input channels) float32.
        figures: of each.
        blue_first: whether three input channels are blue, green, red.
    """

    layer: Layer
    kernels: Floats
    figures: FilterFigures
    blue_first: bool

    def __len__(self) -> int:
        """F."""
        return len(self.kernels)

    @property
    def inputs(self) -> int:
        """Input channels of each filter."""
        return self.kernels.shape[-1]

    def order(self, sort: FilterSort) -> NDArray[np.int64]:
        """(F,) the filters in an order, equal ones by number; the least weight of all first."""
        figures = self.figures
        by = {
            FilterSort.NORM: -figures.norm,
            FilterSort.MEAN: -figures.mean,
            FilterSort.DEVIATION: -figures.deviation,
            FilterSort.LOW: figures.low,
            FilterSort.HIGH: -figures.high,
            FilterSort.NUMBER: np.zeros(len(self)),
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
        found = filter_pictures(self.kernels, self.input_channel(wanted), shared=shared)
        return found[..., ::-1] if found.ndim == 4 and self.blue_first else found


def filters_of(project: Project, layer: str) -> Filters | None:
    """The filters of a layer, or of the nearest convolution before it; None if there is none."""
    found = filter_layer(project.network, layer)
    kernels = None if found is None else project.network.kernels(found.name)
    if found is None or kernels is None:
        return None
    return Filters(found, kernels, filter_figures(kernels), project.medium.blue_first)


def filter_table(found: Filters) -> str:
    """Every filter with its figures, as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["filter", "mean", "deviation", "min", "max", "l2"])
    figures = found.figures
    columns = (figures.mean, figures.deviation, figures.low, figures.high, figures.norm)
    writer.writerows([number, *row] for number, row in enumerate(zip(*columns, strict=True)))
    return text.getvalue()
