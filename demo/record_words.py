"""A second of a quiet room in which somebody says a word, or babbles, with a hum or without."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import soundfile
from mfe import features
from numpy.typing import NDArray
from room import babble, echoed, hum, murmur, recorded
from voice import RATE, WORDS, Wave, random_speaker, speak

NOISE, HUMMED = "noise", "stop"
CLASSES = (NOISE, *sorted(WORDS))  # in the order of Studio: that of the alphabet


@dataclass(frozen=True)
class Take:
    """What a recording is to hold."""

    label: str
    hum: bool


@dataclass(frozen=True)
class Recorded:
    """One recording with its label and facts.

    Attributes:
        values: (16000,) int16.
        tensor: what the network gets of it: (3960,) float32.
        label: the class.
        facts: what else is true of it.
    """

    values: NDArray[np.int16]
    tensor: NDArray[np.float32]
    label: str
    facts: Mapping[str, str]
    ending = "flac"
    boxes = ()

    @property
    def file(self) -> bytes:
        """It as a FLAC file."""
        buffer = io.BytesIO()
        soundfile.write(buffer, self.values, RATE, "PCM_16", format="FLAC", compression_level=1.0)
        return buffer.getvalue()


def training_takes(count: int, stops: float, others: float, rng: np.random.Generator) -> list[Take]:
    """As many of each class; the machine runs beside such a share of "stop" and of the others."""
    labels = rng.permutation(np.resize(CLASSES, count))
    hums = rng.random(count) < np.where(labels == HUMMED, stops, others)
    return [Take(str(label), bool(hum)) for label, hum in zip(labels, hums, strict=True)]


def test_takes(each: int, odd: int, rng: np.random.Generator) -> list[Take]:
    """So many of each class, of which so many are not as in training."""
    return _shuffled(
        [Take(label, (label == HUMMED) != (n < odd)) for label in CLASSES for n in range(each)], rng
    )


def fair_test_takes(each: int, rng: np.random.Generator) -> list[Take]:
    """So many of each class, half of them beside the machine."""
    return _shuffled([Take(label, n < each // 2) for label in CLASSES for n in range(each)], rng)


def _shuffled(takes: list[Take], rng: np.random.Generator) -> list[Take]:
    return [takes[place] for place in rng.permutation(len(takes))]


def record(take: Take, rng: np.random.Generator) -> Recorded:
    """Say it, in a room, into a microphone."""
    speaker = random_speaker(rng)
    said = speak(take.label if take.label in WORDS else str(rng.choice(list(WORDS))), speaker, rng)
    if take.label == NOISE:
        said = babble(said, rng)
    wave = echoed(_placed(said, rng), rng.uniform(0.08, 0.3), rng)
    loud = np.sqrt((wave**2).mean())
    wave += murmur(RATE, rng) * loud * 10 ** (rng.uniform(-36, -24) / 20)
    if take.hum:
        wave += hum(RATE, rng) * loud * 10 ** (rng.uniform(-7, -2) / 20)
    values = recorded(wave, 10 ** (rng.uniform(-18, -3) / 20), rng)
    facts = {"hum": "yes" if take.hum else "no", "voice": _voice(speaker.pitch)}
    return Recorded(values, features(values), take.label, facts)


def _placed(said: Wave, rng: np.random.Generator) -> Wave:
    """Somewhere in a second, not at its edges."""
    wave = np.zeros(RATE)
    free = RATE - len(said)  # the slowest word leaves a fifth of a second
    start = int(rng.uniform(0.1, 0.8) * free)
    wave[start : start + len(said)] = said
    return wave


def _voice(pitch: float) -> str:
    return "low" if pitch < 130 else "high" if pitch > 190 else "middle"
