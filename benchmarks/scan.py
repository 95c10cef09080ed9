"""The scan of a large test set against plain prediction of the same samples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.export import draw_pictures, project_of
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns
from services.choices.recipe import Recipe
from services.media.reading import BATCH_SIZE, DECODERS
from services.opening.opening import open_source
from services.predictions.predictions import Predictions, predict
from services.project import Project
from services.sample import Sample
from services.scan.scanning import Scan
from services.settings import settings
from services.sources.reference import SourceKind, SourceReference
from services.work.progress import Progress

MANY, QUICK_MANY, PICTURES = 5000, 1000, 500
AT_MOST = 2.0


def rows(effort: Effort) -> Iterator[Row | Note]:
    """On the demo, and on pictures of a common size with a larger network."""
    count = MANY if effort.starts > 1 else QUICK_MANY
    with TemporaryDirectory() as folder:
        os.environ["GRADCAM_CACHE"] = str(Path(folder) / "cache")
        settings.cache_clear()
        draw_pictures(Path(folder) / "pictures", PICTURES)
        drawn = predict(project_of(Path(folder) / "pictures", count), Progress())
        for name, predictions in (("demo:cars", _demo(count)), ("MobileNetV2 α 0.35", drawn)):
            yield _row(name, predictions, effort)
    del os.environ["GRADCAM_CACHE"]
    settings.cache_clear()
    yield Note(
        "The scan is all that its button does: reading, Grad-CAM of the chosen class, properties, "
        f"groups, tests. Plain prediction decodes the same files in {DECODERS} threads and "
        f"predicts them in batches of {BATCH_SIZE}, nothing else; samples repeat the same pictures."
    )


def _row(name: str, predictions: Predictions, effort: Effort) -> Row:
    count = len(predictions)
    pairs = in_turns(
        lambda: Scan(predictions, Recipe()).run(Progress()),
        lambda: predict_only(predictions.project),
        replace(effort, pairs=3, seconds=0.0),
    )
    return Row.of(
        f"scan of {count:,} samples : predicting them, {name} ({pairs.said(count)} a sample)",
        pairs.ratios,
        AT_MOST,
    )


def predict_only(project: Project) -> None:
    """Decode and predict, nothing kept."""

    def tensor(sample: Sample) -> np.ndarray:
        return project.medium.read(sample.path, sample.window).tensor

    with ThreadPoolExecutor(DECODERS) as pool:
        for start in range(0, len(project.samples), BATCH_SIZE):
            part = project.samples[start : start + BATCH_SIZE]
            project.network.predict(np.stack(list(pool.map(tensor, part))))


def _demo(count: int) -> Predictions:
    """The demo's pictures as often as it takes, each time under another id."""
    project = open_source(SourceReference(SourceKind.DEMO, "cars")).project
    own = project.samples
    samples = tuple(
        replace(own[number % len(own)], id=f"{number:05d} {own[number % len(own)].id}")
        for number in range(count)
    )
    return predict(replace(project, samples=samples), Progress())
