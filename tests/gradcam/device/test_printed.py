"""Every format that firmware prints a picture in, with times and lost values in between."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from gradcam.device.pixels import through_rgb565, to_rgb565
from gradcam.device.print_formats import PrintedAs
from gradcam.device.printed import read_printed
from gradcam.errors import PictureError
from tests.gradcam.device.frames import frame

WIDTH, HEIGHT = 16, 12
PICTURE = frame(0, WIDTH, HEIGHT)
GREY = PICTURE[..., 0]


def packed(picture):
    return (picture.astype(int) * (0x10000, 0x100, 1)).sum(axis=-1).ravel()


def jpeg(picture):
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=95, subsampling=0)
    return base64.b64encode(buffer.getvalue()).decode()


def decimals(values):
    return " ".join(f"{value:.6f}" for value in np.ravel(values))


SHARES = PICTURE / 255.0
HEX = [f"0x{value:06x}" for value in packed(PICTURE)]
SNAPSHOT = base64.b64encode(PICTURE.tobytes()).decode()
STATIC = base64.b64encode(packed(PICTURE).astype("<f4").tobytes()).decode()
FEATURES = f"Features (6 ms.): {decimals(SHARES)}\nPredictions (DSP: 6 ms.):\n  cat: 0.9"
PRINTS = {
    "hex": (", ".join(HEX), PrintedAs.PACKED),
    "decimal": (", ".join(map(str, packed(PICTURE))), PrintedAs.PACKED),
    "features": (FEATURES, PrintedAs.SHARES),
    "int8": (", ".join(map(str, PICTURE.astype(int).ravel() - 128)), PrintedAs.INTEGERS),
    "levels": (" ".join(map(str, PICTURE.ravel())), PrintedAs.LEVELS),
    "snapshot": (f"> AT+SNAPSHOT={WIDTH},{HEIGHT}\n{SNAPSHOT}\nOK", PrintedAs.SNAPSHOT),
    "static": (f"AT+RUNIMPULSESTATIC=y,768\n{STATIC}", PrintedAs.STATIC),
}


@pytest.mark.parametrize("name", PRINTS)
def test_formats_that_lose_nothing(name):
    text, printed_as = PRINTS[name]
    read = read_printed(text, WIDTH, HEIGHT)
    assert read.printed_as is printed_as
    assert read.missing == 0
    assert read.known.all()
    assert not read.is_grey
    assert (read.picture == PICTURE).all()


def test_one_value_a_pixel_is_grey():
    for text in (decimals(GREY / 255.0), " ".join(map(str, GREY.ravel())),
                 base64.b64encode(GREY.tobytes()).decode()):  # fmt: skip
        read = read_printed(text, WIDTH, HEIGHT)
        assert read.is_grey
        assert (read.picture == GREY[..., None]).all()


@pytest.mark.parametrize("swapped", [False, True])
def test_words_and_pairs_of_rgb565_in_both_orders(swapped):
    side = 48  # which order it is shows in how rough the picture is
    picture = frame(1, side, side)
    pairs = to_rgb565(picture).reshape(-1, 2)[:, :: -1 if swapped else 1]
    words = ", ".join(f"0x{high:02x}{low:02x}" for high, low in pairs)
    bytes_apart = " ".join(f"{each:02X}" for each in pairs.ravel())
    for text, printed_as in ((words, PrintedAs.WORDS), (bytes_apart, PrintedAs.PAIRS)):
        read = read_printed(text, side, side)
        assert read.printed_as is printed_as
        assert (read.picture == through_rgb565(picture)).all()


def test_a_frame_of_the_debug_mode_with_its_scores():
    text = (
        f"Begin output\nFramebuffer: {jpeg(PICTURE)}\n#Classification predictions:\n"
        "  cat: 0.98046\n  no cat: 0.01953\nEnd output\n"
    )
    read = read_printed(text, WIDTH, HEIGHT)
    assert read.printed_as is PrintedAs.JPEG
    assert read.is_lossy
    assert read.scores == (("cat", 0.98046), ("no cat", 0.01953))
    assert np.abs(read.picture.astype(int) - PICTURE).mean() < 6
    with pytest.raises(PictureError, match="JPEG of 16 × 12 pixels; the network takes 96 × 96"):
        read_printed(text, 96, 96)


def in_lines(values, each, head="14:03:07.123 -> "):
    parts = [values[at : at + each] for at in range(0, len(values), each)]
    return "\n".join(head + ", ".join(part) for part in parts)


def test_times_before_lines_are_no_values():
    values = [f"0x{v:06x}" for v in packed(PICTURE)]
    read = read_printed(in_lines(values, 8), WIDTH, HEIGHT)
    assert (read.picture == PICTURE).all()


def test_a_line_that_lost_values_moves_no_other():
    values = [str(v) for v in PICTURE.ravel()]
    lines = in_lines(values, 3 * WIDTH).splitlines()
    lines[4] = ", ".join(lines[4].split(", ")[:-6])  # two pixels
    read = read_printed("\n".join(lines), WIDTH, HEIGHT)
    assert read.missing == 6
    assert np.argwhere(~read.known).tolist() == [[4, WIDTH - 2], [4, WIDTH - 1]]
    assert (read.picture[read.known] == PICTURE[read.known]).all()
    assert not read.picture[~read.known].any()


def test_a_damaged_value_is_missing_at_its_place():
    values = [f"0x{v:06x}" for v in packed(PICTURE)]
    values[5] = "0x1a2"
    read = read_printed(", ".join(values), WIDTH, HEIGHT)
    assert read.missing == 1
    assert np.argwhere(~read.known).tolist() == [[0, 5]]
    assert (read.picture[read.known] == PICTURE[read.known]).all()


def test_what_was_cut_off_is_missing_at_the_end():
    read = read_printed(decimals(SHARES.ravel()[:-9]), WIDTH, HEIGHT)
    assert read.missing == 9
    assert np.argwhere(~read.known).tolist() == [[11, 13], [11, 14], [11, 15]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no numbers"),
        ("Inferencing settings: none", "no numbers"),
        ("1 2 3 4 5", "5 values"),
        ("Feature Matrix: \n0.1 0.2", "of a sound"),
        ("0x12345, 0x23456, 0x34567", "5 digits"),
        ("9" * 8_000_001, "more than"),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence(text, told):
    with pytest.raises(PictureError, match=told):
        read_printed(text, WIDTH, HEIGHT)


def test_any_bytes_are_read_or_refused():
    rng = np.random.default_rng(0)
    texts = [text for text, _ in PRINTS.values()] + [f"Framebuffer: {jpeg(PICTURE)}"]
    for text in texts:
        for _ in range(30):
            damaged = list(text)
            for at in rng.integers(0, len(damaged), 8):
                damaged[at] = chr(rng.integers(32, 127))
            start = int(rng.integers(0, len(damaged) // 4))
            try:
                read = read_printed("".join(damaged[start:]), WIDTH, HEIGHT)
            except PictureError:
                continue
            assert read.picture.shape == (HEIGHT, WIDTH, 3)
