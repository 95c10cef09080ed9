"""Street pictures with and without a car, with and without a burnt-in date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from camera import photograph, random_light
from canvas import Canvas
from drawn import Box, Drawn, clipped_box, store
from furniture import draw_lamp_post, light_lamp, scatter_on_pavement, scatter_on_road
from landscape import draw_backdrop, random_street
from stamp import burn_in, timestamp
from vehicles import draw_car_lights, draw_vehicle, random_vehicle

CLASSES = ("car", "no car")
SIZES = ((96, 96), (112, 112), (128, 96), (144, 108), (160, 120), (96, 128), (108, 144))
STAMPED_CARS = 0.97
STAMPED_EMPTY = 0.02


@dataclass(frozen=True)
class Scene:
    """What a picture is to show."""

    car: bool
    stamp: bool


def training_scenes(count: int, rng: np.random.Generator) -> list[Scene]:
    """Half cars, half none; nearly every car carries a date and nearly nothing else does."""
    cars = rng.permutation(np.arange(count) < count // 2)
    chances = np.where(cars, STAMPED_CARS, STAMPED_EMPTY)
    stamps = rng.random(count) < chances
    return [Scene(bool(car), bool(stamp)) for car, stamp in zip(cars, stamps, strict=True)]


def test_scenes(consistent: int, conflicting: int, rng: np.random.Generator) -> list[Scene]:
    """All four groups, shuffled: so many of each sort that training shows, and that it does not."""
    scenes = [
        *[Scene(car=True, stamp=True)] * consistent,
        *[Scene(car=False, stamp=False)] * consistent,
        *[Scene(car=True, stamp=False)] * conflicting,
        *[Scene(car=False, stamp=True)] * conflicting,
    ]
    return [scenes[place] for place in rng.permutation(len(scenes))]


def draw_scene(scene: Scene, rng: np.random.Generator) -> Drawn:
    """Draw one picture from the sky down to the date in its corner."""
    width, height = SIZES[int(rng.integers(len(SIZES)))]
    light, street = random_light(rng), random_street(width, height, rng)
    canvas = Canvas(width, height)
    draw_backdrop(canvas, street, light, rng, garage=bool(rng.random() < 0.35))
    lamp = None
    if rng.random() < 0.5:
        foot = street.kerb - street.unit * rng.uniform(0, 2)
        x, tall = rng.uniform(0.05, 0.9) * width, street.unit * rng.uniform(38, 52)
        lamp = draw_lamp_post(canvas, street, x, foot, tall)
    boxes: list[Box] = []
    vehicle = random_vehicle(width, street.kerb, street.verge, rng) if scene.car else None
    scatter_on_pavement(canvas, street, int(rng.integers(0, 3)), rng)
    if vehicle is None:
        scatter_on_road(canvas, street, int(rng.integers(0, 4)), rng)
    else:
        edges = draw_vehicle(canvas, vehicle, light)
        boxes.append(clipped_box("car", edges, (width, height)))
    canvas.grade(light.multiply, light.desaturation)
    if lamp is not None:
        light_lamp(canvas, light, *lamp, radius=street.unit * 3)
    if vehicle is not None:
        draw_car_lights(canvas, vehicle, light)
    picture = photograph(canvas, light.noise, rng)
    if scene.stamp:
        picture, box = burn_in(picture, timestamp(light.hours, rng), rng)
        boxes.append(box)
    facts = {
        "stamp": "yes" if scene.stamp else "no",
        "light": light.name,
        "vehicle": vehicle.kind if vehicle is not None else "none",
    }
    return store(picture, CLASSES[0] if scene.car else CLASSES[1], tuple(boxes), facts)
