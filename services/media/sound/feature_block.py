"""A feature block: what it makes of a sound, and what each of its numbers hears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from gradcam.arrays import Numbers
from services.media.sound.framing import Framing

FULL_SCALE = 32768.0  # of 16 bits: values as they are stored lie within ± this


class Range(StrEnum):
    """The range in which values of a sound reach its features."""

    STORED = "-32768..32767"  # as 16 bits store them, and Edge Impulse's blocks take them
    UNIT = "-1..1"  # as soundfile, librosa and TensorFlow read a file
    PEAK = "peak"  # each sound divided by its highest value

    def brought(self, wave: Numbers) -> Numbers:
        """Values in the range of 16 bits, brought to this one."""
        if self is Range.STORED:
            return wave
        if self is Range.UNIT:
            return wave / FULL_SCALE
        highest = float(wave.max(initial=0.0))
        return wave / highest if highest > 0 else wave


class FeatureBlock(Protocol):
    """From the values of a sound to features, frame by frame. A frozen value."""

    @property
    def name(self) -> str:
        """In `project.toml`, such as `ei-mfe`."""

    @property
    def said(self) -> str:
        """In few words, with its version where it has one."""

    @property
    def parameters(self) -> Mapping[str, object]:
        """All its numbers, by the names of `project.toml`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of its coefficients, where they are no bands of frequencies; none where they are."""

    def framing(self, rate: int) -> Framing:
        """How it cuts a sound of so many values a second into frames."""

    def bank(self, rate: int) -> Numbers:
        """What each band hears of each bin: (bands, fft // 2 + 1) float64."""

    @property
    def coefficients(self) -> int:
        """Numbers that it makes of a frame."""

    def features(self, wave: Numbers, rate: int) -> Numbers:
        """What a network gets of a sound.

        Args:
            wave: (n,) in the range of 16 bits.
            rate: values a second.

        Returns:
            (frames, coefficients) float64.
        """

    def energies(self, wave: Numbers, rate: int) -> Numbers:
        """The power that it hears in each band, full scale at 1: (frames, bands) float64."""

    def variants(self) -> Sequence[FeatureBlock]:
        """The same with every value of what nobody may have told, the usual ones first."""

    @property
    def chosen(self) -> Mapping[str, str]:
        """What it has of that, by the word for it: `version`, `low edge` or `scale`."""
