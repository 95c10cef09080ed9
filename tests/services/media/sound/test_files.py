"""Files of sounds: what they hold whatever their format, and what is refused in words."""

import json

import cbor2
import numpy as np
import pytest
import soundfile

from gradcam import PictureError
from services.media.kinds import is_sample
from services.media.sound.files import MAX_VALUES, read_at, read_sound, stored
from services.media.sound.resampled import resampled
from tests.services.media.sound.sounds import RATE, tone, written

WAVE = np.rint(tone(440))


def acquired(values, **more):
    sensors = [{"name": "audio", "units": "wav"}]
    payload = {"interval_ms": 1000 / RATE, "sensors": sensors, "values": values, **more}
    return {"protected": {"ver": "v1", "alg": "none"}, "signature": "0", "payload": payload}


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.WAV", "a.aiff", "nameless"])
def test_values_of_16_bits_are_as_they_are_stored(tmp_path, name):
    kind = {"flac": "FLAC", "aiff": "AIFF"}.get(name.split(".")[-1].lower(), "WAV")
    path = written(tmp_path / name, WAVE, format=kind)
    assert is_sample(path)
    wave, rate = read_sound(path)
    assert rate == RATE
    np.testing.assert_array_equal(wave, WAVE)
    np.testing.assert_array_equal(read_sound(path, 100, 300)[0], WAVE[100:300])
    assert (stored(path).rate, stored(path).values, stored(path).channels) == (RATE, 8000, 1)


@pytest.mark.parametrize(
    ("subtype", "off"),
    [("PCM_U8", 256), ("PCM_24", 0.01), ("PCM_32", 0.01), ("FLOAT", 0.01), ("DOUBLE", 1e-6)],
)
def test_other_depths_are_brought_to_the_range_of_16_bits(tmp_path, subtype, off):
    path = tmp_path / "a.wav"
    soundfile.write(path, WAVE / 32768, RATE, subtype=subtype)
    np.testing.assert_allclose(read_sound(path)[0], WAVE, atol=off)


@pytest.mark.parametrize(("kind", "ending"), [("OGG", "ogg"), ("MP3", "mp3")])
def test_lossy_files_are_read_too(tmp_path, kind, ending):
    path = written(tmp_path / f"a.{ending}", WAVE, format=kind)
    wave, _ = read_sound(path)
    loudest = np.abs(np.fft.rfft(wave[:RATE])).argmax()
    assert loudest == pytest.approx(440, abs=2)


def test_two_channels_become_their_mean(tmp_path):
    both = np.stack([WAVE, np.zeros_like(WAVE)], axis=1)
    path = written(tmp_path / "a.wav", both)
    assert stored(path).channels == 2
    np.testing.assert_array_equal(read_sound(path)[0], WAVE / 2)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("ending", ["json", "cbor"])
def test_edge_impulses_own_formats(tmp_path, nested, ending):
    values = [166.375, -3.5, 12.0, *WAVE[:97]]
    told = acquired([[value] for value in values] if nested else values)
    content = json.dumps(told).encode() if ending == "json" else cbor2.dumps(told)
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    assert is_sample(path)
    wave, rate = read_sound(path)
    assert rate == RATE
    np.testing.assert_array_equal(wave, values)
    np.testing.assert_array_equal(read_sound(path, 1, 3)[0], values[1:3])


def test_other_json_files_are_no_sounds(tmp_path):
    for name, text in (("labels.json", '{"0": "cat"}'), ("coco.json", '{"images": []}')):
        path = tmp_path / name
        path.write_text(text)
        assert not is_sample(path)


BROKEN = {
    "empty.wav": (b"", "damaged"),
    "text.wav": (b"hello", "damaged"),
    "gone.wav": (None, "missing"),
    "gone.json": (None, "missing"),
    "half.json": (b'{"protected": {', "damaged"),
    "deep.json": (b'{"protected":' + b"[" * 100_000, "damaged"),
    "bare.json": (b'{"payload": 3}', "no payload"),
    "texts.json": (json.dumps(acquired(["a", "b"])).encode(), "no numbers"),
    "none.json": (json.dumps(acquired([])).encode(), "empty"),
    "nan.json": (json.dumps(acquired([1.0, float("nan")])).encode(), "not finite"),
    "three.json": (
        json.dumps(acquired([[1, 2, 3]], sensors=[{"name": n} for n in "xyz"])).encode(),
        "3 sensors",
    ),
    "pairs.json": (json.dumps(acquired([[1, 2], [3, 4]])).encode(), "several values"),
    "rate.json": (json.dumps(acquired([1], interval_ms=0)).encode(), "a second"),
    "damaged.cbor": (cbor2.dumps(acquired([1.0]))[:20], "damaged"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_sound_is_refused_in_words(tmp_path, name):
    content, words = BROKEN[name]
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PictureError, match=words):
        read_sound(path)
    with pytest.raises(PictureError, match=words):
        stored(path)


def test_numbers_that_are_not_finite_and_empty_files_are_refused(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.array([0.0, np.nan]), RATE, subtype="FLOAT")
    with pytest.raises(PictureError, match="not finite"):
        read_sound(tmp_path / "a.wav")
    soundfile.write(tmp_path / "b.wav", np.zeros(0), RATE)
    with pytest.raises(PictureError, match="empty"):
        stored(tmp_path / "b.wav")


def test_a_file_that_claims_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("services.media.sound.files.MAX_VALUES", 7999)
    with pytest.raises(PictureError, match="cut it into pieces"):
        read_sound(written(tmp_path / "a.wav", WAVE))
    assert MAX_VALUES > 16000 * 1800


@pytest.mark.parametrize(("rate", "wanted"), [(48000, 16000), (44100, 16000), (8000, 16000)])
def test_a_part_is_brought_to_another_rate_as_if_the_whole_had_been(tmp_path, rate, wanted):
    wave = np.rint(tone(500, 0.7, rate) + tone(90, 0.7, rate, 3000, seed=2))
    path = written(tmp_path / "a.wav", wave, rate)
    whole = resampled(wave, rate, wanted)
    at = np.fft.rfft(whole)
    assert np.abs(at).argmax() * wanted / len(whole) == pytest.approx(500, abs=2)
    start, stop = round(0.2 * rate), round(0.5 * rate)
    part = read_at(path, wanted, start, stop)
    first = round(start * wanted / rate)
    assert len(part) == pytest.approx(0.3 * wanted, abs=1)
    np.testing.assert_allclose(part, whole[first : first + len(part)], atol=1e-6)
    np.testing.assert_allclose(read_at(path, wanted, 0, None), whole, atol=1e-9)
