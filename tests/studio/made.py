"""Small projects of what is no classification of pictures: sounds, objects, anomalies."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

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
    Windows,
)
from tests.studio.project import Labeling, StudioProject
from tests.studio.roles import Role
from tests.studio.sample import BoundingBox, LabelSpan, StudioSample

FIRST = 1001
RATE = 8000
SOUND = Windows(500, 250, RATE)
OPTIONS = {
    "frame_length": 0.02,
    "frame_stride": 0.01,
    "num_filters": networks.ROWS,
    "fft_length": 256,
    "low_frequency": 0,
    "high_frequency": 0,
    "win_size": 101,
    "noise_floor_db": -52,
}
TONES = {"high": 2500.0, "low": 400.0}
WIDE, TALL = 96, 72  # of pictures, which the impulse squashes
RED, BLUE, GRAY = (230, 20, 20), (20, 20, 230), (128, 128, 128)
COLOURS = {"red": RED, "blue": BLUE}


def sound_project(
    count: int = 6,
    id: int = 21,  # noqa: A002 - the field is called so
    key: str = "ei_sounds",
    *,
    with_results: bool = False,
) -> StudioProject:
    """Tones of three quarters of a second, two windows each, `high` and `low` by turns.

    The last one is low in its first half and high in its second one, with a label for each.
    """
    names = tuple(TONES)
    samples = [
        _sound(number, names[number % 2], _tone(TONES[names[number % 2]], 0.75, number))
        for number in range(count - 1)
    ]
    both = np.concatenate([_tone(TONES["low"], 0.5, 98), _tone(TONES["high"], 0.5, 99)])
    spans = (LabelSpan(0, RATE // 2 - 1, "low"), LabelSpan(RATE // 2, RATE - 1, "high"))
    samples.append(_sound(count - 1, "low", both, spans))
    entry = InputBlock(
        2, None, None, None, None, None, "time-series", "Time series data",
        Windows(500, 250, RATE, labeling="end-of-window"),
    )  # fmt: skip
    dsp = DspBlock(3, None, 2, "mfe", "MFE", axes=("audio",), version=4, options=OPTIONS)
    learn = LearnBlock(
        7, networks.high_or_low(), names, type="keras", name="Classifier", dsp=(3,), labels=names,
        thresholds=(_least(0.6),), lite={},
    )  # fmt: skip
    return _project("Tones", id, key, Impulse(1, [entry], [dsp], [learn]), samples, with_results)


def object_project(
    count: int = 6,
    id: int = 22,  # noqa: A002
    key: str = "ei_objects",
    *,
    with_results: bool = False,
) -> StudioProject:
    """Red and blue squares on gray, labelled by boxes; one is purple, which nobody recognises."""
    samples = [_squares(number) for number in range(count)]
    learn = LearnBlock(
        7, networks.red_and_blue(), tuple(COLOURS), "keras-object-detection",
        Mode.OBJECT_DETECTION, "Object detection", (3,), tuple(COLOURS),
        thresholds=(_least(0.5),), last_layer="fomo", lite={},
    )  # fmt: skip
    project = _project("Squares", id, key, _of_pictures(learn), samples, with_results=False)
    project.labeling = Labeling.OBJECT_DETECTION
    return _tested(project) if with_results else project


def anomaly_project(
    count: int = 6,
    id: int = 23,  # noqa: A002
    key: str = "ei_anomalies",
    *,
    with_results: bool = False,
) -> StudioProject:
    """Gray pictures, every second one with a white spot; the network is TensorFlow Lite alone."""
    samples = [_spotted(number) for number in range(count)]
    limit = Threshold(
        Threshold.MIN_ANOMALY, 3.0, "Anomaly threshold", "Higher scores are anomalies.",
        suggested=2.5,
    )  # fmt: skip
    learn = LearnBlock(
        7, None, (), "keras-visual-anomaly", Mode.VISUAL_ANOMALY, "Visual anomaly", (3,),
        thresholds=(limit,), lite={"tflite-float": networks.unlike_gray()},
    )  # fmt: skip
    return _project("Spots", id, key, _of_pictures(learn), samples, with_results)


def trunk_project(
    count: int = 6,
    id: int = 24,  # noqa: A002
    key: str = "ei_trunk",
    *,
    with_results: bool = False,
) -> StudioProject:
    """The same pictures, with a Keras trunk and a mixture beside the TensorFlow Lite file."""
    project = anomaly_project(count, id, key, with_results=with_results)
    learn = project.impulses[0].learns[0]
    learn.model, learn.mixture = networks.light_and_hue(), networks.MIXTURE
    return project


def _project(
    name: str,
    number: int,
    key: str,
    impulse: Impulse,
    samples: Sequence[StudioSample],
    with_results: bool,
) -> StudioProject:
    project = StudioProject(
        id=number,
        name=name,
        keys={key: Role.ADMIN},
        impulses=[impulse],
        samples={sample.id: sample for sample in samples},
    )
    return _tested(project) if with_results else project


def _tested(project: StudioProject) -> StudioProject:
    for run in run_tests(project, project.impulses[0], list(Variant)):
        project.tests[run.impulse_id, run.variant] = run
    return project


def _of_pictures(learn: LearnBlock) -> Impulse:
    entry = InputBlock(2, networks.SIDE, networks.SIDE)
    return Impulse(1, [entry], [DspBlock(3, input=2)], [learn])


def _least(score: float) -> Threshold:
    return Threshold(Threshold.MIN_SCORE, score, "Score threshold", "Lower scores do not count.")


def _tone(hertz: float, seconds: float, seed: int) -> np.ndarray:
    """Values in the range of 16 bits, on quiet noise."""
    at = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).normal(0, 40, len(at))
    return 8000 * np.sin(2 * np.pi * (hertz + 10 * seed % 70) * at) + noise


def _sound(
    number: int, label: str, values: np.ndarray, spans: tuple[LabelSpan, ...] = ()
) -> StudioSample:
    sink = io.BytesIO()
    with wave.open(sink, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(values.astype("<i2").tobytes())
    return StudioSample(
        FIRST + number, f"{label}.tone{number}", sink.getvalue(), label,
        media_type="audio/wav", structured_labels=spans,
    )  # fmt: skip


def _squares(number: int) -> StudioSample:
    """Two squares in two of the twelve places of a picture, one cell each."""
    picture, boxes = np.full((TALL, WIDE, 3), GRAY, np.uint8), list[BoundingBox]()
    wide, tall = 2 * WIDE // networks.GRID, 2 * TALL // networks.GRID  # a cell and one around it
    for place, (name, colour) in zip(_places(number), COLOURS.items(), strict=True):
        x, y = place % 3 * wide, place // 3 * tall
        purple = number == 0 and name == "blue"
        picture[y : y + tall // 2, x : x + wide // 2] = (150, 60, 150) if purple else colour
        boxes.append(BoundingBox(name, x, y, wide // 2, tall // 2))
    return StudioSample(
        FIRST + number, f"squares.{number}", _png(picture), f"squares {number}",
        media_type="image/png", boxes=tuple(boxes),
    )  # fmt: skip


def _places(number: int) -> Iterator[int]:
    yield number % 9
    yield (number + 4) % 9


def _spotted(number: int) -> StudioSample:
    picture = np.full((TALL, WIDE, 3), GRAY, np.uint8)
    picture[:, :, 0] += np.uint8(number)  # no two alike
    if number % 2:
        x, y = WIDE // networks.GRID * (number % 6), TALL // networks.GRID * (number % 5)
        picture[y : y + TALL // networks.GRID, x : x + WIDE // networks.GRID] = 255
    label = "anomaly" if number % 2 else "no anomaly"
    return StudioSample(
        FIRST + number, f"spots.{number}", _png(picture), label, media_type="image/png"
    )


def _png(picture: np.ndarray) -> bytes:
    sink = io.BytesIO()
    Image.fromarray(picture).save(sink, "PNG")
    return sink.getvalue()
