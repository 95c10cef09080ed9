"""A supersampled drawing surface: every shape is a filled outline, so edges come out smooth."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray
from shapes import Points, bounds, rectangle

SCALE = 3
"""Side of the block of drawn pixels that becomes one pixel of the picture."""

Color = tuple[float, float, float]


def mix(first: Color, second: Color, share: float) -> Color:
    """The colour `share` of the way from the first to the second."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def shade(color: Color, factor: float) -> Color:
    """The colour made darker (factor below 1) or lighter (above 1, towards white)."""
    if factor <= 1.0:
        return mix((0.0, 0.0, 0.0), color, factor)
    return mix(color, (255.0, 255.0, 255.0), min(factor - 1.0, 1.0))


def pick(colors: tuple[Color, ...], rng: np.random.Generator, spread: float = 9.0) -> Color:
    """One of the colours, slightly changed."""
    color = np.asarray(colors[int(rng.integers(len(colors)))]) + rng.normal(0, spread, 3)
    red, green, blue = np.clip(color, 0, 255)
    return float(red), float(green), float(blue)


class Canvas:
    """An RGB surface addressed in pixels of the finished picture, SCALE times finer inside."""

    def __init__(self, width: int, height: int) -> None:
        """Start with a black surface for a picture of the given size."""
        self.width = width
        self.height = height
        self.pixels = np.zeros((height * SCALE, width * SCALE, 3), np.float32)

    def fill(
        self,
        outline: Points,
        color: Color,
        lower: Color | None = None,
        alpha: float = 1.0,
        blur: float = 0.0,
    ) -> None:
        """Blend an outline in: one colour, or a gradient down to `lower`; `blur` softens it."""
        window = self._window(outline, 2.5 * blur)
        if window is None:
            return
        rows, columns = window
        opacity = self._mask(outline, window, blur)[..., None] * np.float32(alpha)
        paint = np.asarray(color, np.float32)
        if lower is not None:
            top, bottom = float(outline[:, 1].min()) * SCALE, float(outline[:, 1].max()) * SCALE
            share = (np.arange(rows.start, rows.stop) - top) / max(bottom - top, 1.0)
            share = np.clip(share, 0.0, 1.0).astype(np.float32)[:, None, None]
            paint = paint + share * (np.asarray(lower, np.float32) - paint)
        region = self.pixels[rows, columns]
        region += opacity * (paint - region)

    def texture(
        self, outline: Points, rng: np.random.Generator, amount: float, grain: float = 1.0
    ) -> None:
        """Vary the brightness inside an outline by smooth noise, `grain` pixels coarse."""
        window = self._window(outline, 0.0)
        if window is None:
            return
        rows, columns = window
        height, width = rows.stop - rows.start, columns.stop - columns.start
        step = grain * SCALE
        coarse = rng.standard_normal((math.ceil(height / step) + 1, math.ceil(width / step) + 1))
        noise = cv2.resize(coarse.astype(np.float32), (width, height))
        factor = 1.0 + amount * noise * self._mask(outline, window, 0.0)
        self.pixels[rows, columns] *= factor[..., None]

    def write(self, text: str, middle: tuple[float, float], height: float, color: Color) -> None:
        """Blend in a line of letters of the given height around a point."""
        scale = height * SCALE / 21.0
        thickness = max(1, round(scale * 2.4))
        font = cv2.FONT_HERSHEY_SIMPLEX
        (width, tall), _ = cv2.getTextSize(text, font, scale, thickness)
        margin = 2 * thickness
        left = round(middle[0] * SCALE - width / 2) - margin
        top = round(middle[1] * SCALE - tall / 2) - margin
        region = self.pixels[max(top, 0) : top + tall + 2 * margin,
                             max(left, 0) : left + width + 2 * margin]  # fmt: skip
        # OpenCV 5 writes on 8-bit images only: write a mask, then blend the colour through it.
        mask = np.zeros(region.shape[:2], np.uint8)
        start = (margin + min(left, 0), margin + tall + min(top, 0))
        cv2.putText(mask, text, start, font, scale, 255, thickness, cv2.LINE_AA)
        opacity = mask[..., None].astype(np.float32) / 255.0
        region += opacity * (np.asarray(color, np.float32) - region)

    def glow(self, x: float, y: float, radius: float, color: Color, strength: float = 1.0) -> None:
        """Add light that falls off around a point, as a lamp seen by a small lens does."""
        reach = 3.0 * radius
        window = self._window(rectangle(x - reach, y - reach, 2 * reach, 2 * reach), 0.0)
        if window is None:
            return
        rows, columns = window
        vertical = (np.arange(rows.start, rows.stop) / SCALE - y) / radius
        horizontal = (np.arange(columns.start, columns.stop) / SCALE - x) / radius
        falloff = np.exp(-(vertical[:, None] ** 2 + horizontal[None, :] ** 2)).astype(np.float32)
        self.pixels[rows, columns] += strength * falloff[..., None] * np.asarray(color, np.float32)

    def grade(self, multiply: Color, desaturation: float) -> None:
        """Change the light of all that is drawn so far: tint by factors, fade towards grey."""
        fade = (1.0 - desaturation) * np.eye(3) + desaturation / 3.0 * np.ones((3, 3))
        self.pixels = cv2.transform(self.pixels, np.diag(multiply) @ fade)

    def developed(self) -> NDArray[np.float32]:
        """The surface averaged down to the picture: (height, width, 3) float32, 0..255."""
        size = (self.width, self.height)
        return cv2.resize(np.clip(self.pixels, 0, 255), size, interpolation=cv2.INTER_AREA)

    def _window(self, outline: Points, margin: float) -> tuple[slice, slice] | None:
        """The rows and columns an outline can touch; None when it lies outside."""
        left, top, right, bottom = bounds(outline)
        left = max(math.floor((left - margin) * SCALE), 0)
        top = max(math.floor((top - margin) * SCALE), 0)
        right = min(math.ceil((right + margin) * SCALE) + 1, self.width * SCALE)
        bottom = min(math.ceil((bottom + margin) * SCALE) + 1, self.height * SCALE)
        if left >= right or top >= bottom:
            return None
        return slice(top, bottom), slice(left, right)

    @staticmethod
    def _mask(outline: Points, window: tuple[slice, slice], blur: float) -> NDArray[np.float32]:
        """How much of each drawn pixel in the window lies inside: float32, 0..1."""
        rows, columns = window
        mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.float32)
        corners = outline * SCALE - np.array([columns.start, rows.start], np.float32)
        cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 1.0)
        return cv2.GaussianBlur(mask, (0, 0), blur * SCALE) if blur > 0 else mask
