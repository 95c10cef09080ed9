"""A project of many small pictures, drawn in a moment, for tests under load."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image

from tests.studio.demo import DEMO, FIRST_SAMPLE, LEARN_ID, confidence, demo_impulse
from tests.studio.impulse import LearnBlock
from tests.studio.project import StudioProject
from tests.studio.roles import Role
from tests.studio.sample import Category, StudioSample

CLASSES = ("car", "no car")
SIZES = ((32, 24), (48, 36), (64, 48))


def drawn_project(
    count: int = 2500,
    id: int = 9,  # noqa: A002 - the field is called so
    key: str = "ei_drawn",
    *,
    model: Path | None = None,
    training: int = 0,
    seed: int = 0,
) -> StudioProject:
    """A project of two classes with `count` test pictures, no two of them alike.

    Args:
        count: of test samples.
        id: of the project.
        key: with the admin role.
        model: a Keras file; the demo's cars if None. It has to give two classes.
        training: how many samples of the training set come on top.
        seed: another one gives other pictures.
    """
    rest = [Category.TESTING] * count + [Category.TRAINING] * training
    samples = [_sample(number, category, seed) for number, category in enumerate(rest)]
    content = (model or DEMO / "cars" / "model.h5").read_bytes()
    block = LearnBlock(LEARN_ID, content, CLASSES, labels=CLASSES, thresholds=(confidence(),))
    return StudioProject(
        id=id,
        name=f"{count} drawn pictures",
        keys={key: Role.ADMIN},
        impulses=[demo_impulse(block)],
        samples={sample.id: sample for sample in samples},
    )


def drawn_jpeg(number: int, seed: int = 0) -> bytes:
    """A small picture that differs for each number and seed."""
    chance = random.Random(f"{seed}/{number}")
    few = Image.frombytes("RGB", (4, 3), chance.randbytes(36))
    sink = io.BytesIO()
    few.resize(SIZES[number % len(SIZES)], Image.Resampling.BILINEAR).save(sink, "JPEG", quality=90)
    return sink.getvalue()


def _sample(number: int, category: Category, seed: int) -> StudioSample:
    return StudioSample(
        id=FIRST_SAMPLE + number,
        filename=f"drawn.{number:05d}",
        content=drawn_jpeg(number, seed),
        label=CLASSES[number % len(CLASSES)],
        category=category,
        metadata={"size": "x".join(map(str, SIZES[number % len(SIZES)]))},
    )
