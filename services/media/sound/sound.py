"""Sounds: what a network gets of a window, how that is shown, and where heat lies on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from gradcam import PictureError, Placement
from gradcam.arrays import Floats, Numbers, Picture
from gradcam.box import Box
from gradcam.device.firmware import DeviceEye
from services.media.axes import Axes
from services.media.called import SOUNDS, Called
from services.media.heard import Heard
from services.media.input_options import SOUND_FEATURES
from services.media.medium import InputOption, WrittenTable
from services.media.property import Property
from services.media.sound.feature_block import FULL_SCALE
from services.media.sound.files import read_at, stored
from services.media.sound.labeling import BY_MOST, Labeling
from services.media.sound.panels import Drawing, axes_of, drawing_of, drawn_sound, placed_heat
from services.media.sound.parts import SoundParts
from services.media.sound.properties import SOUND_PROPERTIES, sound_properties
from services.media.sound.ways import FeatureBlocks, features_said
from services.media.sound.whereabouts import OnSound
from services.media.sound.windows import Cutting
from services.media.tensors import drawn_tensor
from services.sample import Sample, Window


@dataclass(frozen=True, eq=False)
class SoundReading:
    """A window that was read.

    Attributes:
        sound: the medium.
        cut: (length,) float32, filled up with silence, in the range of 16 bits.
        path: of the file; "" where it is of none.
        start: the window's first value in the whole sound, at the medium's rate.
        ended: values of the window before it was filled up.
    """

    sound: Sound
    cut: Floats
    path: Path
    start: int = 0
    ended: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Of every window of the medium the same."""
        return self.sound.drawing.width, self.sound.drawing.height

    @cached_property
    def features(self) -> Sequence[Numbers]:
        """What each block makes of it: (frames, coefficients) float64."""
        return self.sound.features(self.cut.astype(np.float64))

    @cached_property
    def picture(self) -> Picture:
        """See `drawn_sound`."""
        wave = self.cut.astype(np.float64)
        return drawn_sound(self.sound.blocks, self.sound.rate, wave, self.features)

    @property
    def seen(self) -> Picture:
        """See `drawn_tensor`."""
        return drawn_tensor(self.tensor)

    @cached_property
    def tensor(self) -> Floats:
        """(height, width, channels) float32."""
        return self.sound.laid_out(self.features)

    @property
    def properties(self) -> Numbers:
        """Of the window alone, without what it was filled up with."""
        wave = self.cut[: self.ended].astype(np.float64) / FULL_SCALE
        return sound_properties(wave, self.sound.rate)

    @property
    def source_parts(self) -> SoundParts:
        """Cells of its short-time spectrum."""
        sound, own = self.sound, self.cut[: self.ended] / np.float32(FULL_SCALE)
        return SoundParts(
            own, len(self.cut), sound.rate, sound.blocks, sound.by_feature, sound.tensors
        )

    @cached_property
    def heard(self) -> Heard:
        """The whole file at the medium's rate; read when it is asked for.

        Raises:
            PictureError: the file is gone.
        """
        whole = read_at(self.path, self.sound.rate, 0, None) / FULL_SCALE
        own = np.clip(whole, -1.0, 1.0).astype(np.float32)
        return Heard(self.sound.rate, own, self.start, self.start + self.sound.cutting.length)


@dataclass(frozen=True)
class Sound:
    """Sounds as features for one network; see `Medium`.

    Attributes:
        blocks: make the features.
        cutting: into windows, at the rate that the network hears.
        height, width, channels: of the tensor: the features in their order, whatever it is.
        labeling: which of several labels of a sound is a window's.
        ways: other blocks that would fit the network, to be tried; these ones among them.
    """

    blocks: FeatureBlocks
    cutting: Cutting
    height: int
    width: int
    channels: int
    labeling: Labeling = field(default=BY_MOST, repr=False)  # no tensor depends on it
    ways: tuple[FeatureBlocks, ...] = field(default=(), repr=False)  # nor on these

    blue_first = False
    fixed_places = True

    @property
    def rate(self) -> int:
        """Values a second."""
        return self.cutting.rate

    @property
    def drawing(self) -> Drawing:
        """How a window is drawn."""
        return drawing_of(self.blocks, self.rate, self.cutting.length)

    @property
    def called(self) -> Called:
        """Sounds."""
        return SOUNDS

    @property
    def properties(self) -> Sequence[Property]:
        """Hum, clicks, loudness and more."""
        return SOUND_PROPERTIES

    @property
    def whereabouts(self) -> OnSound:
        """In seconds and hertz."""
        size = self.drawing.width, self.drawing.height
        return OnSound(self.axes, lambda heat: self.place(heat, size, size))

    @property
    def axes(self) -> Axes:
        """Seconds, and hertz or the numbers of coefficients."""
        return axes_of(self.blocks, self.rate, self.cutting.length)

    @property
    def settings(self) -> Mapping[str, object]:
        """By the names of `project.toml`."""
        return {
            "frequency": self.rate,
            "window": self.cutting.seconds,
            "step": self.cutting.step / self.rate,
            "pad": self.cutting.pad,
            "blocks": [{"name": each.name, **each.parameters} for each in self.blocks],
        }

    @property
    def briefly(self) -> str:
        """The blocks."""
        return " + ".join(block.said for block in self.blocks)

    @property
    def said(self) -> str:
        """The same, with what is done to a file before."""
        cutting = self.cutting
        windows = f"windows of {cutting.seconds:g} s every {cutting.step / self.rate:g} s"
        return f"{self.briefly} · {self.rate / 1000:g} kHz · {windows}"

    @property
    def accepts(self) -> str:
        """Any sound that can be read here."""
        return "a sound (WAV, FLAC, OGG or MP3, or Edge Impulse's JSON or CBOR)"

    # --------------------------------------------------------------------- from a file to a tensor

    def seen_by(self, eye: DeviceEye) -> None:
        """Nothing."""

    def parted(self, samples: Sequence[Sample]) -> tuple[Sample, ...]:
        """One sample for each window; what has none or cannot be read stays as it is."""
        return tuple(part for sample in samples for part in self._parts(sample))

    def _parts(self, sample: Sample) -> Sequence[Sample]:
        if sample.window is not None:
            return (sample,)
        try:
            own = stored(sample.path)
        except PictureError:
            return (sample,)  # told when it is read
        windows = self.cutting.windows(own.values, own.rate)
        if sample.spans and windows:
            labels = [self.labeling.label(sample.spans, each) for each in windows]
        else:
            labels = [sample.label] * len(windows)
        if len(windows) < 2:
            return [replace(sample, label=label) for label in labels] or (sample,)
        return [
            replace(
                sample, id=f"{sample.id}@{each.start / own.rate:.3f}s", label=label, window=each
            )
            for each, label in zip(windows, labels, strict=True)
        ]

    def read(self, path: Path, window: Window | None = None) -> SoundReading:
        """Read a window; of a file that is not cut, the first one.

        Raises:
            PictureError: the file cannot be read, or is shorter than a window and may not be
                filled up.
        """
        own = stored(path)
        if window is None:
            windows = self.cutting.windows(own.values, own.rate)
            if not windows:
                lasts = f"it lasts {own.values / own.rate:.3g} s"
                raise PictureError(
                    f"{lasts}, less than the {self.cutting.seconds:g} s that the network takes at "
                    "once"
                )
            window = windows[0]
        wave = read_at(path, self.rate, window.start, window.stop)[: self.cutting.length]
        cut = np.zeros(self.cutting.length, np.float32)
        cut[: len(wave)] = wave
        start = round(window.start * self.rate / own.rate)
        return SoundReading(self, cut, path, start, len(wave))

    def features(self, wave: Numbers) -> Sequence[Numbers]:
        """What each block makes of a window: (frames, coefficients) float64 each.

        Args:
            wave: (length,) float64 in the range of 16 bits.
        """
        return [block.features(wave, self.rate) for block in self.blocks]

    def laid_out(self, features: Sequence[Numbers]) -> Floats:
        """Features one after the other, frame by frame, in the shape of the tensor."""
        row = np.concatenate([each.ravel() for each in features])
        return row.reshape(self.height, self.width, self.channels).astype(np.float32)

    def tensors(self, cuts: Floats) -> Floats:
        """Windows as the network gets them."""
        return np.stack([self.laid_out(self.features(cut.astype(np.float64))) for cut in cuts])

    # ------------------------------------------------------------------------- what can be chosen

    @property
    def options(self) -> Sequence[InputOption]:
        """The blocks, where several would fit."""
        if len(self.ways) < 2:
            return ()
        names = [features_said(each) for each in self.ways]
        members = [(f"way{number}", name) for number, name in enumerate(names)]
        known = StrEnum("Way", members)  # type: ignore[misc]  # known at run time alone
        return (replace(SOUND_FEATURES, values=tuple(known)),)

    @property
    def values(self) -> Mapping[str, str]:
        """See `Medium.values`."""
        return {option.name: features_said(self.blocks) for option in self.options}

    @property
    def chosen(self) -> Mapping[str, str]:
        """See `Medium.chosen`."""
        return {option.word: features_said(self.blocks) for option in self.options}

    def variants(self) -> Sequence[Sound]:
        """With each of the ways."""
        return [replace(self, blocks=each) for each in self.ways] or (self,)

    @property
    def written(self) -> WrittenTable:
        """Lines below [features]: all that makes them."""
        return WrittenTable("features", self.settings, alone=True)

    def having(self, values: Mapping[str, str]) -> Sound:
        """See `Medium.having`."""
        wanted = values.get(SOUND_FEATURES.name)
        same = (each for each in self.ways if features_said(each) == wanted)
        return replace(self, blocks=next(same, self.blocks))

    # ------------------------------------------------------------------------------- the way back

    def placement(self, size: tuple[int, int]) -> Placement:  # noqa: ARG002 - all are of one size
        """All that is heard lies on all of the tensor."""
        heard = Box(0, 0, self.drawing.heard, self.drawing.height)
        return Placement(heard, Box(0, 0, self.width, self.height))

    def place(self, heat: Floats, size: tuple[int, int], shown: tuple[int, int]) -> Floats:  # noqa: ARG002
        """Put a heatmap on the picture of a window, by the features that each cell is of."""
        placed = placed_heat(self.drawing, self.by_feature(heat))
        if placed.shape[::-1] == shown:
            return placed
        return np.asarray(cv2.resize(placed, shown, interpolation=cv2.INTER_NEAREST), np.float32)

    def by_feature(self, heat: Floats) -> Sequence[Floats]:
        """A heatmap on each block's features.

        Args:
            heat: (h, w) float32, at a layer's resolution, over the whole tensor; of a sequence over
                its steps, or over its plane of steps and coefficients, see `Layout.plane`.

        Returns:
            Of each block (frames, coefficients) float32.
        """
        row, heats, at = self._spread(heat), [], 0
        for block in self.blocks:
            shape = block.framing(self.rate).count(self.cutting.length), block.coefficients
            heats.append(row[at : at + shape[0] * shape[1]].reshape(shape))
            at += shape[0] * shape[1]
        return heats

    def _spread(self, heat: Floats) -> Floats:
        """A number for each of the tensor, in their order."""
        rows, columns, each = self.height, self.width, self.channels
        if 1 in {rows, columns} and each > 1:
            if rows == 1 and len(heat) == 1:
                heat = heat.T  # steps run down
            rows, columns, each = rows * columns, self.channels, 1
        least = min(heat.shape[1], columns), min(heat.shape[0], rows)
        coarse = cv2.resize(heat, least, interpolation=cv2.INTER_AREA)
        whole = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR)
        return np.repeat(whole.ravel(), each).astype(np.float32)
