"""Blocks of an impulse. They are the fake's state: change their fields during a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from tests.studio.clock import LONG_AGO


class Variant(StrEnum):
    """Which form of a model made the results."""

    FLOAT32 = "float32"
    INT8 = "int8"


class Mode(StrEnum):
    """What a learn block's output means."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"
    OBJECT_DETECTION = "object-detection"
    ANOMALY = "anomaly"
    VISUAL_ANOMALY = "visual-anomaly"
    FREEFORM = "freeform"


@dataclass
class InputBlock:
    """How pictures are resized. None leaves the key out of the answer."""

    id: int
    width: int | None
    height: int | None
    resize_mode: str | None = "squash"
    resize_method: str | None = "lanczos3"
    crop_anchor: str | None = "middle-center"
    type: str = "image"
    name: str = "Image data"


@dataclass
class DspBlock:
    """What becomes of the pixels. `channels` is `RGB` or `Grayscale`, None leaves it out."""

    id: int
    channels: str | None = "RGB"
    input: int | None = None
    type: str = "image"
    name: str = "Image"
    generated: bool = True


@dataclass(frozen=True)
class Threshold:
    """A setting below which, or above which, a prediction does not count.

    `min_score` is known from Studio. The key of a regression's largest error is not published;
    `max_error` is a guess, so clients had better go by the mode.
    """

    key: str
    value: float | str
    description: str
    help_text: str = ""
    suggested: float | None = None

    MIN_SCORE: ClassVar[str] = "min_score"
    MAX_ERROR: ClassVar[str] = "max_error"


@dataclass(frozen=True)
class ModelDownload:
    """A file that a learn block gives out. `content` is what the link answers with."""

    id: str
    name: str
    type: str
    content: bytes = field(repr=False)


@dataclass
class LearnBlock:
    """A trained, or not yet trained, network.

    Attributes:
        model: what lies in the zip behind `tflite-h5`; None leaves that download out.
        class_names: in the order of the outputs.
        labels: of the data set at training time, which may be others.
        scaling: Studio's word for what happens to pixels; None leaves the key out.
        thresholds: only those in Studio's list.
        more_downloads: further files, such as a SavedModel.
    """

    id: int
    model: bytes | None = field(repr=False)
    class_names: tuple[str, ...]
    type: str = "keras-transfer-image"
    mode: Mode = Mode.CLASSIFICATION
    name: str = "Transfer learning"
    dsp: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    scaling: str | None = "0..1"
    thresholds: tuple[Threshold, ...] = ()
    has_trained_model: bool = True
    created: datetime = LONG_AGO
    last_layer: str | None = None
    expert: bool = False
    more_downloads: tuple[ModelDownload, ...] = ()

    def threshold(self, key: str) -> float | None:
        """The value of a threshold, None where there is none."""
        found = [float(item.value) for item in self.thresholds if item.key == key]
        return found[0] if found else None


@dataclass
class Impulse:
    """Input, processing and learning, joined."""

    id: int
    inputs: list[InputBlock]
    dsps: list[DspBlock]
    learns: list[LearnBlock]
    name: str = "Impulse #1"
    type: str = "default"
