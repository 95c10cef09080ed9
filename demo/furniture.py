"""What stands on a street when no car does: bins, benches, bicycles, signs, lamp posts."""

from __future__ import annotations

import numpy as np
from camera import Light
from canvas import Canvas, Color, pick, shade
from landscape import LAMPLIGHT, Street
from plants import draw_ground_shadow
from shapes import ellipse, polygon, rectangle, ring, smooth, stroke

STEEL: Color = (92, 96, 102)


def draw_bin(canvas: Canvas, x: float, foot: float, size: float, rng: np.random.Generator) -> None:
    """A wheeled bin with its lid."""
    color = pick(((52, 92, 62), (44, 66, 110), (74, 76, 80), (176, 150, 44), (110, 70, 48)), rng)
    draw_ground_shadow(canvas, x, foot, size * 0.42, size * 0.06, 0.5)
    body = polygon(
        (x - size * 0.32, foot - size * 0.85),
        (x + size * 0.32, foot - size * 0.85),
        (x + size * 0.25, foot - size * 0.04),
        (x - size * 0.25, foot - size * 0.04),
    )
    canvas.fill(body, shade(color, 1.1), shade(color, 0.65))
    lid = polygon(
        (x - size * 0.37, foot - size * 0.84),
        (x - size * 0.3, foot - size * 0.97),
        (x + size * 0.28, foot - size * 0.97),
        (x + size * 0.37, foot - size * 0.84),
    )
    canvas.fill(lid, shade(color, 1.3), shade(color, 0.9))
    canvas.fill(ellipse(x + size * 0.22, foot - size * 0.07, size * 0.08), (26, 26, 28))


def draw_bench(
    canvas: Canvas, x: float, foot: float, size: float, rng: np.random.Generator
) -> None:
    """A slatted park bench."""
    wood = pick(((150, 104, 62), (122, 82, 52), (104, 112, 96)), rng)
    draw_ground_shadow(canvas, x, foot, size * 0.85, size * 0.06, 0.4)
    for side in (-0.62, 0.62):
        leg = x + side * size
        canvas.fill(stroke((leg, foot), (leg, foot - size * 0.72), size * 0.07), (44, 46, 50))
    for level in (0.34, 0.5, 0.64):
        slat = rectangle(x - size * 0.78, foot - size * (level + 0.05), size * 1.56, size * 0.1)
        canvas.fill(slat, shade(wood, 1.12), shade(wood, 0.8))


def draw_bicycle(
    canvas: Canvas, x: float, foot: float, size: float, rng: np.random.Generator
) -> None:
    """A parked bicycle from the side."""
    paint = pick(((190, 44, 40), (40, 110, 150), (60, 62, 66), (230, 226, 214)), rng)
    radius = size * 0.36
    hub = foot - radius
    back, front = (x - size * 0.55, hub), (x + size * 0.55, hub)
    pedals, saddle = (x - size * 0.08, hub + size * 0.02), (x - size * 0.2, hub - size * 0.52)
    head = (x + size * 0.4, hub - size * 0.5)
    draw_ground_shadow(canvas, x, foot, size * 0.85, size * 0.04, 0.35)
    for wheel_x, wheel_y in (back, front):
        canvas.fill(ring(wheel_x, wheel_y, radius, size * 0.07), (34, 34, 36))
        canvas.fill(ellipse(wheel_x, wheel_y, size * 0.05), (150, 152, 156))
    tubes = (
        (back, pedals),
        (back, saddle),
        (pedals, saddle),
        (pedals, head),
        (saddle, head),
        (head, front),
    )
    for start, stop in tubes:
        canvas.fill(stroke(start, stop, size * 0.065), paint)
    canvas.fill(
        rectangle(saddle[0] - size * 0.13, saddle[1] - size * 0.08, size * 0.26, size * 0.07),
        (30, 28, 28),
    )
    grip = (head[0] + size * 0.16, head[1] - size * 0.14)
    bar = stroke((head[0] - size * 0.05, head[1] - size * 0.12), grip, size * 0.06)
    canvas.fill(bar, (36, 36, 38))


def draw_sign(canvas: Canvas, x: float, foot: float, size: float, rng: np.random.Generator) -> None:
    """A traffic sign on its pole: a disc, a triangle or a blue square."""
    draw_ground_shadow(canvas, x, foot, size * 0.2, size * 0.03, 0.4)
    canvas.fill(stroke((x, foot), (x, foot - size * 1.7), size * 0.07), shade(STEEL, 1.3), STEEL)
    top = foot - size * 1.7
    kind = int(rng.integers(3))
    if kind == 0:
        canvas.fill(ellipse(x, top, size * 0.34), (200, 36, 36))
        canvas.fill(ellipse(x, top, size * 0.24), (240, 240, 236))
    elif kind == 1:
        for scale, color in ((0.42, (204, 40, 38)), (0.26, (244, 242, 236))):
            half = size * scale
            canvas.fill(
                polygon(
                    (x - half, top + half * 0.7), (x, top - half), (x + half, top + half * 0.7)
                ),
                color,
            )
    else:
        side = size * 0.6
        canvas.fill(rectangle(x - side / 2, top - side / 2, side, side), (36, 86, 168))
        canvas.fill(
            rectangle(x - side * 0.1, top - side * 0.3, side * 0.2, side * 0.6), (240, 240, 240)
        )


def draw_cones(
    canvas: Canvas, x: float, foot: float, size: float, rng: np.random.Generator
) -> None:
    """One to three traffic cones in a row."""
    for place in range(int(rng.integers(1, 4))):
        middle = x + place * size * rng.uniform(0.7, 0.9)
        draw_ground_shadow(canvas, middle, foot, size * 0.3, size * 0.04, 0.4)
        canvas.fill(
            rectangle(middle - size * 0.26, foot - size * 0.07, size * 0.52, size * 0.08),
            (196, 84, 30),
        )
        canvas.fill(
            stroke((middle, foot), (middle, foot - size * 0.75), size * 0.36, size * 0.07),
            (236, 108, 40),
        )
        canvas.fill(
            stroke(
                (middle, foot - size * 0.3), (middle, foot - size * 0.46), size * 0.24, size * 0.18
            ),
            (240, 238, 232),
        )


def draw_lamp_post(
    canvas: Canvas, street: Street, x: float, foot: float, height: float
) -> tuple[float, float]:
    """A street lamp; returns where its light comes from."""
    width = street.unit * 0.9
    reach = height * 0.16
    top = foot - height
    canvas.fill(
        stroke((x, foot), (x, top), width * 1.3, width * 0.7), shade(STEEL, 1.15), shade(STEEL, 0.8)
    )
    canvas.fill(stroke((x, top), (x + reach, top - height * 0.03), width * 0.7), STEEL)
    canvas.fill(
        ellipse(x + reach, top - height * 0.02, height * 0.055, height * 0.018), (226, 222, 206)
    )
    return x + reach, top


def light_lamp(canvas: Canvas, light: Light, x: float, y: float, radius: float) -> None:
    """The halo of a street lamp at dusk."""
    if light.lamps > 0:
        canvas.glow(x, y, radius, LAMPLIGHT, 0.8)


def draw_skip(canvas: Canvas, x: float, foot: float, size: float, rng: np.random.Generator) -> None:
    """A builder's skip at the roadside: as large and as bright as a car, yet none."""
    color = pick(((214, 166, 38), (196, 72, 40), (48, 88, 140), (64, 108, 72)), rng)
    half, tall = size * rng.uniform(1.1, 1.5), size * rng.uniform(0.75, 0.95)
    draw_ground_shadow(canvas, x, foot, half * 0.95, size * 0.07, 0.6)
    heap = smooth(
        (
            (x - half * 0.8, foot - tall),
            (x - half * 0.3, foot - tall * 1.3),
            (x + half * 0.35, foot - tall * 1.22),
            (x + half * 0.85, foot - tall),
        )
    )
    canvas.fill(heap, (142, 124, 102), (96, 82, 68))
    canvas.texture(heap, rng, 0.18, grain=0.8)
    base = foot - size * 0.05
    body = polygon(
        (x - half, foot - tall),
        (x + half, foot - tall),
        (x + half * 0.72, base),
        (x - half * 0.72, base),
    )
    canvas.fill(body, shade(color, 1.12), shade(color, 0.6))
    for rib in (-0.5, 0.0, 0.5):
        top, bottom = (
            (x + rib * half * 1.1, foot - tall),
            (x + rib * half * 0.9, base),
        )
        canvas.fill(stroke(top, bottom, size * 0.06), (0, 0, 0), alpha=0.25)
    canvas.fill(
        rectangle(x - half * 1.03, foot - tall, half * 2.06, size * 0.1), shade(color, 1.25)
    )


PAVEMENT_THINGS = (draw_bin, draw_bench, draw_bicycle, draw_sign)
ROAD_THINGS = (draw_cones, draw_bicycle)


def scatter_on_pavement(
    canvas: Canvas, street: Street, count: int, rng: np.random.Generator
) -> None:
    """Put a few things on the far pavement."""
    for _ in range(count):
        draw = PAVEMENT_THINGS[int(rng.integers(len(PAVEMENT_THINGS)))]
        foot = street.kerb - street.unit * rng.uniform(0.2, 2.0)
        size = street.unit * rng.uniform(9, 12)
        draw(canvas, rng.uniform(0.08, 0.92) * street.width, foot, size, rng)


def scatter_on_road(canvas: Canvas, street: Street, count: int, rng: np.random.Generator) -> None:
    """Put a few things where a car would be, the farthest first, the nearer the larger."""
    depths = np.sort(rng.uniform(0.1, 0.85, count))
    # One skip at most: a row of them is not a street but a yard.
    skip = int(rng.integers(count)) if count and rng.random() < 0.6 else None
    for place, depth in enumerate(depths):
        draw = draw_skip if place == skip else ROAD_THINGS[int(rng.integers(len(ROAD_THINGS)))]
        foot = street.kerb + (street.verge - street.kerb) * depth
        size = street.unit * (11 + 9 * depth) * rng.uniform(0.9, 1.15)
        draw(canvas, rng.uniform(0.12, 0.88) * street.width, foot, size, rng)
