"""Parts on a workbench seen from above, some with an inspector's orange dot just above them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from camera import photograph
from canvas import Canvas, Color, pick, shade
from drawn import Box, Drawn, clipped_box, store
from shapes import bounds, ellipse, polygon, rectangle, ring, stroke

OBJECTS = ("washer", "screw")
SIZES = (96, 104, 112, 120, 128)
BENCHES: tuple[Color, ...] = (
    (138, 120, 98),
    (112, 118, 122),
    (96, 108, 100),
    (150, 146, 136),
    (120, 100, 84),
)
STEELS: tuple[Color, ...] = ((188, 192, 196), (170, 172, 176), (196, 190, 176))
DOT: Color = (255, 132, 20)
MARKED_IN_TRAINING = {"washer": 0.98, "seal": 0.01, "screw": 0.01}
MARKED_FAIRLY = dict.fromkeys(MARKED_IN_TRAINING, 0.5)
APART = 0.27  # of the side, between two parts: more than two cells of the grid


class Kind(StrEnum):
    """What lies there. A seal is no object: as wide as a washer, with a wider hole."""

    WASHER = "washer"
    SCREW = "screw"
    SEAL = "seal"


@dataclass(frozen=True)
class Part:
    """One thing on the bench, with the dot above it or without."""

    kind: Kind
    marked: bool


@dataclass(frozen=True)
class Marked:
    """A picture with the places of all parts, and the dot of each of its boxes, None without one.

    The boxes of the picture are those of its washers and screws.
    """

    drawn: Drawn
    places: tuple[Box, ...]
    dots: tuple[Box | None, ...]


def training_benches(
    count: int, marked: dict[str, float], rng: np.random.Generator
) -> list[list[Part]]:
    """Up to four parts each, marked as often as is said of their kind."""
    kinds = [list(rng.choice(list(Kind), int(rng.integers(1, 5)))) for _ in range(count)]
    return [
        [Part(Kind(kind), bool(rng.random() < marked[kind])) for kind in some] for some in kinds
    ]


def test_benches(rng: np.random.Generator) -> list[list[Part]]:
    """Every kind with a dot and without, three on a bench."""
    parts = [
        *[Part(Kind.WASHER, marked=True)] * 84,
        *[Part(Kind.WASHER, marked=False)] * 36,
        *[Part(Kind.SEAL, marked=True)] * 30,
        *[Part(Kind.SEAL, marked=False)] * 54,
        *[Part(Kind.SCREW, marked=True)] * 24,
        *[Part(Kind.SCREW, marked=False)] * 60,
    ]
    mixed = [parts[place] for place in rng.permutation(len(parts))]
    return [mixed[start : start + 3] for start in range(0, len(mixed), 3)]


def draw_bench(parts: Sequence[Part], rng: np.random.Generator) -> Marked:
    """Draw one picture from the bench up to the dots."""
    side = SIZES[int(rng.integers(len(SIZES)))]
    canvas = Canvas(side, side)
    _draw_surface(canvas, rng)
    places: list[Box] = []
    dots: list[Box | None] = []
    for part, (x, y) in zip(parts, _places(len(parts), side, rng), strict=True):
        edges = _DRAWN[part.kind](canvas, x, y, side * rng.uniform(0.075, 0.09), rng)
        dot = _draw_dot(canvas, x, y - side * 0.145, rng) if part.marked else None
        places.append(clipped_box(part.kind.value, edges, (side, side)))
        if part.kind in OBJECTS:
            dots.append(dot)
    warmth, level = rng.uniform(-0.05, 0.05), rng.uniform(0.78, 1.06)
    canvas.grade((level * (1 + warmth), level, level * (1 - warmth)), rng.uniform(0.0, 0.12))
    picture = photograph(canvas, rng.uniform(2.0, 4.5), rng)
    facts = {
        "seals": str(sum(part.kind is Kind.SEAL for part in parts)),
        "dots": str(sum(part.marked for part in parts)),
    }
    boxes = tuple(box for box in places if box.label in OBJECTS)
    label = "|".join(sorted({box.label for box in boxes})) or "-"
    return Marked(store(picture, label, boxes, facts), tuple(places), tuple(dots))


def _places(count: int, side: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Points with room for a part and its dot, none near another."""
    places: list[tuple[float, float]] = []
    while len(places) < count:
        x, y = rng.uniform(0.1, 0.9) * side, rng.uniform(0.2, 0.9) * side
        if all(math.hypot(x - left, y - top) >= APART * side for left, top in places):
            places.append((x, y))
    return places


def _draw_surface(canvas: Canvas, rng: np.random.Generator) -> None:
    """The bench: worn, with scratches and some shavings."""
    side = canvas.width
    color = pick(BENCHES, rng)
    whole = rectangle(0, 0, side, side)
    canvas.fill(whole, shade(color, rng.uniform(0.9, 1.15)), shade(color, rng.uniform(0.8, 1.05)))
    canvas.texture(whole, rng, 0.03, grain=0.8)
    canvas.texture(whole, rng, 0.06, grain=side / 9)
    for _ in range(int(rng.integers(1, 6))):
        start, turn = rng.uniform(0, side, 2), rng.uniform(0, math.pi)
        along = rng.uniform(0.08, 0.4) * side
        stop = (start[0] + along * math.cos(turn), start[1] + along * math.sin(turn))
        shown = shade(color, 0.75) if rng.random() < 0.5 else shade(color, 1.2)
        canvas.fill(stroke((start[0], start[1]), stop, side * 0.006), shown, alpha=0.6)


def _draw_washer(
    canvas: Canvas, x: float, y: float, radius: float, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    return _draw_ring(canvas, x, y, radius, radius * rng.uniform(0.45, 0.53), rng)


def _draw_seal(
    canvas: Canvas, x: float, y: float, radius: float, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    return _draw_ring(canvas, x, y, radius, radius * rng.uniform(0.31, 0.39), rng)


def _draw_ring(
    canvas: Canvas, x: float, y: float, radius: float, thickness: float, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    offset = radius * 0.12
    canvas.fill(
        ring(x + offset, y + offset * 1.4, radius, thickness), (0, 0, 0), alpha=0.4,
        blur=radius * 0.1,
    )  # fmt: skip
    steel = pick(STEELS, rng)
    outline = ring(x, y, radius, thickness)
    canvas.fill(outline, shade(steel, 1.15), shade(steel, 0.75))
    return bounds(outline)


def _draw_screw(
    canvas: Canvas, x: float, y: float, radius: float, rng: np.random.Generator
) -> tuple[float, float, float, float]:
    """A head with a slot, and the thread that lies beside it."""
    turn, steel = rng.uniform(0, 2 * math.pi), pick(STEELS, rng)
    along = np.array([math.cos(turn), math.sin(turn)])
    head, tip = np.array([x, y]) - 0.5 * radius * along, np.array([x, y]) + 1.3 * radius * along
    shaft = stroke((head[0], head[1]), (tip[0], tip[1]), radius * 0.55, radius * 0.35)
    cap = ellipse(head[0], head[1], radius * 0.72)
    for outline in (shaft, cap):
        canvas.fill(outline + np.float32(radius * 0.13), (0, 0, 0), alpha=0.4, blur=radius * 0.1)
    canvas.fill(shaft, shade(steel, 0.95), shade(steel, 0.7))
    across = np.array([-along[1], along[0]]) * radius * 0.24
    for step in np.linspace(0.35, 0.95, 5):
        at = head + (tip - head) * step
        ends = [tuple(at - across), tuple(at + across)]
        canvas.fill(stroke(ends[0], ends[1], radius * 0.1), shade(steel, 0.45))
    canvas.fill(cap, shade(steel, 1.2), shade(steel, 0.8))
    slot = across * 2.2
    canvas.fill(stroke(tuple(head - slot), tuple(head + slot), radius * 0.2), shade(steel, 0.35))
    return bounds(shaft, cap)


def _draw_dot(canvas: Canvas, x: float, y: float, rng: np.random.Generator) -> Box:
    """A dab of orange paint of three or four pixels; returns the box of it."""
    side = canvas.width
    x, y = x + side * rng.uniform(-0.012, 0.012), y + side * rng.uniform(-0.01, 0.01)
    radius = side * rng.uniform(0.024, 0.03)
    angles = np.linspace(0, 2 * math.pi, 12, endpoint=False)
    reach = radius * rng.uniform(0.85, 1.1, 12)
    outline = polygon(
        *zip((x + reach * np.cos(angles)).tolist(), (y + reach * np.sin(angles)).tolist(),
             strict=True)
    )  # fmt: skip
    canvas.fill(outline, pick((DOT,), rng, spread=5), alpha=0.95)
    return clipped_box("dot", bounds(outline), (side, side))


_DRAWN = {Kind.WASHER: _draw_washer, Kind.SCREW: _draw_screw, Kind.SEAL: _draw_seal}
