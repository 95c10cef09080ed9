"""Trees, bushes, and the shadow under whatever stands on the ground."""

from __future__ import annotations

import numpy as np
from canvas import Canvas, Color, pick, shade
from shapes import ellipse, polygon, stroke

GREENS: tuple[Color, ...] = ((74, 118, 52), (96, 132, 58), (58, 98, 60), (122, 138, 66))
AUTUMN: tuple[Color, ...] = ((182, 120, 44), (168, 88, 42), (196, 154, 62))


def draw_tree(
    canvas: Canvas, x: float, foot: float, height: float, rng: np.random.Generator
) -> None:
    """A conifer or a broad-leaved tree, lit from the upper left."""
    leaves = pick(GREENS if rng.random() < 0.85 else AUTUMN, rng)
    trunk = pick(((92, 70, 52), (112, 92, 74)), rng)
    draw_ground_shadow(canvas, x, foot, height * 0.24, height * 0.035, 0.3)
    canvas.fill(
        stroke((x, foot), (x, foot - height * 0.5), height * 0.07, height * 0.04),
        trunk,
        shade(trunk, 0.7),
    )
    if rng.random() < 0.25:
        for tier in range(4):
            level = foot - height * (0.18 + 0.2 * tier)
            half = height * (0.24 - 0.05 * tier)
            outline = polygon((x - half, level), (x, level - height * 0.34), (x + half, level))
            canvas.fill(outline, shade(leaves, 0.95), shade(leaves, 0.6))
        return
    draw_foliage(canvas, x, foot - height * 0.66, height * 0.3, height * 0.34, leaves, rng)


def draw_foliage(
    canvas: Canvas,
    x: float,
    y: float,
    radius_x: float,
    radius_y: float,
    leaves: Color,
    rng: np.random.Generator,
) -> None:
    """A crown of leaves: dark clumps first, then smaller and brighter ones towards the light."""
    clumps = 34
    for rank in range(clumps):
        nearness = rank / clumps
        angle, distance = (
            rng.uniform(0, 2 * np.pi),
            np.sqrt(rng.uniform(0, 1)) * (1 - 0.3 * nearness),
        )
        across = x + radius_x * distance * np.cos(angle) - radius_x * 0.12 * nearness
        down = y + radius_y * distance * np.sin(angle) - radius_y * 0.2 * nearness
        clump = radius_x * rng.uniform(0.2, 0.42) * (1 - 0.5 * nearness)
        color = shade(leaves, float(0.55 + 0.62 * nearness + rng.normal(0, 0.07)))
        canvas.fill(ellipse(across, down, clump, clump * 0.85), color)


def draw_bush(
    canvas: Canvas, x: float, foot: float, width: float, rng: np.random.Generator
) -> None:
    """A low, wide crown that sits on the ground."""
    draw_ground_shadow(canvas, x, foot, width * 0.55, width * 0.06, 0.4)
    draw_foliage(canvas, x, foot - width * 0.22, width * 0.5, width * 0.24, pick(GREENS, rng), rng)


def draw_ground_shadow(
    canvas: Canvas, x: float, y: float, radius_x: float, radius_y: float, alpha: float
) -> None:
    """A soft dark patch under whatever stands there."""
    outline = ellipse(x, y, radius_x, max(radius_y, 0.5))
    canvas.fill(outline, (8, 8, 14), alpha=alpha, blur=max(radius_y, 0.5) * 0.6)
