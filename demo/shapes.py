"""Outlines as arrays of points: what the canvas fills. All are (n, 2) float32, x before y."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
Point = tuple[float, float]


def polygon(*corners: Point) -> Points:
    """The outline through the given corners, straight from one to the next."""
    return np.asarray(corners, dtype=np.float32)


def rectangle(left: float, top: float, width: float, height: float) -> Points:
    """An upright rectangle."""
    right, bottom = left + width, top + height
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


def ellipse(
    center_x: float, center_y: float, radius_x: float, radius_y: float | None = None
) -> Points:
    """An ellipse of 48 points; a circle where only one radius is given."""
    angles = np.linspace(0.0, 2.0 * np.pi, 48, endpoint=False)
    vertical = radius_x if radius_y is None else radius_y
    points = (center_x + radius_x * np.cos(angles), center_y + vertical * np.sin(angles))
    return np.stack(points, axis=1).astype(np.float32)


def ring(center_x: float, center_y: float, radius: float, thickness: float) -> Points:
    """A circle with a hole, as one outline that runs out and back (even-odd filling)."""
    outer = ellipse(center_x, center_y, radius)
    inner = ellipse(center_x, center_y, radius - thickness)
    # Both circles must be closed before they are joined, or the seam shows as a notch.
    return np.concatenate([outer, outer[:1], inner[:1], inner[::-1]])


def arc_band(center: Point, radius: float, thickness: float, start: float, stop: float) -> Points:
    """A piece of a ring between two angles in radians, clockwise on the screen."""
    angles = np.linspace(start, stop, 40)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    outer = np.asarray(center) + radius * directions
    inner = np.asarray(center) + (radius - thickness) * directions[::-1]
    return np.concatenate([outer, inner]).astype(np.float32)


def stroke(start: Point, stop: Point, width: float, stop_width: float | None = None) -> Points:
    """A straight line of the given width, which may taper towards its end."""
    first, last = np.asarray(start, np.float32), np.asarray(stop, np.float32)
    along = last - first
    across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6)
    near, far = across * width / 2, across * (width if stop_width is None else stop_width) / 2
    return np.stack([first + near, last + far, last - far, first - near]).astype(np.float32)


def smooth(corners: Sequence[Point] | Points, steps: int = 6) -> Points:
    """A closed curve through all corners (a uniform Catmull-Rom spline)."""
    knots = np.asarray(corners, dtype=np.float32)
    before, after, beyond = (np.roll(knots, shift, axis=0) for shift in (1, -1, -2))
    time = np.linspace(0.0, 1.0, steps, endpoint=False, dtype=np.float32)[None, :, None]
    knots, before, after, beyond = (array[:, None] for array in (knots, before, after, beyond))
    curve = knots + 0.5 * time * (
        (after - before)
        + time * (2 * before - 5 * knots + 4 * after - beyond)
        + time**2 * (3 * (knots - after) + beyond - before)
    )
    return curve.reshape(-1, 2)


def bounds(*outlines: Points) -> tuple[float, float, float, float]:
    """The smallest upright rectangle around all outlines: left, top, right, bottom."""
    points = outlines[0] if len(outlines) == 1 else np.concatenate(outlines)
    x, y = points[:, 0], points[:, 1]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
