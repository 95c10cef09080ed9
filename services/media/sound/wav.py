"""A sound as a WAV file, which every browser plays and nothing is lost in: mono, 16 bit."""

from __future__ import annotations

import io
import wave

import numpy as np

from gradcam.arrays import Floats

TOP = 32767  # of 16 bits
SLOWEST = 3000  # values a second: what is slower no browser plays


def wav_bytes(values: Floats, rate: int) -> bytes:
    """A sound as the bytes of a WAV file.

    Args:
        values: (n,) float32 in -1..1; what lies beyond is cut off.
        rate: values a second; each is written several times where a browser would not play it.
    """
    times = -(-SLOWEST // rate)
    whole = np.rint(np.clip(values, -1.0, 1.0) * TOP).astype("<i2").repeat(times)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate * times)
        file.writeframes(whole.tobytes())
    return buffer.getvalue()
