"""Pictures of a dial instrument read as 0..1, some with glare or a second hand in the way."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from camera import photograph
from canvas import Canvas, Color, mix, pick, shade
from drawn import Box, Drawn, clipped_box, store
from shapes import Point, Points, arc_band, bounds, ellipse, polygon, rectangle, stroke

START = math.radians(135.0)
SWEEP = math.radians(270.0)
DISTURBANCES = ("none", "glare", "second hand")
SIZES = (96, 104, 112, 120, 128)
FACES: tuple[Color, ...] = (
    (240, 238, 230),
    (232, 224, 200),
    (214, 224, 228),
    (44, 46, 50),
    (226, 232, 214),
)
NEEDLES: tuple[Color, ...] = ((196, 34, 30), (24, 24, 28), (214, 96, 26), (30, 66, 140))
LIGHT_NEEDLES: tuple[Color, ...] = ((236, 70, 50), (244, 244, 240), (244, 176, 44))
PANELS: tuple[Color, ...] = (
    (128, 134, 138),
    (92, 104, 112),
    (150, 142, 128),
    (84, 98, 88),
    (66, 70, 78),
)
BEZELS: tuple[Color, ...] = ((176, 180, 184), (54, 56, 60), (178, 148, 88))


@dataclass(frozen=True)
class Dial:
    """Where the instrument sits and how it is made, in pixels and radians."""

    x: float
    y: float
    radius: float
    turn: float
    face: Color
    ink: Color

    def at(self, value: float, reach: float) -> Point:
        """The point at a reading, `reach` of the way from the hub to the rim."""
        angle = self.angle(value)
        along = reach * self.radius
        return self.x + along * math.cos(angle), self.y + along * math.sin(angle)

    def angle(self, value: float) -> float:
        """The direction of a reading in radians, clockwise from the right."""
        return START + self.turn + SWEEP * value


def training_disturbances(count: int, share: float, rng: np.random.Generator) -> list[str]:
    """What is in the way in each training picture: almost always nothing."""
    return [
        str(rng.choice(DISTURBANCES[1:])) if rng.random() < share else "none" for _ in range(count)
    ]


def test_disturbances(clear: int, glare: int, second: int, rng: np.random.Generator) -> list[str]:
    """The given number of pictures of each sort, shuffled."""
    sorts = ["none"] * clear + ["glare"] * glare + ["second hand"] * second
    return [sorts[place] for place in rng.permutation(len(sorts))]


def draw_reading(disturbance: str, rng: np.random.Generator) -> Drawn:
    """Draw one instrument at a random reading."""
    side = SIZES[int(rng.integers(len(SIZES)))]
    value = round(float(rng.uniform(0.0, 1.0)), 2)
    canvas = Canvas(side, side)
    _draw_panel(canvas, rng)
    dial = _random_dial(side, rng)
    _draw_case(canvas, dial, rng)
    _draw_scale(canvas, dial, rng)
    boxes: list[Box] = []
    if disturbance == "second hand":
        boxes.append(_draw_second_hand(canvas, dial, value, rng))
    needle = _draw_needle(canvas, dial, value, rng)
    boxes.insert(0, clipped_box("needle", bounds(needle), (side, side)))
    _draw_glass(canvas, dial, rng)
    canvas.grade(*_random_light(rng))
    if disturbance == "glare":
        boxes.append(_draw_glare(canvas, dial, value, rng))
    picture = photograph(canvas, rng.uniform(2.0, 5.0), rng)
    return store(picture, f"{value:g}", tuple(boxes), {"disturbance": disturbance})


def _random_dial(side: int, rng: np.random.Generator) -> Dial:
    """A dial near the middle of the picture, hardly turned."""
    face = pick(FACES, rng, spread=4)
    ink = (236, 236, 230) if sum(face) < 300 else (34, 34, 38)
    x, y = side * (0.5 + rng.uniform(-0.04, 0.04, size=2))
    radius = side * rng.uniform(0.35, 0.41)
    return Dial(x, y, radius, math.radians(rng.uniform(-4, 4)), face, ink)


def _random_light(rng: np.random.Generator) -> tuple[Color, float]:
    """The tint of the room: warm, neutral or cold, bright or dim."""
    warmth, level = rng.uniform(-0.06, 0.06), rng.uniform(0.72, 1.06)
    return (level * (1 + warmth), level, level * (1 - warmth)), rng.uniform(0.0, 0.15)


def _draw_panel(canvas: Canvas, rng: np.random.Generator) -> None:
    """The wall or cabinet behind the instrument, with a pipe or some screws."""
    side = canvas.width
    color = pick(PANELS, rng)
    whole = rectangle(0, 0, side, side)
    canvas.fill(whole, shade(color, 1.15), shade(color, 0.72))
    canvas.texture(whole, rng, 0.03, grain=0.7)
    canvas.texture(whole, rng, 0.05, grain=9.0)
    if rng.random() < 0.5:
        width = side * rng.uniform(0.1, 0.15)
        pipe = rectangle(side / 2 - width / 2, side * 0.8, width, side * 0.22)
        metal = pick(((168, 140, 84), (140, 144, 148)), rng)
        canvas.fill(pipe, shade(metal, 0.8), shade(metal, 0.7))
        canvas.fill(
            rectangle(side / 2 - width * 0.25, side * 0.8, width * 0.2, side * 0.22),
            shade(metal, 1.4),
            alpha=0.7,
            blur=0.5,
        )
    else:
        for x in (0.07, 0.93):
            for y in (0.07, 0.93):
                canvas.fill(
                    ellipse(side * x, side * y, side * 0.026), shade(color, 1.5), shade(color, 0.6)
                )
                turn = rng.uniform(-0.7, 0.7)
                across, down = side * 0.018 * math.cos(turn), side * 0.018 * math.sin(turn)
                start = (side * x - across, side * y - down)
                stop = (side * x + across, side * y + down)
                canvas.fill(stroke(start, stop, side * 0.008), shade(color, 0.35))


def _draw_case(canvas: Canvas, dial: Dial, rng: np.random.Generator) -> None:
    """Shadow on the panel, metal bezel, and the face set into it."""
    radius = dial.radius
    canvas.fill(
        ellipse(dial.x + radius * 0.05, dial.y + radius * 0.1, radius * 1.17),
        (0, 0, 0),
        alpha=0.5,
        blur=radius * 0.06,
    )
    metal = pick(BEZELS, rng, spread=5)
    canvas.fill(ellipse(dial.x, dial.y, radius * 1.17), shade(metal, 1.55), shade(metal, 0.45))
    canvas.fill(ellipse(dial.x, dial.y, radius * 1.09), shade(metal, 0.45), shade(metal, 1.35))
    canvas.fill(ellipse(dial.x, dial.y, radius * 1.04), shade(dial.face, 0.62))
    canvas.fill(
        ellipse(dial.x, dial.y + radius * 0.025, radius * 1.0),
        shade(dial.face, 0.94),
        shade(dial.face, 1.02),
    )


def _draw_scale(canvas: Canvas, dial: Dial, rng: np.random.Generator) -> None:
    """Ticks, numbers, sometimes coloured zones, and the unit."""
    radius = dial.radius
    center = (dial.x, dial.y)
    if rng.random() < 0.5:
        limits = (0.0, rng.uniform(0.5, 0.65), rng.uniform(0.75, 0.85), 1.0)
        zones: tuple[Color, ...] = ((62, 148, 82), (226, 180, 52), (206, 52, 44))
        for low, high, color in zip(limits, limits[1:], zones, strict=False):
            band = arc_band(center, radius * 0.95, radius * 0.07, dial.angle(low), dial.angle(high))
            canvas.fill(band, color, alpha=0.85)
    elif rng.random() < 0.6:
        canvas.fill(
            arc_band(center, radius * 0.95, radius * 0.025, dial.angle(0), dial.angle(1)), dial.ink
        )
    fine = int(rng.choice([2, 4, 5]))
    for tick in range(10 * fine + 1):
        major = tick % fine == 0
        value = tick / (10 * fine)
        inner, width = (0.79, 0.04) if major else (0.87, 0.018)
        canvas.fill(
            stroke(dial.at(value, 0.95), dial.at(value, inner), radius * width),
            dial.ink,
            alpha=0.95,
        )
    top = int(rng.choice([1, 5, 10, 100]))
    for mark in range(0, 11, 2):
        canvas.write(f"{mark * top / 10:g}", dial.at(mark / 10, 0.61), radius * 0.16, dial.ink)
    canvas.write(
        str(rng.choice(["bar", "MPa", "%", "psi"])),
        (dial.x, dial.y + radius * 0.4),
        radius * 0.13,
        mix(dial.ink, dial.face, 0.25),
    )


def _draw_needle(canvas: Canvas, dial: Dial, value: float, rng: np.random.Generator) -> Points:
    """The needle with its shadow, counterweight and hub; returns its outline."""
    radius = dial.radius
    color = pick(LIGHT_NEEDLES if sum(dial.face) < 300 else NEEDLES, rng, spread=6)
    reach, width = rng.uniform(0.74, 0.88), radius * rng.uniform(0.08, 0.12)
    tail = dial.at(value, -rng.uniform(0.12, 0.26))
    outline = stroke(tail, dial.at(value, reach), width, width * 0.22)
    offset = np.array([radius * 0.03, radius * 0.05], np.float32)
    canvas.fill(outline + offset, (0, 0, 0), alpha=0.35, blur=radius * 0.02)
    canvas.fill(outline, color)
    canvas.fill(
        ellipse(dial.x + offset[0], dial.y + offset[1], radius * 0.13),
        (0, 0, 0),
        alpha=0.35,
        blur=radius * 0.03,
    )
    hub = (52, 54, 58) if rng.random() < 0.6 else (196, 182, 140)
    canvas.fill(ellipse(dial.x, dial.y, radius * 0.12), shade(hub, 1.4), shade(hub, 0.6))
    canvas.fill(ellipse(dial.x, dial.y, radius * 0.05), shade(hub, 0.8), shade(hub, 1.3))
    return outline


def _draw_second_hand(canvas: Canvas, dial: Dial, value: float, rng: np.random.Generator) -> Box:
    """A set-point hand away from the needle, as strong as the needle itself."""
    apart = rng.uniform(0.2, 0.5)
    other = value + apart if value + apart <= 1.0 and rng.random() < 0.5 else value - apart
    if other < 0.0:
        other = value + apart
    radius = dial.radius
    color = pick(LIGHT_NEEDLES if sum(dial.face) < 300 else NEEDLES, rng, spread=6)
    width = radius * rng.uniform(0.06, 0.09)
    outline = stroke(dial.at(other, -0.08), dial.at(other, 0.8), width, width * 0.6)
    canvas.fill(outline + np.float32(radius * 0.03), (0, 0, 0), alpha=0.3, blur=radius * 0.02)
    canvas.fill(outline, color)
    tip = dial.at(other, 0.78)
    canvas.fill(ellipse(*tip, radius * 0.065), color)
    side = canvas.width
    return clipped_box("second hand", bounds(outline, ellipse(*tip, radius * 0.065)), (side, side))


def _draw_glass(canvas: Canvas, dial: Dial, rng: np.random.Generator) -> None:
    """The faint sheen that every cover glass has."""
    radius = dial.radius
    sheen = ellipse(dial.x - radius * 0.2, dial.y - radius * 0.42, radius * 0.66, radius * 0.4)
    canvas.fill(sheen, (255, 255, 255), alpha=rng.uniform(0.03, 0.12), blur=radius * 0.08)


def _draw_glare(canvas: Canvas, dial: Dial, value: float, rng: np.random.Generator) -> Box:
    """A lamp or a window mirrored in the glass, over the needle; returns the box of its core."""
    radius = dial.radius
    x, y = dial.at(value + rng.uniform(-0.08, 0.08), rng.uniform(0.4, 0.75))
    if rng.random() < 0.5:
        core = ellipse(x, y, radius * rng.uniform(0.26, 0.4), radius * rng.uniform(0.18, 0.3))
    else:
        half, tall, slant = (
            radius * 0.24,
            radius * rng.uniform(0.28, 0.42),
            radius * rng.uniform(-0.2, 0.2),
        )
        core = polygon(
            (x - half + slant, y - tall),
            (x + half + slant, y - tall),
            (x + half - slant, y + tall),
            (x - half - slant, y + tall),
        )
    canvas.fill(core, (255, 255, 252), alpha=rng.uniform(0.8, 0.97), blur=radius * 0.08)
    canvas.glow(x, y, radius * 0.75, (110, 108, 100), 0.8)
    return clipped_box("glare", bounds(core), (canvas.width, canvas.width))
