"""Places on a sound in words: seconds and hertz, by what its picture's axes measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats, Mask
from gradcam.spray import Region, region_masks
from services.media.axes import Axes, Panel

SIDE = 16  # cells of the map that a place is drawn on
ALL = 0.9  # of a side: then it is no place
HALF = 0.5  # of the hottest


@dataclass(frozen=True)
class OnSound:
    """Names places by time and frequency; see `Whereabouts`.

    Attributes:
        axes: of the picture.
        placed: brings a map over the whole tensor onto the picture.
    """

    axes: Axes
    placed: Callable[[Floats], Floats]

    def region(self, region: Region) -> str:
        """See `Whereabouts.region`: `below 310 Hz`, `in the first 0.13 s`."""
        return self._said(region_masks(SIDE, SIDE)[region])

    def cell(self, down: float, across: float) -> str:
        """See `Whereabouts.cell`: `around 0.34 s and 1.2 kHz`."""
        heat = np.zeros((SIDE, SIDE), np.float32)
        heat[min(SIDE - 1, int(down * SIDE)), min(SIDE - 1, int(across * SIDE))] = 1.0
        return self._said(heat)

    def _said(self, heat: Floats) -> str:
        placed = np.nan_to_num(self.placed(heat))
        hot = placed >= max(HALF * float(placed.max()), 1e-6)
        when = _between(np.atleast_1d(hot.any(axis=0)), self.axes.seconds, self.axes.seconds)
        where = list(dict.fromkeys(self._heights(hot)))
        if when is not None and where:
            start, stop = when
            at = _time_said(start, stop, self.axes.seconds)
            if at.startswith("around") and where[0].startswith("around"):
                return f"{at} and {where[0].removeprefix('around ')}"
            return f"{' and '.join(where)} {at}"
        if when is not None:
            return _time_said(*when, self.axes.seconds)
        return " and ".join(where) or "everywhere"

    def _heights(self, hot: Mask) -> Iterator[str]:
        for panel in self.axes.panels:
            top, bottom = (round(edge * len(hot)) for edge in (panel.top, panel.bottom))
            rows = len(panel.hertz) or len(panel.names)
            own = np.atleast_1d(hot[top:bottom].any(axis=1))
            if not own.any() or own.mean() >= ALL:
                continue
            at = np.flatnonzero(own) * rows // len(own)
            yield _panel_said(panel, int(at.min()), int(at.max()))


def _between(hot: Mask, length: float, whole: float) -> tuple[float, float] | None:
    """From where to where, unless it is all of it."""
    if not hot.any() or hot.mean() >= ALL:
        return None
    at = np.flatnonzero(hot)
    return at[0] / len(hot) * length, min(whole, (at[-1] + 1) / len(hot) * length)


def _time_said(start: float, stop: float, whole: float) -> str:
    if start <= (1 - ALL) * 0.1 * whole:
        return f"in the first {stop:.2g} s"
    if stop >= (1 - (1 - ALL) * 0.5) * whole:
        return f"in the last {whole - start:.2g} s"
    return f"around {(start + stop) / 2:.2g} s"


def _panel_said(panel: Panel, first: int, last: int) -> str:
    """Rows of a panel, counted from the top down."""
    if panel.names:
        low, high = panel.names[last], panel.names[first]
        return f"in coefficient {low}" if low == high else f"in coefficients {low} to {high}"
    rows = len(panel.hertz)
    if last == rows - 1:
        return f"below {_hertz_said(panel.hertz[max(first - 1, 0)])}"
    if first == 0:
        return f"above {_hertz_said(panel.hertz[min(last + 1, rows - 1)])}"
    return f"around {_hertz_said((panel.hertz[first] + panel.hertz[last]) / 2)}"


def _hertz_said(hertz: float) -> str:
    return f"{hertz / 1000:.2g} kHz" if hertz >= 1000 else f"{float(f'{hertz:.2g}'):.0f} Hz"
