"""Opening a page of a project with many classes against the same of one with few."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.pages import opening
from benchmarks.server_process import APP, serving
from benchmarks.table import Note, Row
from benchmarks.timing import Effort
from tests.studio.drawn import drawn_jpeg

FEW, MANY = 10, 1000
SIDE = 32


def rows(effort: Effort) -> Iterator[Row | Note]:
    """One row for each page and view, and one for the largest message."""
    with TemporaryDirectory() as place:
        few, many = (_project(Path(place) / str(n), n, effort.samples) for n in (FEW, MANY))
        said = f"{MANY} classes : {FEW}"
        with serving(APP) as server:
            yield from asyncio.run(opening(server.url, many, few, said, effort))
    yield Note(f"Both projects hold {effort.samples:,} samples; see the note on opening pages.")


def _project(folder: Path, classes: int, samples: int) -> str:
    """Drawn pictures in a folder for each class, with an untrained network; the source of it."""
    import keras

    keras.utils.set_random_seed(0)
    keras.Sequential([
        keras.layers.Input((SIDE, SIDE, 3)),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Conv2D(32, 5, strides=4, padding="same", activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(classes, activation="softmax"),
    ]).save(_made(folder) / "model.keras")  # fmt: skip
    names = [f"class {number:03d}" for number in range(classes)]
    (folder / "labels.txt").write_text("\n".join(names))
    for name in names:
        (folder / "test" / name).mkdir(parents=True)
    for number in range(samples):
        path = folder / "test" / names[number % classes] / f"{number:05d}.jpg"
        path.write_bytes(drawn_jpeg(number))
    return f"folder:{folder}"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
