"""Cars from the side, the front and the back, drawn from outlines in units of their length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from camera import Light
from canvas import Canvas, Color, mix, pick, shade
from plants import draw_ground_shadow
from shapes import Point, Points, bounds, ellipse, rectangle, ring, smooth, stroke

PAINTS: tuple[Color, ...] = (
    (186, 34, 36),
    (34, 74, 146),
    (222, 222, 220),
    (52, 54, 60),
    (146, 152, 158),
    (36, 104, 82),
    (226, 172, 44),
    (206, 98, 40),
    (92, 150, 190),
    (112, 44, 62),
    (196, 184, 156),
)
GLASS: Color = (58, 74, 90)
RUBBER: Color = (28, 28, 31)
HEADLIGHT: Color = (255, 244, 214)
TAILLIGHT: Color = (206, 30, 28)


@dataclass(frozen=True)
class SideView:
    """A car that faces left: x from 0 (front) to 1 (back), y upwards from the road, per length."""

    name: str
    body: tuple[Point, ...]
    windows: tuple[tuple[Point, ...], ...]
    axles: tuple[float, float]
    wheel: float
    shoulder: float
    doors: tuple[float, ...]


SEDAN = SideView(
    "sedan",
    (
        (0.012, 0.062), (0.0, 0.1), (0.004, 0.15), (0.03, 0.186), (0.12, 0.205), (0.27, 0.225),
        (0.335, 0.27), (0.405, 0.31), (0.5, 0.322), (0.61, 0.316), (0.7, 0.285), (0.79, 0.24),
        (0.93, 0.228), (0.985, 0.212), (1.0, 0.15), (0.99, 0.075), (0.95, 0.055), (0.06, 0.052),
    ),
    (
        ((0.315, 0.23), (0.415, 0.298), (0.515, 0.308), (0.515, 0.232)),
        ((0.535, 0.232), (0.535, 0.308), (0.605, 0.303), (0.735, 0.238)),
    ),
    (0.19, 0.785), 0.073, 0.205, (0.3, 0.525, 0.72),
)  # fmt: skip
HATCHBACK = SideView(
    "hatchback",
    (
        (0.012, 0.07), (0.0, 0.11), (0.006, 0.18), (0.05, 0.222), (0.21, 0.255), (0.29, 0.315),
        (0.375, 0.36), (0.5, 0.374), (0.72, 0.366), (0.86, 0.335), (0.94, 0.262), (0.985, 0.235),
        (1.0, 0.16), (0.988, 0.08), (0.95, 0.06), (0.06, 0.058),
    ),
    (
        ((0.275, 0.262), (0.385, 0.345), (0.525, 0.357), (0.525, 0.262)),
        ((0.55, 0.262), (0.55, 0.357), (0.71, 0.35), (0.82, 0.318), (0.87, 0.27)),
    ),
    (0.19, 0.815), 0.082, 0.23, (0.27, 0.537, 0.76),
)  # fmt: skip
VAN = SideView(
    "van",
    (
        (0.01, 0.065), (0.0, 0.1), (0.006, 0.18), (0.04, 0.225), (0.13, 0.25), (0.2, 0.345),
        (0.25, 0.395), (0.32, 0.415), (0.6, 0.42), (0.95, 0.412), (0.99, 0.38), (1.0, 0.2),
        (0.992, 0.075), (0.95, 0.055), (0.06, 0.055),
    ),
    (((0.175, 0.258), (0.255, 0.37), (0.37, 0.38), (0.37, 0.258)),),
    (0.17, 0.8), 0.07, 0.215, (0.16, 0.385, 0.64),
)  # fmt: skip
PICKUP = SideView(
    "pickup",
    (
        (0.008, 0.085), (0.0, 0.13), (0.006, 0.19), (0.04, 0.216), (0.24, 0.232), (0.3, 0.285),
        (0.355, 0.332), (0.44, 0.342), (0.55, 0.336), (0.592, 0.3), (0.606, 0.238), (0.66, 0.236),
        (0.9, 0.238), (0.992, 0.236), (1.0, 0.17), (0.99, 0.095), (0.94, 0.075), (0.06, 0.072),
    ),
    (
        ((0.29, 0.24), (0.36, 0.32), (0.445, 0.328), (0.445, 0.24)),
        ((0.462, 0.24), (0.462, 0.328), (0.545, 0.322), (0.572, 0.24)),
    ),
    (0.18, 0.79), 0.077, 0.21, (0.27, 0.453, 0.6),
)  # fmt: skip
SIDE_VIEWS = (SEDAN, HATCHBACK, VAN, PICKUP)


@dataclass(frozen=True)
class Vehicle:
    """A car on the street: its shape and colour, and the middle of its foot in pixels."""

    kind: str
    paint: Color
    x: float
    foot: float
    length: float
    faces_left: bool


def draw_side(
    canvas: Canvas, view: SideView, vehicle: Vehicle, light: Light
) -> tuple[float, float, float, float]:
    """Draw a car from the side; returns its left, top, right and bottom in pixels."""
    direction = 1.0 if vehicle.faces_left else -1.0
    length = vehicle.length

    def place(points: tuple[Point, ...]) -> Points:
        unit = np.asarray(points, np.float32)
        x = vehicle.x + direction * (unit[:, 0] - 0.5) * length
        return np.stack([x, vehicle.foot - unit[:, 1] * length], axis=1).astype(np.float32)

    body = smooth(place(view.body), steps=5)
    _draw_contact_shadow(canvas, vehicle, light)
    canvas.fill(body, shade(vehicle.paint, 1.16), shade(vehicle.paint, 0.5))
    _draw_shoulder(canvas, view, vehicle, place)
    for window in view.windows:
        outline = place(window)
        canvas.fill(outline, mix(GLASS, light.sky_bottom, 0.5), shade(GLASS, 0.7))
    glint = place(((0.43, 0.24), (0.475, 0.3), (0.5, 0.302), (0.455, 0.24)))
    if view.name != "van":
        canvas.fill(glint, (255, 255, 255), alpha=0.22)
    for door in view.doors:
        seam = place(((door, 0.075), (door + 0.006, view.shoulder + 0.02)))
        canvas.fill(stroke(*seam, length * 0.005), (0, 0, 0), alpha=0.4)
        handle = place(((door + 0.12, view.shoulder - 0.012), (door + 0.16, view.shoulder - 0.012)))
        if door != view.doors[-1]:
            canvas.fill(
                stroke(*handle, length * 0.01),
                shade(vehicle.paint, 0.45),
            )
    for axle in view.axles:
        x, y = place(((axle, view.wheel),))[0]
        _draw_wheel(canvas, float(x), float(y), view.wheel * length)
    front = place(((0.004, view.shoulder - 0.025), (0.004, view.shoulder - 0.062),
                   (0.045, view.shoulder - 0.052), (0.06, view.shoulder - 0.018)))  # fmt: skip
    back = place(((0.997, view.shoulder + 0.005), (0.999, view.shoulder - 0.055),
                  (0.968, view.shoulder - 0.05), (0.962, view.shoulder)))  # fmt: skip
    canvas.fill(front, HEADLIGHT, shade(HEADLIGHT, 0.8))
    canvas.fill(back, shade(TAILLIGHT, 1.1), shade(TAILLIGHT, 0.8))
    return bounds(body, rectangle(vehicle.x, vehicle.foot - 1, 1, 1))


def _draw_contact_shadow(canvas: Canvas, vehicle: Vehicle, light: Light) -> None:
    """The dark strip between the tyres, and the softer shadow beyond it."""
    length = vehicle.length
    draw_ground_shadow(canvas, vehicle.x, vehicle.foot, length * 0.52, length * 0.035, light.shadow)
    draw_ground_shadow(
        canvas, vehicle.x, vehicle.foot - length * 0.01, length * 0.46, length * 0.02, 0.75
    )


def _draw_shoulder(
    canvas: Canvas,
    view: SideView,
    vehicle: Vehicle,
    place: Callable[[tuple[Point, ...]], Points],
) -> None:
    """The bright edge the sky leaves on the body, the crease below it and the dark sill."""
    level, length = view.shoulder, vehicle.length
    edge = place(((0.03, level - 0.018), (0.97, level + 0.006)))
    canvas.fill(
        stroke(*edge, length * 0.014),
        (255, 255, 255),
        alpha=0.4,
        blur=0.15,
    )
    crease = place(((0.04, level - 0.075), (0.97, level - 0.06)))
    canvas.fill(stroke(*crease, length * 0.008), (0, 0, 0), alpha=0.25)
    sill = place(((0.05, 0.056), (0.03, 0.078), (0.97, 0.085), (0.96, 0.06)))
    canvas.fill(sill, (26, 26, 30), alpha=0.85)


def _draw_wheel(canvas: Canvas, x: float, y: float, radius: float) -> None:
    """Arch, tyre, rim with five spokes and hub."""
    canvas.fill(ellipse(x, y - radius * 0.08, radius * 1.2), (14, 14, 16), alpha=0.95)
    canvas.fill(ellipse(x, y, radius), shade(RUBBER, 1.1), RUBBER)
    canvas.fill(ellipse(x, y, radius * 0.66), (70, 72, 76), (52, 54, 58))
    for spoke in range(5):
        angle = spoke * 2 * np.pi / 5 + 0.3
        tip = (x + radius * 0.6 * float(np.cos(angle)), y + radius * 0.6 * float(np.sin(angle)))
        canvas.fill(stroke((x, y), tip, radius * 0.3, radius * 0.2), (196, 198, 202))
    canvas.fill(ring(x, y, radius * 0.68, radius * 0.1), (206, 208, 212))
    canvas.fill(ellipse(x, y, radius * 0.16), (120, 122, 126))


def draw_end(
    canvas: Canvas, vehicle: Vehicle, light: Light, back: bool
) -> tuple[float, float, float, float]:
    """Draw a car that comes or goes; returns its left, top, right and bottom in pixels."""
    width, x, foot = vehicle.length, vehicle.x, vehicle.foot

    def place(*points: Point) -> Points:
        unit = np.asarray(points, np.float32)
        return np.stack([x + unit[:, 0] * width, foot - unit[:, 1] * width], 1).astype(np.float32)

    def mirrored(*right: Point) -> tuple[Point, ...]:
        return (*right, *((-a, b) for a, b in reversed(right)))

    draw_ground_shadow(canvas, x, foot, width * 0.58, width * 0.07, light.shadow)
    draw_ground_shadow(canvas, x, foot - width * 0.02, width * 0.5, width * 0.04, 0.75)
    for side in (-1.0, 1.0):
        canvas.fill(
            rectangle(
                x + (side * 0.4 - 0.09) * width, foot - width * 0.2, width * 0.18, width * 0.2
            ),
            RUBBER,
        )
    body = smooth(
        place(*mirrored((0.0, 0.8), (0.2, 0.795), (0.31, 0.77), (0.4, 0.56), (0.47, 0.5),
                        (0.5, 0.4), (0.5, 0.2), (0.46, 0.12), (0.2, 0.1))),
        steps=4,
    )  # fmt: skip
    canvas.fill(body, shade(vehicle.paint, 1.18), shade(vehicle.paint, 0.55))
    screen = place(*mirrored((0.255, 0.74), (0.345, 0.555)))
    canvas.fill(screen, mix(GLASS, light.sky_bottom, 0.5), shade(GLASS, 0.7))
    canvas.fill(
        place((-0.2, 0.56), (-0.08, 0.735), (0.0, 0.735), (-0.12, 0.56)), (255, 255, 255), alpha=0.2
    )
    edge = stroke(*place((-0.45, 0.5), (0.45, 0.5)), width * 0.015)
    canvas.fill(edge, (255, 255, 255), alpha=0.35)
    lamp = TAILLIGHT if back else HEADLIGHT
    for side in (-1.0, 1.0):
        corners = ((0.29, 0.43), (0.46, 0.45), (0.48, 0.36), (0.31, 0.33))
        canvas.fill(place(*((side * a, b) for a, b in corners)), lamp, shade(lamp, 0.78))
        mirror = place(
            *((side * a, b) for a, b in ((0.41, 0.57), (0.52, 0.6), (0.52, 0.53), (0.42, 0.52)))
        )
        canvas.fill(mirror, shade(vehicle.paint, 0.7))
    if not back:
        canvas.fill(place(*mirrored((0.26, 0.42), (0.24, 0.31))), (24, 24, 28), (52, 52, 58))
    canvas.fill(place(*mirrored((0.47, 0.22), (0.44, 0.13))), (30, 30, 34), alpha=0.85)
    canvas.fill(place(*mirrored((0.13, 0.275), (0.13, 0.205))), (238, 238, 230))
    canvas.fill(place(*mirrored((0.1, 0.25), (0.1, 0.23))), (60, 60, 66))
    return bounds(body, rectangle(x, foot - 1, 1, 1))


def draw_car_lights(canvas: Canvas, vehicle: Vehicle, light: Light) -> None:
    """What the lamps add to the picture once the scene has got dark."""
    if light.lamps == 0:
        return
    length, foot = vehicle.length, vehicle.foot
    if vehicle.kind in ("front", "back"):
        color = HEADLIGHT if vehicle.kind == "front" else (255, 40, 30)
        for side in (-0.39, 0.39):
            canvas.glow(vehicle.x + side * length, foot - 0.39 * length, length * 0.09, color, 0.8)
        return
    direction = 1.0 if vehicle.faces_left else -1.0
    level = foot - 0.165 * length
    canvas.glow(vehicle.x - direction * 0.49 * length, level, length * 0.045, HEADLIGHT, 0.9)
    canvas.glow(
        vehicle.x - direction * 0.6 * length, foot - length * 0.03, length * 0.09, HEADLIGHT, 0.25
    )
    canvas.glow(vehicle.x + direction * 0.49 * length, level, length * 0.035, (255, 40, 30), 0.7)


def random_vehicle(width: int, kerb: float, verge: float, rng: np.random.Generator) -> Vehicle:
    """A car of random kind and colour that stands wholly on the road and in the picture."""
    kind = str(rng.choice([*(view.name for view in SIDE_VIEWS), "front", "back"]))
    share = rng.uniform(0.3, 0.42) if kind in ("front", "back") else rng.uniform(0.48, 0.74)
    length = share * width
    x = rng.uniform(length * 0.5 + 1, width - length * 0.5 - 1)
    foot = kerb + (verge - kerb) * rng.uniform(0.4, 0.9)
    return Vehicle(kind, pick(PAINTS, rng), x, foot, length, bool(rng.random() < 0.5))


def draw_vehicle(
    canvas: Canvas, vehicle: Vehicle, light: Light
) -> tuple[float, float, float, float]:
    """Draw any car; returns its left, top, right and bottom in pixels."""
    if vehicle.kind in ("front", "back"):
        return draw_end(canvas, vehicle, light, back=vehicle.kind == "back")
    view = next(view for view in SIDE_VIEWS if view.name == vehicle.kind)
    return draw_side(canvas, view, vehicle, light)
