"""Sounds: how fast their features are made, and whether they browse as pictures do."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from benchmarks.pages import View, drawn_project, opening
from benchmarks.server_process import APP, ROOT, serving
from benchmarks.table import Note, Row
from benchmarks.timing import Effort
from services.media.medium import Medium
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.sound import Sound
from services.media.sound.spectrogram import Spectrogram
from services.media.sound.windows import Cutting

MANY = 2000
REAL_TIME = 20.0  # seconds of sound in a second of one core, at least
AT_MOST = 1.5
LISTENED = 100  # sounds of a second
RATE = 16_000
BROWSING: tuple[View, ...] = (
    ("samples", {}),
    ("explain", {}),
    ("review", {}),
    ("mistakes", {"facet": "By class"}),
)
BLOCKS = (Mfe(), Mfcc(), Spectrogram())


def rows(effort: Effort) -> Iterator[Row | Note]:
    """Each block on one core, then the pages of as many sounds and pictures."""
    demo = ROOT / "demo" / "words"
    files = sorted((demo / "testing").glob("*.flac"))[:LISTENED]
    for block in BLOCKS:
        frames = block.framing(RATE).count(RATE)
        sound = Sound(
            (block,), Cutting(RATE, RATE, RATE, True), frames, block.coefficients, channels=1
        )
        for what, look in (("features", "tensor"), ("features and picture", "picture")):
            ratios = [_real_time(sound, files, look) for _ in range(3)]
            said = f"seconds of sound : seconds of one core, {block.said}, file to {what}"
            yield Row.of(said, ratios, at_least=REAL_TIME)
    with TemporaryDirectory() as place:
        sounds = _spoken_project(Path(place) / "sounds", MANY)
        pictures = drawn_project(Path(place) / "pictures", MANY)
        said = f"{MANY:,} sounds : {MANY:,} pictures"
        with serving(APP) as server:
            yield from asyncio.run(
                opening(server.url, sounds, pictures, said, effort, views=BROWSING)
            )
    yield Note(
        f"{len(files)} sounds of a second are read, resampled where they have to be, and made "
        "features of, in one thread; seconds of the processor. Of pages see the note on opening "
        "pages."
    )


def _real_time(medium: Medium, files: list[Path], look: str) -> float:
    start = time.process_time()
    for path in files:
        reading = medium.read(path)
        _ = reading.tensor
        getattr(reading, look)
    return len(files) / (time.process_time() - start)


def _spoken_project(folder: Path, count: int) -> str:
    """The demo's sounds, each with other noise, in a folder for each class; the source of it."""
    demo = ROOT / "demo" / "words"
    folder.mkdir()
    shutil.copyfile(demo / "model.h5", folder / "model.h5")
    settings = (demo / "project.toml").read_text(encoding="utf-8")
    (folder / "project.toml").write_text(settings, encoding="utf-8")
    own = [soundfile.read(path, dtype="int16")[0] for path in sorted(demo.rglob("*.flac"))]
    rng = np.random.default_rng(0)
    classes = ("noise", "start", "step", "stop")
    for name in classes:
        (folder / "testing" / name).mkdir(parents=True)
    for number in range(count):
        wave = own[number % len(own)]
        noisy = np.clip(wave + rng.normal(0, 5, len(wave)), -32768, 32767).astype(np.int16)
        path = folder / "testing" / classes[number % len(classes)] / f"{number:05d}.wav"
        soundfile.write(path, noisy, RATE, "PCM_16")
    return f"folder:{folder}"
