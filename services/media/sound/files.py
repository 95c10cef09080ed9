"""Files of sounds: what is stored, within bounds, in one channel and in the range of 16 bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from gradcam import PictureError
from gradcam.arrays import Numbers
from services.media.sound.acquired import ACQUIRED, read_acquired
from services.media.sound.feature_block import FULL_SCALE
from services.media.sound.resampled import part_for, resampled

MAX_VALUES = 30_000_000  # of all channels: about half an hour at 16 kHz
AUDIO = frozenset({
    ".wav", ".wave", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au",
})  # fmt: skip


@dataclass(frozen=True)
class StoredSound:
    """A sound as its file has it.

    Attributes:
        rate: values a second.
        values: of each channel.
        channels: how many.
    """

    rate: int
    values: int
    channels: int = 1


def is_sound(name: PurePath, head: Callable[[], bytes]) -> bool:
    """Whether a file is a sound.

    Args:
        name: its path, on a disk or within a zip.
        head: reads its first bytes; called only where the name says too little.
    """
    ending = name.suffix.lower()
    if name.name.startswith("."):
        return False
    if ending in AUDIO:
        return True
    if ending in ACQUIRED:
        return ACQUIRED[ending].begins(head())
    return not ending and _begins_as_sound(head())


def _begins_as_sound(head: bytes) -> bool:
    waves = head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE"
    aiff = head[:4] == b"FORM" and head[8:11] == b"AIF"
    return waves or aiff or head.startswith((b"fLaC", b"OggS", b"ID3"))


def stored(path: Path) -> StoredSound:
    """What a file holds.

    Raises:
        PictureError: it is missing, damaged, too large, or no sound.
    """
    if path.suffix.lower() in ACQUIRED:
        wave, rate = read_acquired(path)
        return StoredSound(rate, len(wave))
    with _opened(path) as file:
        return StoredSound(file.samplerate, file.frames, file.channels)


def read_sound(path: Path, start: int = 0, stop: int | None = None) -> tuple[Numbers, int]:
    """Values of a file; several channels are averaged, so that none is lost.

    Args:
        path: of the file.
        start: the first value.
        stop: the value after the last one; None for all.

    Returns:
        (n,) float64, full scale of 16 bits at ±32768 whatever the file's own depth, fewer than
        asked for where the file ends; and values a second.

    Raises:
        PictureError: it is missing, damaged, too large, or no sound.
    """
    if path.suffix.lower() in ACQUIRED:
        wave, rate = read_acquired(path)
        return wave[start:stop], rate
    with _opened(path) as file:
        rate = file.samplerate
        try:
            file.seek(min(start, file.frames))
            values = file.read(-1 if stop is None else max(0, stop - start), always_2d=True)
        except Exception as error:  # libsndfile tells many kinds of damage
            raise PictureError("damaged: it cannot be read as a sound") from error
    wave = np.asarray(values.mean(axis=1) * FULL_SCALE, np.float64)
    if not np.isfinite(wave).all():
        raise PictureError("it holds numbers that are not finite")
    return wave, rate


def read_at(path: Path, rate: int, start: int, stop: int | None) -> Numbers:
    """A part of a file at another rate, as if the whole of it had been brought to that.

    Args:
        path: of the file.
        rate: values a second that are wanted.
        start: the first value, as it is stored.
        stop: the value after the last one, as it is stored; None for all that follow.

    Returns:
        (n,) float64 in the range of 16 bits.

    Raises:
        PictureError: it is missing, damaged, too large, or no sound.
    """
    own = stored(path)
    last = own.values if stop is None else min(stop, own.values)
    first, beyond = part_for(start, last, own.rate, rate)
    wave, _ = read_sound(path, first, beyond)
    at, end = (round((value - first) * rate / own.rate) for value in (start, last))
    return resampled(wave, own.rate, rate)[at:end]


def _opened(path: Path) -> Any:  # noqa: ANN401 - soundfile has no types
    import soundfile

    if not path.is_file():
        raise PictureError("the file is missing")
    try:
        file = soundfile.SoundFile(path)
    except Exception as error:  # libsndfile tells many kinds of damage
        raise PictureError("damaged, or no sound in a format that is known here") from error
    if file.frames * file.channels > MAX_VALUES:
        file.close()
        raise PictureError(f"longer than {MAX_VALUES / 1e6:g} million values; cut it into pieces")
    if not file.frames:
        file.close()
        raise PictureError("it is empty: it holds not one value")
    return file
