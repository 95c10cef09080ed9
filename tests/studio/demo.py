"""The demo projects as Studio would hold them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gradcam.arrays import Floats
from tests.studio import networks
from tests.studio.classify import run_tests
from tests.studio.impulse import (
    DspBlock,
    Impulse,
    InputBlock,
    LearnBlock,
    Mode,
    Threshold,
    Variant,
)
from tests.studio.project import StudioProject
from tests.studio.roles import Role
from tests.studio.sample import BoundingBox, Category, StudioSample

DEMO = Path(__file__).parents[2] / "demo"
SIDE = 96
TRAINING_EVERY = 4  # every fourth test picture lies in the training set as well
MARK = b"training"
INPUT_ID, DSP_ID, LEARN_ID = 2, 3, 7
FIRST_SAMPLE = 1001
CHANNELS = {"rgb": "RGB", "grayscale": "Grayscale"}


def demo_project(
    name: str,
    id: int = 1,  # noqa: A002 - the field is called so
    key: str | None = None,
    *,
    with_results: bool = False,
    role: Role = Role.ADMIN,
) -> StudioProject:
    """A demo project: its test samples, its network, its settings.

    Args:
        name: `cars` (classes) or `gauge` (regression).
        id: of the project.
        key: `ei_demo_<name>` if None.
        with_results: whether model testing has run; this loads TensorFlow.
        role: of the key.
    """
    folder = DEMO / name
    settings = tomllib.loads((folder / "project.toml").read_text(encoding="utf-8"))
    samples = list(_samples(folder))
    block = _learn_block(settings, (folder / settings["model"]).read_bytes(), samples)
    project = StudioProject(
        id=id,
        name=settings["name"],
        keys={key or f"ei_demo_{name}": role},
        impulses=[_impulse(settings["input"], block)],
        samples={sample.id: sample for sample in samples},
        owner="Demo",
    )
    if with_results:
        for run in run_tests(project, project.impulses[0], list(Variant)):
            project.tests[run.impulse_id, run.variant] = run
    return project


@cache
def cars_as_lite() -> Mapping[str, bytes]:
    """The cars' network as both TensorFlow Lite downloads, calibrated with its test pictures."""
    import gradcam

    model = gradcam.load_network(DEMO / "cars" / "model.h5").model.own
    pictures = [_as_input(path) for path in sorted((DEMO / "cars" / "testing").glob("*.jpg"))]
    return {
        "tflite-float": networks.as_lite(model),
        "tflite-int8": networks.as_lite(model, pictures[:100]),
    }


def _as_input(path: Path) -> Floats:
    """(1, SIDE, SIDE, 3) float32, 0 to 1."""
    picture = Image.open(path).convert("RGB").resize((SIDE, SIDE))
    return np.asarray(picture, np.float32)[None] / 255


def demo_impulse(block: LearnBlock) -> Impulse:
    """An impulse with the demos' input and a learn block."""
    block.dsp = (DSP_ID,)
    return Impulse(
        id=1,
        inputs=[InputBlock(INPUT_ID, SIDE, SIDE)],
        dsps=[DspBlock(DSP_ID, input=INPUT_ID)],
        learns=[block],
    )


def _impulse(settings: dict[str, str], block: LearnBlock) -> Impulse:
    impulse = demo_impulse(block)
    block.scaling = settings["scaling"]
    impulse.inputs[0].resize_mode = settings["resize"]
    impulse.inputs[0].resize_method = settings["resize_method"]
    impulse.dsps[0].channels = CHANNELS[settings["color"]]
    return impulse


def _learn_block(settings: dict[str, Any], model: bytes, samples: list[StudioSample]) -> LearnBlock:
    labels = tuple(sorted({sample.label for sample in samples}))
    if settings["task"] == "regression":
        most = settings["regression"]["threshold"]
        largest = Threshold(
            Threshold.MAX_ERROR, most, "Maximum error",
            "Predictions that are off by more than this count as wrong.", suggested=most,
        )  # fmt: skip
        return LearnBlock(
            LEARN_ID, model, ("value",), type="keras-regression", mode=Mode.REGRESSION,
            name="Regression", labels=labels, thresholds=(largest,),
        )  # fmt: skip
    return LearnBlock(
        LEARN_ID, model, tuple(settings["classes"]), labels=labels, thresholds=(confidence(),)
    )


def confidence() -> Threshold:
    """The threshold that Studio gives every classifier."""
    return Threshold(
        Threshold.MIN_SCORE, 0.6, "Confidence threshold", "Lower scores count as uncertain."
    )


def _samples(folder: Path) -> Iterator[StudioSample]:
    entries = json.loads((folder / "info.labels").read_text(encoding="utf-8"))["files"]
    for number, entry in enumerate(entries):
        stored = Path(entry["path"]).name
        content = (folder / entry["path"]).read_bytes()
        yield replace(_sample(entry, FIRST_SAMPLE + number, content), stored_name=stored)
    for number, entry in enumerate(entries[::TRAINING_EVERY]):
        content = _marked((folder / entry["path"]).read_bytes())
        sample = _sample(entry, FIRST_SAMPLE + len(entries) + number, content)
        name = f"training.{sample.filename}"
        yield replace(sample, filename=name, category=Category.TRAINING, stored_name="")


def _sample(entry: dict[str, Any], identity: int, content: bytes) -> StudioSample:
    return StudioSample(
        id=identity,
        filename=entry["name"],
        content=content,
        label=entry["label"]["label"],
        boxes=tuple(BoundingBox(**box) for box in entry["boundingBoxes"]),
        metadata=entry["metadata"],
    )


def _marked(jpeg: bytes) -> bytes:
    """The same picture in other bytes, by a comment: Studio takes no file twice."""
    return jpeg[:2] + b"\xff\xfe" + (2 + len(MARK)).to_bytes(2) + MARK + jpeg[2:]
