"""The street a camera looks across: sky, hills, houses, trees, pavement and road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from camera import Light
from canvas import Canvas, Color, mix, pick, shade
from plants import GREENS, draw_bush, draw_tree
from shapes import Points, ellipse, polygon, rectangle, stroke

WALLS: tuple[Color, ...] = (
    (226, 214, 190),
    (206, 176, 142),
    (176, 104, 84),
    (214, 218, 220),
    (188, 196, 172),
    (234, 226, 210),
    (156, 128, 112),
)
ROOFS: tuple[Color, ...] = ((142, 70, 52), (96, 78, 72), (84, 88, 98), (168, 92, 64))
WINDOW: Color = (86, 106, 126)
LAMPLIGHT: Color = (255, 206, 130)


@dataclass(frozen=True)
class Street:
    """Where the parts of the street lie, in pixels from the top."""

    width: int
    height: int
    horizon: float
    kerb: float
    verge: float

    @property
    def unit(self) -> float:
        """A hundredth of the picture's mean side: what distances on the street scale with."""
        return (self.width + self.height) / 200.0


def random_street(width: int, height: int, rng: np.random.Generator) -> Street:
    """A street that fills the lower half of the picture, more or less."""
    horizon = height * rng.uniform(0.42, 0.52)
    kerb = horizon + height * rng.uniform(0.06, 0.14)
    verge = height * rng.uniform(0.86, 0.98)
    return Street(width, height, horizon, kerb, verge)


def draw_sky(canvas: Canvas, street: Street, light: Light, rng: np.random.Generator) -> None:
    """A gradient down to the horizon, and clouds where the weather has any."""
    sky = rectangle(0, 0, street.width, street.horizon + 2)
    canvas.fill(sky, light.sky_top, light.sky_bottom)
    canvas.fill(
        rectangle(0, street.horizon, street.width, street.height),
        mix(light.sky_bottom, (0,) * 3, 0.4),
    )
    if light.name == "overcast":
        count, opacity, color = 5, 0.3, shade(light.sky_top, 0.88)
    else:
        count, opacity, color = (
            int(rng.integers(0, 4)),
            0.75,
            mix(light.sky_bottom, (255,) * 3, 0.55),
        )
    for _ in range(count):
        draw_cloud(canvas, street, color, opacity, rng)


def draw_cloud(
    canvas: Canvas, street: Street, color: Color, opacity: float, rng: np.random.Generator
) -> None:
    """A flat-bottomed heap of soft puffs."""
    x, y = rng.uniform(0, street.width), rng.uniform(0.05, 0.7) * street.horizon
    reach = street.unit * rng.uniform(8, 18)
    for offset in np.linspace(-1, 1, 6):
        radius = reach * rng.uniform(0.22, 0.42) * (1.15 - abs(offset))
        puff = ellipse(x + offset * reach, y - radius * 0.4, radius * 1.5, radius * 0.75)
        canvas.fill(puff, color, shade(color, 0.93), alpha=opacity * 0.7, blur=street.unit * 0.9)


def draw_hills(canvas: Canvas, street: Street, light: Light, rng: np.random.Generator) -> None:
    """One to three ridges, paler and bluer the farther off."""
    ridges = int(rng.integers(1, 4))
    x = np.linspace(-2, street.width + 2, 60)
    for ridge in range(ridges):
        nearness = (ridge + 1) / ridges
        base = street.horizon - street.unit * (1 - nearness) * rng.uniform(5, 11)
        waves = [
            rng.uniform(0.8, 3.5) / rank * np.sin(x / street.width * rank * 5 + rng.uniform(0, 6.3))
            for rank in (1, 2, 3)
        ]
        y = base - street.unit * (2.5 + np.sum(waves, axis=0))
        outline = np.stack([x, y], axis=1).astype(np.float32)
        floor = polygon((street.width + 2, street.kerb), (-2, street.kerb))
        color = mix(light.sky_bottom, pick(GREENS, rng), 0.3 + 0.5 * nearness)
        canvas.fill(np.concatenate([outline, floor]), color, shade(color, 0.8))


def draw_house(
    canvas: Canvas,
    street: Street,
    light: Light,
    left: float,
    width: float,
    rng: np.random.Generator,
    garage: bool = False,
) -> None:
    """A house of one or two floors that stands on the far kerb, perhaps with a garage door."""
    floors = int(rng.integers(1, 3))
    floor_height = street.unit * rng.uniform(10, 13)
    foot = street.kerb - street.unit * rng.uniform(0.5, 2.0)
    top = foot - floors * floor_height
    wall, roof = pick(WALLS, rng), pick(ROOFS, rng)
    canvas.fill(rectangle(left, top, width, foot - top), shade(wall, 1.04), shade(wall, 0.84))
    canvas.texture(rectangle(left, top, width, foot - top), rng, 0.025, grain=0.6)
    canvas.fill(
        _roof(left, top, width, street.unit * rng.uniform(5, 10), rng),
        shade(roof, 1.12),
        shade(roof, 0.85),
    )
    canvas.fill(rectangle(left, top, width, street.unit * 0.9), (0, 0, 0), alpha=0.28, blur=0.3)
    columns = max(2, round(width / (street.unit * rng.uniform(8, 11))))
    pitch = width / columns
    door = int(rng.integers(columns))
    doors = {door, (door + 1) % columns} if garage else {door}
    for floor in range(floors):
        sill = top + floor * floor_height
        for column in range(columns):
            if floor == floors - 1 and column in doors:
                continue
            lit = rng.random() < 0.55 * light.lamps
            x = left + pitch * (column + 0.27)
            _draw_window(
                canvas, x, sill + floor_height * 0.24, pitch * 0.46, floor_height * 0.46, lit
            )
    if garage:
        # The widest gap in the row: a ribbed door, pale as a car's side can be.
        x = left + pitch * min(door, columns - 2) + pitch * 0.12
        draw_garage_door(canvas, x, foot, pitch * 1.7, floor_height * 0.72, rng)
    else:
        x = left + pitch * (door + 0.3)
        leaf = pick(((92, 54, 40), (48, 72, 92), (70, 84, 62)), rng)
        canvas.fill(
            rectangle(x, foot - floor_height * 0.72, pitch * 0.4, floor_height * 0.72),
            leaf,
            shade(leaf, 0.8),
        )


def _roof(left: float, top: float, width: float, rise: float, rng: np.random.Generator) -> Points:
    """A gable seen from its side or from its end, or a hip, with eaves."""
    inset = float(rng.choice([0.06, 0.24, 0.5])) * width
    eaves = width * 0.05
    return polygon(
        (left - eaves, top + 0.5),
        (left + inset, top - rise),
        (left + width - inset, top - rise),
        (left + width + eaves, top + 0.5),
    )


def _draw_window(
    canvas: Canvas, left: float, top: float, width: float, height: float, lit: bool
) -> None:
    frame = min(width, height) * 0.12
    canvas.fill(
        rectangle(left - frame, top - frame, width + 2 * frame, height + 2 * frame), (236, 234, 228)
    )
    if lit:
        # Brighter than white: the dusk that is laid over the scene later must not put it out.
        canvas.fill(rectangle(left, top, width, height), (390, 320, 190), (360, 270, 130))
    else:
        canvas.fill(rectangle(left, top, width, height), shade(WINDOW, 1.18), shade(WINDOW, 0.75))
    canvas.fill(rectangle(left + width / 2 - frame / 2, top, frame, height), (236, 234, 228))


def draw_garage_door(
    canvas: Canvas, left: float, foot: float, width: float, height: float, rng: np.random.Generator
) -> None:
    """A ribbed sectional door with its shadow line."""
    color = pick(((222, 222, 218), (150, 158, 164), (120, 84, 62), (196, 190, 172)), rng)
    canvas.fill(rectangle(left, foot - height, width, height), color, shade(color, 0.86))
    for rib in range(1, 5):
        y = foot - height * rib / 5
        canvas.fill(stroke((left, y), (left + width, y), height * 0.03), (0, 0, 0), alpha=0.3)
    canvas.fill(
        rectangle(left, foot - height, width, height * 0.1), (0, 0, 0), alpha=0.35, blur=0.2
    )


def draw_road(canvas: Canvas, street: Street, rng: np.random.Generator) -> None:
    """Pavement or grass, kerb, asphalt with markings, and the verge on the near side."""
    width, unit = street.width, street.unit
    grass = pick(((112, 142, 70), (134, 150, 88), (96, 128, 64)), rng)
    paving = pick(((176, 170, 160), (158, 156, 152)), rng)
    strip = rectangle(0, street.horizon + unit * rng.uniform(0.5, 3), width, street.kerb)
    ground = grass if rng.random() < 0.6 else paving
    canvas.fill(strip, shade(ground, 0.92), ground)
    canvas.texture(strip, rng, 0.06, grain=0.7)
    asphalt = pick(((104, 104, 108), (124, 122, 120), (86, 88, 94)), rng, spread=5)
    road = rectangle(0, street.kerb, width, street.height - street.kerb)
    canvas.fill(road, shade(asphalt, 1.06), shade(asphalt, 0.86))
    canvas.texture(road, rng, 0.05, grain=0.5)
    canvas.texture(road, rng, 0.04, grain=6.0)
    canvas.fill(
        rectangle(0, street.kerb - unit, width, unit * 1.5), (196, 194, 188), (120, 118, 116)
    )
    marking = street.kerb + (street.verge - street.kerb) * rng.uniform(0.35, 0.6)
    if rng.random() < 0.7:
        _draw_dashes(canvas, street, marking, rng)
    near = rectangle(0, street.verge, width, street.height - street.verge + 2)
    if rng.random() < 0.6:
        canvas.fill(near, shade(grass, 0.9), shade(grass, 0.7))
        canvas.texture(near, rng, 0.09, grain=0.6)
        canvas.fill(
            rectangle(0, street.verge - unit, width, unit * 1.2), (186, 184, 178), (112, 110, 108)
        )


def _draw_dashes(canvas: Canvas, street: Street, y: float, rng: np.random.Generator) -> None:
    """A dashed centre line, worn here and there."""
    length, thickness = street.unit * rng.uniform(12, 18), street.unit * rng.uniform(1.0, 1.6)
    x = -rng.uniform(0, length)
    while x < street.width:
        dash = polygon(
            (x + thickness, y),
            (x + length * 0.6 + thickness, y),
            (x + length * 0.6, y + thickness),
            (x, y + thickness),
        )
        canvas.fill(dash, (226, 224, 212), alpha=rng.uniform(0.6, 0.95))
        x += length


def draw_backdrop(
    canvas: Canvas, street: Street, light: Light, rng: np.random.Generator, garage: bool
) -> None:
    """Everything behind the road, from the sky to the trees on the far pavement."""
    draw_sky(canvas, street, light, rng)
    draw_hills(canvas, street, light, rng)
    draw_road(canvas, street, rng)
    unit = street.unit
    for _ in range(int(rng.integers(0, 4))):
        x, foot = rng.uniform(0, street.width), street.horizon + unit * rng.uniform(0.5, 2)
        draw_tree(canvas, x, foot, unit * rng.uniform(16, 28), rng)
    x = rng.uniform(-0.2, 0.5) * street.width
    built = 0
    while x < street.width and (rng.random() < 0.6 or (garage and built == 0)):
        width = unit * rng.uniform(24, 42)
        draw_house(canvas, street, light, x, width, rng, garage and built == 0)
        x += width + unit * rng.uniform(4, 26)
        built += 1
    for _ in range(int(rng.integers(0, 3))):
        x, foot = rng.uniform(0, street.width), street.kerb - unit * rng.uniform(1, 2.5)
        if rng.random() < 0.5:
            draw_tree(canvas, x, foot, unit * rng.uniform(24, 40), rng)
        else:
            draw_bush(canvas, x, foot, unit * rng.uniform(8, 16), rng)
