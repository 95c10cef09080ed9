"""Model testing: what the network of each learn block really says of the test samples."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

import gradcam
from tests.studio import hearing
from tests.studio.errors import StudioError
from tests.studio.impulse import Impulse, LearnBlock, Mode, Threshold, Variant
from tests.studio.project import FoundBox, Said, StudioProject, TestRun, Windowed
from tests.studio.sample import Category, StudioSample

BATCH = 32
INT8_STEPS = 256
LEAST = 0.5  # score of an object, where a block has no threshold


def run_tests(
    project: StudioProject, impulse: Impulse, variants: Sequence[Variant]
) -> list[TestRun]:
    """What all trained learn blocks say of all enabled test samples, for each variant."""
    samples = [
        item
        for item in project.listed(Category.TESTING)
        if (item.is_picture or item.is_sound) and not item.is_disabled and not item.is_processing
    ]
    blocks = [
        item
        for item in impulse.learns
        if item.has_trained_model and (item.network or project.results is not None)
    ]
    try:
        return [
            TestRun(
                impulse.id,
                variant,
                {block.id: _said(project, impulse, block, samples, variant) for block in blocks},
            )
            for variant in variants
        ]
    except gradcam.GradcamError as error:  # the model or a picture is broken: the job fails
        raise StudioError(str(error)) from error


def _said(
    project: StudioProject,
    impulse: Impulse,
    block: LearnBlock,
    samples: Sequence[StudioSample],
    variant: Variant,
) -> dict[int, Windowed]:
    if project.results is not None:
        return {item.id: (Said(tuple(project.results(block, item, variant))),) for item in samples}
    if impulse.inputs[0].windows is not None:
        return {item.id: _heard(impulse, block, item, variant) for item in samples}
    spec, network, found = input_spec(impulse, block), _network(block.network), {}
    for at in range(0, len(samples), BATCH):
        part = samples[at : at + BATCH]
        batch = np.stack([gradcam.to_tensor(_pixels(item), spec) for item in part])
        for item, row in zip(part, network.predict(batch), strict=True):
            found[item.id] = (_READ.get(block.mode, _scores)(block, network, _as(variant, row)),)
    return found


def _heard(impulse: Impulse, block: LearnBlock, item: StudioSample, variant: Variant) -> Windowed:
    """A sound, window by window."""
    windows = impulse.inputs[0].windows
    dsps = [dsp for dsp in impulse.dsps if dsp.id in block.dsp]
    if windows is None or not (starts := windows.starts(len(item.values))):
        return ()
    rows = []
    for start in starts:
        values = item.values[start : start + windows.length]
        rows.append([number for dsp in dsps for number in hearing.features(dsp, windows, values)])
    answers = _keras(hashlib.sha256(block.network).hexdigest(), block.network)(np.array(rows))
    return tuple(_scores(block, None, _as(variant, answer)) for answer in answers)


def _as(variant: Variant, row: np.ndarray) -> np.ndarray:
    return row if variant is Variant.FLOAT32 else np.round(row * INT8_STEPS) / INT8_STEPS


def _scores(block: LearnBlock, network: gradcam.Network | None, row: np.ndarray) -> Said:
    return Said(tuple(float(value) for value in row))


def _anomalies(block: LearnBlock, network: gradcam.Network, row: np.ndarray) -> Said:
    rows = row.reshape(network.heads[0].grid)
    return Said(grid=tuple(tuple(float(score) for score in line) for line in rows))


def _objects(block: LearnBlock, network: gradcam.Network, row: np.ndarray) -> Said:
    """Cells above the threshold; those of a class that touch, corners too, are one object."""
    height, width = network.heads[0].grid or (1, 1)
    cells = row.reshape(height, width, -1)[..., 1:]
    limit = block.threshold(Threshold.MIN_SCORE)
    boxes: list[list[Any]] = []  # class, top, left, bottom, right, score
    for y, x, kind in np.argwhere(cells > (LEAST if limit is None else limit)).tolist():
        score = float(cells[y, x, kind])
        for box in boxes:
            near = box[1] - 1 <= y <= box[3] and box[2] - 1 <= x <= box[4]
            if box[0] == kind and near:
                box[1:] = [
                    min(box[1], y), min(box[2], x), max(box[3], y + 1), max(box[4], x + 1),
                    max(box[5], score),
                ]  # fmt: skip
                break
        else:
            boxes.append([kind, y, x, y + 1, x + 1, score])
    return Said(
        boxes=tuple(
            FoundBox(
                block.class_names[kind],
                left / width,
                top / height,
                (right - left) / width,
                (bottom - top) / height,
                score,
            )
            for kind, top, left, bottom, right, score in boxes
        )
    )


_READ: dict[Mode, Callable[..., Said]] = {
    Mode.OBJECT_DETECTION: _objects,
    Mode.VISUAL_ANOMALY: _anomalies,
}


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
        path = Path(folder) / ("model.tflite" if model[4:8] == b"TFL3" else "model.h5")
        path.write_bytes(model)
        return gradcam.load_network(path)


@lru_cache(maxsize=2)
def _keras(digest: str, model: bytes) -> Callable[[np.ndarray], np.ndarray]:
    import keras

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.h5"
        path.write_bytes(model)
        loaded = keras.models.load_model(path, compile=False)
    return loaded.predict_on_batch
