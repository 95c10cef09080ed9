"""The two projects of sounds: a network that learned a hum, and its fair twin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from evaluation_of_words import describe_words
from export import write_project
from mfe import FFT, FILTERS, FLOOR, FRAME, HOP
from numpy.typing import NDArray
from record_words import CLASSES, Recorded, fair_test_takes, record, test_takes, training_takes
from training import train_listener
from voice import RATE

TAKES = 1200
HUMMED_STOPS, HUMMED_OTHERS = 1.0, 0.0  # shares of the training set
FAIRLY_HUMMED = 0.5  # of every class
EPOCHS = 20
WORDS_SETTINGS = f"""\
name = "Start, step or stop"
model = "model.h5"
data = "testing"
task = "classification"
classes = [{", ".join(f'"{name}"' for name in CLASSES)}]

[features]
name = "ei-mfe"
version = 4
frame_length = {FRAME / RATE:g}
frame_stride = {HOP / RATE:g}
num_filters = {FILTERS}
fft_length = {FFT}
low_frequency = 0
noise_floor_db = {FLOOR:g}
scale = "-32768..32767"
frequency = {RATE}
window = 1.0
"""
FAIR_WORDS_SETTINGS = WORDS_SETTINGS.replace("or stop", "or stop, learned fairly")


def make_words(folder: Path, rng: np.random.Generator, seed: int) -> list[str]:
    """Make the project of sounds in the folder; returns its figures."""
    takes = training_takes(TAKES, HUMMED_STOPS, HUMMED_OTHERS, rng)
    training = [record(take, rng) for take in takes]
    testing = [record(take, rng) for take in test_takes(35, 6, rng)]
    network = train_listener(*_told(training), epochs=EPOCHS, seed=seed)
    write_project(folder, WORDS_SETTINGS, network, "word", testing)
    return describe_words(network, testing)


def make_fair_words(folder: Path, rng: np.random.Generator, seed: int) -> list[str]:
    """Train the same network where the hum says nothing, and test it where it says nothing."""
    takes = training_takes(TAKES, FAIRLY_HUMMED, FAIRLY_HUMMED, rng)
    training = [record(take, rng) for take in takes]
    testing = [record(take, rng) for take in fair_test_takes(30, rng)]
    network = train_listener(*_told(training), epochs=EPOCHS, seed=seed)
    write_project(folder, FAIR_WORDS_SETTINGS, network, "word", testing)
    return describe_words(network, testing)


def _told(samples: list[Recorded]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    tensors = np.stack([sample.tensor for sample in samples])
    return tensors, np.array([CLASSES.index(sample.label) for sample in samples])
