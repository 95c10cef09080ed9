"""What every medium does, whatever its samples are. Another one is another entry of `CASES`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gradcam import Color, InputSpec, PictureError, Resize, Scaling
from services.media.decoding import Decoding
from services.media.medium import Medium, alternatives
from services.media.picture import Pictures
from services.media.reading import Unreadable, read_all
from services.media.sound.feature_block import Range
from services.media.sound.files import read_sound
from services.media.sound.log_mel import LogMel
from services.media.sound.mfcc import Mfcc
from services.media.sound.mfe import Mfe
from services.media.sound.sound import Sound
from services.media.sound.windows import Cutting
from services.media.tensors import Tensors
from services.sample import Sample
from tests.services.media.series import HIGH, WIDE, Series, written
from tests.services.media.sound.sounds import tone
from tests.services.media.sound.sounds import written as sound_file
from tests.services.projects import drawn

ROWS, COLUMNS = 3, 4  # of a layer's map


@dataclass(frozen=True)
class Case:
    """A medium, and how files of its kind are made.

    Attributes:
        medium: in question.
        write: makes the sample of a number at a path, each with a size of its own.
        change: makes the same sample, changed at a column and a row of its picture.
        broken: bytes of files that are none of its samples.
        sizes: how many sizes three of its samples have.
    """

    medium: Medium
    write: Callable[[Path, int], Path]
    change: Callable[[Path, int, int], Path]
    broken: tuple[bytes, ...]
    sizes: int = 3


def picture(path, number):
    """Grey noise, 40 × 30 and larger."""
    rng = np.random.default_rng(number)
    return drawn(path, rng.integers(90, 160, (30 + 10 * number, 40 + 30 * number, 3)))


def changed_picture(path, x, y):
    pixels = np.asarray(Image.open(path)).copy()
    pixels[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = 255
    return drawn(path, pixels)


def series(path, number):
    """Twelve numbers and more."""
    return written(path, np.random.default_rng(number).uniform(0.2, 0.8, 12 + 5 * number))


def changed_series(path, x, y):
    numbers = [float(line) for line in path.read_text().split()]
    numbers[x // WIDE] = 1.0
    return written(path, numbers)


def of_tensors(channels: int) -> Case:
    def write(path: Path, number: int) -> Path:
        values = np.random.default_rng(number).normal(size=(36, 48, channels))
        with path.open("wb") as file:  # numpy would put its own ending behind the name
            np.save(file, values)
        return path

    def change(path: Path, x: int, y: int) -> Path:
        values = np.load(path)
        values[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2] = 9.0
        with path.open("wb") as file:
            np.save(file, values)
        return path

    broken = (b"", b"no array", b"\x93NUMPY\1\0", b"PK\3\4" + bytes(40))
    return Case(Tensors(48, 36, channels), write, change, broken, sizes=1)


def of_a_sequence(height: int, width: int) -> Case:
    steps, numbers = 48, 36

    def write(path: Path, number: int) -> Path:
        values = np.random.default_rng(number).normal(size=(steps, numbers))
        with path.open("wb") as file:
            np.save(file, values)
        return path

    def change(path: Path, x: int, y: int) -> Path:
        values = np.load(path)
        values[max(0, x - 1) : x + 2, numbers - 1 - y] = 9.0  # numbers lie upwards
        with path.open("wb") as file:
            np.save(file, values)
        return path

    return Case(Tensors(width, height, numbers), write, change, (b"", b"no array"), sizes=1)


def of_pictures(**spec: Any) -> Case:
    medium = Pictures(InputSpec(12, 9, **spec))
    return Case(medium, picture, changed_picture, (b"", b"no picture", b"\x89PNG\r\n\x1a\n" * 9))


def of_sounds(sound: Sound) -> Case:
    rate, length = sound.rate, sound.cutting.length

    def write(path: Path, number: int) -> Path:
        return sound_file(path, tone(300 + 40 * number, length / rate, rate, 300, number), rate)

    def change(path: Path, x: int, y: int) -> Path:
        """A short loud tone at the time and frequency of a pixel."""
        wave, _ = read_sound(path)
        panel = sound.axes.panels[0]
        high = (panel.bottom - panel.top) * sound.drawing.height
        hertz = panel.hertz[min(len(panel.hertz) - 1, int(y / high * len(panel.hertz)))]
        at = np.arange(length) / rate
        middle = (x + 0.5) / sound.drawing.width * length / rate
        shape = np.exp(-0.5 * ((at - middle) / 0.02) ** 2)
        return sound_file(path, wave + 20000 * shape * np.sin(2 * np.pi * hertz * at), rate)

    return Case(sound, write, change, (b"", b"no sound", b"RIFF\0\0\0\0WAVEfmt "), sizes=1)


CASES = {
    "sounds in two dimensions": of_sounds(
        Sound((Mfe(fft_length=512),), Cutting(8000, 8000, 8000), 99, 40, 1)
    ),
    "sounds in one dimension": of_sounds(
        Sound((Mfcc(win_size=0, num_cepstral=13),), Cutting(8000, 8000, 4000), 1, 50, 13)
    ),
    "sounds of features to be tried": of_sounds(
        Sound(
            (LogMel(scale=Range.UNIT, num_filters=20),),
            Cutting(8000, 4000, 4000),
            48,
            20,
            1,
            ways=tuple((each,) for each in LogMel(num_filters=20).variants()),
        )
    ),
    "pictures": of_pictures(),
    "pictures cut": of_pictures(resize=Resize.CROP, crop_anchor="top-left", color=Color.BGR),
    "pictures with bars": of_pictures(resize=Resize.FIT_LONG, scaling=Scaling.TORCH),
    "pictures in numbers of one's own": of_pictures(
        scaling=Scaling.OWN, mean=(120.0,), deviation=(60.0,), resize_method="plain-bilinear"
    ),
    "pictures as they are stored": Case(
        Pictures(InputSpec(12, 9), Decoding(exif=False)), picture, changed_picture, (b"",)
    ),
    "grey pictures": of_pictures(color=Color.GRAYSCALE, resize=Resize.FIT_SHORT),
    "tensors of one channel": of_tensors(1),
    "tensors of two channels": of_tensors(2),
    "tensors of five channels": of_tensors(5),
    "tensors of a sequence": of_a_sequence(1, 48),
    "tensors of a sequence in one column": of_a_sequence(48, 1),
    "series": Case(Series(), series, changed_series, (b"", b"1 2 three", b"0.1 0.2", b"\xff\xfe")),
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture
def medium(case):
    return case.medium


@pytest.fixture
def files(case, tmp_path):
    return [case.write(tmp_path / f"{number}.png", number) for number in range(3)]


@pytest.fixture
def readings(medium, files):
    return [medium.read(path) for path in files]


# ------------------------------------------------------------------------------------- reading


def test_a_sample_is_shown_as_a_picture_of_its_own_size(case, readings):
    assert len({reading.size for reading in readings}) == case.sizes
    for reading in readings:
        width, height = reading.size
        assert (reading.picture.shape, reading.picture.dtype) == ((height, width, 3), np.uint8)


def test_the_network_gets_numbers_of_one_shape_that_tell_samples_apart(medium, readings):
    (shape,) = {reading.tensor.shape for reading in readings}
    assert shape[:2] == (medium.height, medium.width)
    for reading in readings:
        assert reading.tensor.dtype == np.float32
        assert np.isfinite(reading.tensor).all()
        assert (reading.seen.shape, reading.seen.dtype) == ((*shape[:2], 3), np.uint8)
    first, second, _ = readings
    assert not np.allclose(first.tensor, second.tensor)
    assert not np.array_equal(first.seen, second.seen)


def test_reading_twice_gives_the_same(medium, files, readings):
    for path, reading in zip(files, readings, strict=True):
        again = medium.read(path)
        for name in ("picture", "seen", "cut", "tensor"):
            np.testing.assert_array_equal(getattr(again, name), getattr(reading, name))


def test_what_is_cut_makes_the_tensors_all_at_once(medium, readings):
    together = medium.tensors(np.stack([reading.cut for reading in readings]))
    np.testing.assert_array_equal(together, [reading.tensor for reading in readings])
    assert together.dtype == np.float32


def test_files_that_are_no_samples_are_refused_in_words(case, medium, tmp_path):
    paths = [tmp_path / "gone.png"]
    for number, content in enumerate(case.broken):
        paths.append(tmp_path / f"broken {number}.png")
        paths[-1].write_bytes(content)
    for path in paths:
        with pytest.raises(PictureError, match=r"\w+ \w+"):
            medium.read(path)
    good = case.write(tmp_path / "good.png", 0)
    samples = [Sample(path.name, path, None) for path in (*paths, good)]
    found = read_all(medium, samples, lambda reading: reading.size)
    assert [type(one) for one in found] == [Unreadable] * len(paths) + [tuple]


# ---------------------------------------------------------------------------- what it depends on


def test_its_text_tells_media_apart_since_digests_are_made_of_it(medium):
    every = [case.medium for case in CASES.values()]
    assert [str(other) for other in every].count(str(medium)) == 1
    assert [other for other in every if other == medium] == [medium]
    assert hash(medium) == hash(medium.having({}))
    variants = medium.variants()
    assert len({str(variant) for variant in variants}) == len(set(variants)) == len(variants)


def test_it_is_said_in_words_and_in_values(medium):
    assert medium.said.startswith(medium.briefly.split(",")[0])
    assert medium.settings
    assert all(isinstance(name, str) for name in medium.settings)


# ------------------------------------------------------------------------------ what can be tried


def test_it_is_one_of_its_variants_and_they_differ_in_what_is_chosen(medium):
    variants = medium.variants()
    assert medium in variants
    chosen = [tuple(variant.chosen.items()) for variant in variants]
    assert len(set(chosen)) == len(variants)
    assert {option.word for option in medium.options if option.tried} <= set(medium.chosen)


def test_every_variant_makes_tensors_of_what_another_has_cut(medium, readings):
    cuts = np.stack([reading.cut for reading in readings])
    made = [variant.tensors(cuts) for variant in medium.variants()]
    assert {tensors.shape for tensors in made} == {(3, *readings[0].tensor.shape)}
    assert len({tensors.tobytes() for tensors in made}) == len(made)


def test_every_value_of_every_option_can_be_chosen(medium):
    for option in medium.options:
        for value, other in zip(option.values, alternatives(medium, option), strict=True):
            assert other == medium.having({option.name: value})
            assert other.values == {**medium.values, option.name: value}
            assert (other in medium.variants()) or not option.tried
        if option.values:
            assert medium.values[option.name] in option.values
            assert len({str(other) for other in alternatives(medium, option)}) == len(option.values)
        if option.tried:
            assert medium.chosen[option.word] == medium.values[option.name]


def test_what_it_does_not_know_changes_nothing(medium):
    assert medium.having({"loudness": "11", "scaling": "louder"}) == medium


# ---------------------------------------------------------------------------------- the way back


def test_what_is_seen_lies_within_the_picture_and_within_the_tensor(medium, readings):
    for reading in readings:
        width, height = reading.size
        where = medium.placement(reading.size)
        for box, columns, rows in (
            (where.window, width, height),
            (where.inner, medium.width, medium.height),
        ):
            assert 0 <= box.x < box.x + box.width <= columns
            assert 0 <= box.y < box.y + box.height <= rows


def test_even_heat_is_even_where_the_network_saw_and_nowhere_else(medium, readings):
    even = np.full((ROWS, COLUMNS), 0.5, np.float32)
    for reading in readings:
        width, height = reading.size
        placed = medium.place(even, reading.size, reading.size)
        assert (placed.shape, placed.dtype) == ((height, width), np.float32)
        seen = np.zeros((height, width), bool)
        seen[medium.placement(reading.size).window.slices] = True
        np.testing.assert_array_equal(np.isnan(placed), ~seen)
        np.testing.assert_allclose(placed[seen], 0.5)


def test_a_picture_shown_small_has_its_heat_in_the_same_place(medium, readings):
    hot = np.zeros((ROWS, COLUMNS), np.float32)
    hot[ROWS // 2, COLUMNS // 2] = 1.0
    for reading in readings:
        width, height = reading.size
        large = medium.place(hot, reading.size, reading.size)
        small = medium.place(hot, reading.size, (width // 2, height // 2))
        assert small.shape == (height // 2, width // 2)
        for heat, scale in ((large, 1), (small, 2)):
            rows, columns = np.nonzero(heat == np.nanmax(heat))
            middle = np.array([columns.mean(), rows.mean()]) * scale / (width, height)
            if scale == 1:
                expected = middle
        assert np.abs(middle - expected).max() < 0.06


@pytest.mark.parametrize("row", range(ROWS))
@pytest.mark.parametrize("column", range(COLUMNS))
def test_what_lies_under_the_heat_is_what_made_it(case, medium, tmp_path, row, column):
    """Change the picture where a cell's heat is hottest: the tensor changes in that cell."""
    path = case.write(tmp_path / "a.png", 1)
    before = medium.read(path)
    hot = np.zeros((ROWS, COLUMNS) if medium.height > 1 else (1, COLUMNS), np.float32)
    hot[row % len(hot), column] = 1.0
    placed = np.nan_to_num(medium.place(hot, before.size, before.size))
    rows, columns = np.nonzero(placed > 0.9 * placed.max())
    case.change(path, int(np.median(columns)), int(np.median(rows)))
    change = np.abs(medium.read(path).tensor - before.tensor).max(axis=2)
    y, x = np.unravel_index(change.argmax(), change.shape)
    at = (y + 0.5) * ROWS / medium.height - 0.5, (x + 0.5) * COLUMNS / medium.width - 0.5
    assert abs(at[1] - column) <= 0.75 or medium.width == 1
    tells_rows = before.size[1] != HIGH and medium.height > 1  # neither a series nor a sequence
    assert abs(at[0] - row) <= 0.75 or not tells_rows
