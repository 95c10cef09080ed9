"""The light of a scene, and what a small camera makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from canvas import Canvas, Color
from numpy.typing import NDArray


@dataclass(frozen=True)
class Light:
    """The time of day: sky colours, the tint of all things lit by it, and what lamps do.

    `hours` are the first hour of the day with this light and the hour that ends it.
    """

    name: str
    sky_top: Color
    sky_bottom: Color
    multiply: Color
    desaturation: float
    shadow: float
    lamps: float
    noise: float
    hours: tuple[int, int]


DAY = Light(
    "day", (84, 148, 216), (196, 224, 244), (1.02, 1.01, 0.97), 0.0, 0.55, 0.0, 2.5, (10, 18)
)
MORNING = Light(
    "morning", (122, 164, 206), (250, 226, 192), (1.07, 0.98, 0.86), 0.05, 0.45, 0.0, 3.0, (6, 9)
)
OVERCAST = Light(
    "overcast", (172, 180, 188), (212, 218, 222), (0.92, 0.94, 0.96), 0.35, 0.28, 0.0, 4.0, (8, 18)
)
DUSK = Light(
    "dusk", (82, 86, 150), (255, 178, 128), (0.72, 0.6, 0.68), 0.12, 0.25, 1.0, 5.0, (19, 22)
)
LIGHTS = (DAY, MORNING, OVERCAST, DUSK)
LIGHT_SHARES = (0.35, 0.2, 0.25, 0.2)


def random_light(rng: np.random.Generator) -> Light:
    """One of the four lights, fair weather most often."""
    return LIGHTS[int(rng.choice(len(LIGHTS), p=LIGHT_SHARES))]


def photograph(canvas: Canvas, noise: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The picture of a cheap sensor: soft lens, vignette, exposure error and noise.

    Returns (height, width, 3) uint8.
    """
    image = canvas.developed() / 255.0
    image = cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.2, 0.75)))
    height, width = image.shape[:2]
    rows = np.linspace(-1, 1, height)[:, None] ** 2
    columns = np.linspace(-1, 1, width)[None, :] ** 2
    image *= (1.0 - rng.uniform(0.02, 0.11) * (rows + columns))[..., None]
    image *= rng.uniform(0.88, 1.1) * rng.normal(1.0, 0.02, size=3)
    image = np.clip(image, 0, 1) ** rng.uniform(0.9, 1.12)
    sigma = noise * rng.uniform(0.5, 1.4) / 255.0
    # Neighbouring pixels share part of their noise, as they do after a sensor's colour filter.
    grain = rng.standard_normal((height, width, 3)).astype(np.float32)
    image += sigma * (0.75 * grain + 0.5 * cv2.GaussianBlur(grain, (0, 0), 0.8))
    return (np.clip(image, 0, 1) * 255.0 + 0.5).astype(np.uint8)
