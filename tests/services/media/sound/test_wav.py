"""What is written is what was heard, and every browser plays it."""

import io
import wave

import numpy as np
import pytest

from services.media.sound.wav import SLOWEST, wav_bytes


def read(content):
    with wave.open(io.BytesIO(content)) as file:
        form = file.getframerate(), file.getnchannels(), file.getsampwidth()
        return form, np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_values_are_sixteen_bits_of_one_channel():
    form, values = read(wav_bytes(np.array([0, 0.5, -1, 1, 2, -3], np.float32), 16_000))
    assert form == (16_000, 1, 2)
    assert values.tolist() == [0, 16384, -32767, 32767, 32767, -32767]


@pytest.mark.parametrize("rate", [100, 999, 2999])
def test_what_is_too_slow_for_a_browser_is_written_several_times(rate):
    (written, _, _), values = read(wav_bytes(np.array([0.5, -0.5], np.float32), rate))
    assert written >= SLOWEST
    assert len(values) / written == pytest.approx(2 / rate)
