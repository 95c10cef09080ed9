"""Draw, train and write the demo projects: `python demo/make_demo.py [--only NAME]`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import numpy as np
from draw_cars import CLASSES, draw_scene, test_scenes, training_scenes
from draw_gauge import draw_reading, test_disturbances, training_disturbances
from draw_marks import (
    MARKED_FAIRLY,
    MARKED_IN_TRAINING,
    OBJECTS,
    Marked,
    Part,
    draw_bench,
    test_benches,
    training_benches,
)
from drawn import Drawn
from evaluation import describe_cars, describe_gauge
from evaluation_of_objects import describe_marks
from export import write_network, write_project, write_why
from make_words import make_fair_words, make_words
from numpy.typing import NDArray
from training import cells_of, tensors, train_classifier, train_detector, train_regressor

SEED = 7
STREETS = 1800
BENCHES = 1800
FAIRLY_STAMPED = 0.5  # of the pictures of either class
THRESHOLD = 0.1
INPUT_SETTINGS = """
[input]
resize = "squash"
resize_method = "lanczos3"
color = "rgb"
scaling = "0..1"
"""
CARS_SETTINGS = f"""\
name = "Car or not"
model = "model.h5"
data = "testing"
task = "classification"
classes = ["{CLASSES[0]}", "{CLASSES[1]}"]
{INPUT_SETTINGS}"""
# Same pictures, so none are kept twice.
FAIR_SETTINGS = CARS_SETTINGS.replace('"testing"', '"../cars/testing"').replace(
    "Car or not", "Car or not, learned fairly"
)
GAUGE_SETTINGS = f"""\
name = "Pressure gauge"
model = "model.h5"
data = "testing"
task = "regression"
{INPUT_SETTINGS}
[regression]
output = 0
threshold = {THRESHOLD}
"""
MARKS_SETTINGS = f"""\
name = "Washers and screws"
model = "model.h5"
data = "testing"
task = "objects"
classes = ["{OBJECTS[0]}", "{OBJECTS[1]}"]
{INPUT_SETTINGS}"""
FAIR_MARKS_SETTINGS = MARKS_SETTINGS.replace('"testing"', '"../marks/testing"').replace(
    "Washers and screws", "Washers and screws, learned fairly"
)


def make_cars(folder: Path, rng: np.random.Generator) -> list[str]:
    """Make the classification project in the folder; returns its figures."""
    training = [draw_scene(scene, rng) for scene in training_scenes(STREETS, rng)]
    testing = [draw_scene(scene, rng) for scene in test_scenes(58, 22, rng)]
    network = train_classifier(tensors(training), _labels(training), epochs=8, seed=SEED)
    write_project(folder, CARS_SETTINGS, network, "street", testing)
    return describe_cars(network, testing)


def make_fair(folder: Path, rng: np.random.Generator) -> list[str]:
    """Train the cars' network where dates say nothing, and test it on the cars' pictures."""
    for scene in training_scenes(STREETS, rng):
        draw_scene(scene, rng)  # what comes before the cars' test pictures
    testing = [draw_scene(scene, rng) for scene in test_scenes(58, 22, rng)]
    dated = rng.random(STREETS) < FAIRLY_STAMPED
    scenes = [
        replace(scene, stamp=bool(stamp))
        for scene, stamp in zip(training_scenes(STREETS, rng), dated, strict=True)
    ]
    training = [draw_scene(scene, rng) for scene in scenes]
    network = train_classifier(tensors(training), _labels(training), epochs=8, seed=SEED)
    write_network(folder, FAIR_SETTINGS, network)
    return describe_cars(network, testing)


def _labels(samples: list[Drawn]) -> NDArray[np.int64]:
    return np.array([CLASSES.index(sample.label) for sample in samples])


def make_gauge(folder: Path, rng: np.random.Generator) -> list[str]:
    """Make the regression project in the folder; returns its figures."""
    training = [draw_reading(sort, rng) for sort in training_disturbances(2000, 0.01, rng)]
    testing = [draw_reading(sort, rng) for sort in test_disturbances(100, 10, 10, rng)]
    values = np.array([float(sample.label) for sample in training], np.float32)
    network = train_regressor(tensors(training), values, epochs=26, seed=SEED)
    write_project(folder, GAUGE_SETTINGS, network, "gauge", testing)
    return describe_gauge(network, testing, THRESHOLD)


def make_marks(folder: Path, rng: np.random.Generator) -> list[str]:
    """Make the project of objects in the folder; returns its figures."""
    training = [draw_bench(bench, rng) for bench in _benches(MARKED_IN_TRAINING, rng)]
    benches = test_benches(rng)
    testing = [draw_bench(bench, rng) for bench in benches]
    network = _train_detector(training)
    files = write_project(
        folder, MARKS_SETTINGS, network, "bench", [each.drawn for each in testing]
    )
    write_why(folder, files, [each.dots for each in testing])
    return describe_marks(network, benches, testing)


def make_fair_marks(folder: Path, rng: np.random.Generator) -> list[str]:
    """Train the same where dots say nothing, and test it on the same pictures."""
    for bench in _benches(MARKED_IN_TRAINING, rng):
        draw_bench(bench, rng)  # what comes before the test pictures
    benches = test_benches(rng)
    testing = [draw_bench(bench, rng) for bench in benches]
    network = _train_detector([draw_bench(bench, rng) for bench in _benches(MARKED_FAIRLY, rng)])
    write_network(folder, FAIR_MARKS_SETTINGS, network)
    return describe_marks(network, benches, testing)


def _benches(marked: dict[str, float], rng: np.random.Generator) -> list[list[Part]]:
    return training_benches(BENCHES, marked, rng)


def _train_detector(training: list[Marked]) -> keras.Model:
    drawn = [each.drawn for each in training]
    return train_detector(tensors(drawn), cells_of(drawn, OBJECTS), epochs=14, seed=SEED)


PROJECTS: dict[str, Callable[[Path, np.random.Generator], list[str]]] = {
    "cars": make_cars,
    "fair": make_fair,
    "gauge": make_gauge,
    "marks": make_marks,
    "fair_marks": make_fair_marks,
    "words": partial(make_words, seed=SEED),
    "fair_words": partial(make_fair_words, seed=SEED),
}


def main() -> None:
    """Make the projects that were asked for and print what came out."""
    parser = argparse.ArgumentParser(description="Draw, train and write the demo projects.")
    parser.add_argument("--only", choices=PROJECTS, help="make this project alone")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    arguments = parser.parse_args()
    for name, make in PROJECTS.items():
        if arguments.only in (None, name):
            started = time.monotonic()
            # Each project draws from its own generator: making one alone gives the same files.
            figures = make(arguments.output / name, np.random.default_rng(SEED))
            print(f"{name} ({time.monotonic() - started:.0f} s)")
            print("\n".join(f"  {line}" for line in figures))


if __name__ == "__main__":
    main()
