"""The whole job against a bare loop that only decodes and predicts, and its memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

import gradcam
from benchmarks.networks import BATCH, mobilenet
from benchmarks.peak import peak_megabytes
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns
from services.choices.choices import Choices
from services.export.job import export
from services.export.plan import ExportPlan
from services.media.picture import Pictures
from services.project import Project
from services.sample import Sample
from services.tasks.classification.task import Classification

SIZE, WIDTH, HEIGHT, ALPHA = 96, 320, 240, 0.35
FEW, MANY, QUICK_MANY = 500, 10_000, 3000
JOB_AT_MOST, MEMORY_AT_MOST = 2.5, 1.3
CHILD = """
import sys
from pathlib import Path
from benchmarks.export import one_job
one_job(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
"""


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Time and memory."""
    with TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        draw_pictures(pictures, FEW)
        yield from _time(pictures, Path(folder) / "output", effort)
        many = MANY if effort.starts > 1 else QUICK_MANY
        output = Path(folder) / "child"
        few, more = (peak_megabytes(CHILD, pictures, count, output) for count in (FEW, many))
    yield Row.of(
        f"peak memory of the job, {many:,} samples : {FEW} ({more:.0f} : {few:.0f} MB)",
        [more / few],
        MEMORY_AT_MOST,
    )
    yield Note(
        f"The job is everything from {WIDTH} × {HEIGHT} JPEGs on disk to deploy.zip: overlays at "
        "the original size, table, report, zip. The bare loop decodes the same files one after "
        f"another and predicts them in batches of {BATCH}; both have the network open and traced."
    )


def draw_pictures(folder: Path, count: int) -> None:
    """JPEGs with some structure, the same each time."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(count):
        coarse = rng.integers(0, 256, (12, 16, 3), np.uint8)
        picture = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"{number:05d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])


def project_of(folder: Path, count: int) -> Project:
    """A project of a random MobileNetV2 over pictures, each named as often as it takes."""
    (network,) = mobilenet(SIZE, alpha=ALPHA)
    files = sorted(folder.glob("*.jpg"))
    classes = tuple(f"class {number}" for number in range(network.units))
    samples = tuple(
        Sample(f"{number:05d}.jpg", files[number % len(files)], classes[number % len(classes)])
        for number in range(count)
    )
    spec = gradcam.InputSpec(SIZE, SIZE, scaling=gradcam.Scaling.SYMMETRIC)
    return Project("benchmark", (network,), Classification(classes), samples, Pictures(spec))


def one_job(pictures: Path, count: int, output: Path) -> None:
    """Explain so many samples."""
    project = project_of(pictures, count)
    export(project, ExportPlan.of(project, Choices()), project.samples, output, "benchmark")


def bare_loop(project: Project, samples: Sequence[Sample]) -> None:
    """Decode and predict, nothing else."""
    for start in range(0, len(samples), BATCH):
        part = samples[start : start + BATCH]
        tensors = [project.medium.read(sample.path, sample.window).tensor for sample in part]
        project.network.predict(np.stack(tensors))


def _time(pictures: Path, output: Path, effort: Effort) -> Iterator[Row | Note]:
    project = project_of(pictures, FEW)
    plan = ExportPlan.of(project, Choices())
    busy: list[float] = []

    def job() -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        export(project, plan, project.samples, output, "benchmark")
        busy.append((time.process_time() - cpu) / (time.perf_counter() - wall))

    pairs = in_turns(job, lambda: bare_loop(project, project.samples), effort.longer(3.0))
    yield Row.of(
        f"the whole job on {FEW} pictures, MobileNetV2 α {ALPHA}, {SIZE} px : decoding and "
        "predicting them "
        f"({pairs.said(FEW)} a picture)",
        pairs.ratios,
        JOB_AT_MOST,
    )
    yield Row.of(f"CPU : wall clock of the job, {os.cpu_count()} cores", busy)
