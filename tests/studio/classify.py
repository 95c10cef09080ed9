"""Model testing: what the network of each learn block really says of the test samples."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

import gradcam
from tests.studio.errors import StudioError
from tests.studio.impulse import Impulse, LearnBlock, Variant
from tests.studio.project import StudioProject, TestRun
from tests.studio.sample import Category, StudioSample

BATCH = 32
INT8_STEPS = 256


def run_tests(
    project: StudioProject, impulse: Impulse, variants: Sequence[Variant]
) -> list[TestRun]:
    """Scores of all enabled test samples by all trained learn blocks, for each variant."""
    samples = [
        item
        for item in project.listed(Category.TESTING)
        if item.is_picture and not item.is_disabled and not item.is_processing
    ]
    blocks = [
        item
        for item in impulse.learns
        if item.has_trained_model and (item.model or project.results is not None)
    ]
    try:
        return [
            TestRun(
                impulse.id,
                variant,
                {block.id: _scores(project, impulse, block, samples, variant) for block in blocks},
            )
            for variant in variants
        ]
    except gradcam.GradcamError as error:  # the model or a picture is broken: the job fails
        raise StudioError(str(error)) from error


def _scores(
    project: StudioProject,
    impulse: Impulse,
    block: LearnBlock,
    samples: Sequence[StudioSample],
    variant: Variant,
) -> dict[int, tuple[float, ...]]:
    if project.results is not None:
        return {item.id: tuple(project.results(block, item, variant)) for item in samples}
    spec = input_spec(impulse, block)
    network = _network(block.model or b"")
    found: dict[int, tuple[float, ...]] = {}
    for at in range(0, len(samples), BATCH):
        part = samples[at : at + BATCH]
        batch = np.stack([gradcam.to_tensor(_pixels(item), spec) for item in part])
        for item, row in zip(part, network.predict(batch), strict=True):
            values = row if variant is Variant.FLOAT32 else np.round(row * INT8_STEPS) / INT8_STEPS
            found[item.id] = tuple(float(value) for value in values)
    return found


def input_spec(impulse: Impulse, block: LearnBlock) -> gradcam.InputSpec:
    """What the blocks in front of a learn block make of a picture."""
    source = impulse.inputs[0]
    dsps = [item for item in impulse.dsps if item.id in block.dsp] or impulse.dsps
    gray = any(item.channels == "Grayscale" for item in dsps)
    return gradcam.InputSpec(
        width=source.width or 1,
        height=source.height or 1,
        resize=gradcam.Resize(source.resize_mode or "squash"),
        resize_method=gradcam.ResizeMethod(source.resize_method or "lanczos3"),
        crop_anchor=source.crop_anchor or "middle-center",
        color=gradcam.Color.GRAYSCALE if gray else gradcam.Color.RGB,
        scaling=gradcam.Scaling(block.scaling or "0..1"),
    )


def _pixels(item: StudioSample) -> np.ndarray:
    with Image.open(io.BytesIO(item.content)) as opened:
        return np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))


def _network(model: bytes) -> gradcam.Network:
    return _loaded(hashlib.sha256(model).hexdigest(), model)


@lru_cache(maxsize=4)
def _loaded(digest: str, model: bytes) -> gradcam.Network:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        path.write_bytes(model)
        return gradcam.load_network(path)
