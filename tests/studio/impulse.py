"""Blocks of an impulse. They are the fake's state: change their fields during a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from tests.studio.clock import LONG_AGO

TFLITE = b"\x1c\x00\x00\x00TFL3"  # where a TensorFlow Lite file says what it is
LITE = {"tflite-float": TFLITE + b"float", "tflite-int8": TFLITE + b"int8"}  # nobody can open them
LITE_KINDS = {"tflite-float": ("float32", "Float32"), "tflite-int8": ("int8", "Int8")}


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


@dataclass(frozen=True)
class Windows:
    """How a time series is cut into windows.

    Attributes:
        size_ms, increase_ms: of a window, and from one to the next.
        frequency: values a second.
        pad_zeros: whether shorter samples are filled up.
        labeling: `end-of-window` or `anywhere-in-window`; None leaves it out.
        labels: that `anywhere-in-window` looks for.
    """

    size_ms: int
    increase_ms: int
    frequency: float
    pad_zeros: bool = True
    labeling: str | None = None
    labels: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """Values of a window."""
        return round(self.size_ms * self.frequency / 1000)

    def starts(self, count: int) -> list[int]:
        """Where windows begin in a sample of so many values."""
        if count < self.length:
            return [0] if self.pad_zeros else []
        step = round(self.increase_ms * self.frequency / 1000)
        return list(range(0, count - self.length + 1, step))


@dataclass
class InputBlock:
    """How pictures are resized, or a time series cut. None leaves the key out of the answer."""

    id: int
    width: int | None
    height: int | None
    resize_mode: str | None = "squash"
    resize_method: str | None = "lanczos3"
    crop_anchor: str | None = "middle-center"
    type: str = "image"
    name: str = "Image data"
    windows: Windows | None = None


@dataclass
class DspBlock:
    """What becomes of a sample's values.

    Attributes:
        channels: of an image block, `RGB` or `Grayscale`; None leaves it out.
        axes: of the sensor that it takes.
        version: of its implementation.
        options: what else it is set to, by the names of its parameters.
        normalize: how its features are normalised, in Studio's words.
    """

    id: int
    channels: str | None = "RGB"
    input: int | None = None
    type: str = "image"
    name: str = "Image"
    generated: bool = True
    axes: tuple[str, ...] = ("image",)
    version: int = 1
    options: Mapping[str, float] = field(default_factory=dict)
    normalize: str = "none"


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
    MIN_ANOMALY: ClassVar[str] = "min_anomaly_score"
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
        lite: what is behind `tflite-float` and `tflite-int8`; one that is not there is left out.
        class_names: in the order of the outputs.
        labels: of the data set at training time, which may be others.
        scaling: Studio's word for what happens to pixels; None leaves the key out.
        thresholds: only those in Studio's list.
        more_downloads: further files, such as a SavedModel.
        mixture: of an anomaly block: `weights`, `means`, `covariances`; `mean` and `scale` of what
            it scores.
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
    mixture: Mapping[str, list[Any]] = field(default_factory=dict, repr=False)
    lite: Mapping[str, bytes] = field(default_factory=lambda: LITE, repr=False)

    @property
    def network(self) -> bytes:
        """The file that answers in model testing; empty where there is none that can."""
        if self.model is not None:
            return self.model
        return self.lite["tflite-float"] if self.lite is not LITE else b""

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
