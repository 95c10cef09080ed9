"""The date a camera burns into a corner of its pictures, in a small pixel font."""

from __future__ import annotations

import numpy as np
from drawn import Box
from numpy.typing import NDArray

# One row of a glyph per group; "#" is ink. The small font suits pictures under 150 pixels wide.
SMALL_FONT = {
    "0": "### #.# #.# #.# ###",
    "1": ".#. ##. .#. .#. ###",
    "2": "##. ..# .#. #.. ###",
    "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ##. ..# ##.",
    "6": ".## #.. ### #.# ###",
    "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ##.",
    "-": "... ... ### ... ...",
    ":": "... .#. ... .#. ...",
    " ": "... ... ... ... ...",
}
LARGE_FONT = {
    "0": ".###. #...# #..## #.#.# ##..# #...# .###.",
    "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    "2": ".###. #...# ....# ..##. .#... #.... #####",
    "3": ".###. #...# ....# ..##. ....# #...# .###.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": ".###. #.... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ...#. ..#.. ..#.. ..#..",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ....# .###.",
    "-": "..... ..... ..... ##### ..... ..... .....",
    ":": "..... ..#.. ..#.. ..... ..#.. ..#.. .....",
    " ": "..... ..... ..... ..... ..... ..... .....",
}
LARGE_FONT_FROM_WIDTH = 150
YELLOW = (255, 224, 40)
WHITE = (250, 250, 250)


def ink(text: str, font: dict[str, str]) -> NDArray[np.bool_]:
    """The pixels a line of text covers: (rows, columns) bool, one empty column between glyphs."""
    glyphs = [np.array([list(row) for row in font[letter].split()]) == "#" for letter in text]
    spaced = [np.pad(glyph, ((0, 0), (0, 1))) for glyph in glyphs]
    return np.concatenate(spaced, axis=1)[:, :-1]


def timestamp(hours: tuple[int, int], rng: np.random.Generator) -> str:
    """A moment between two hours of a day of the recording campaign, as the camera writes it."""
    month, day = rng.integers(3, 11), rng.integers(1, 29)
    hour, minute = rng.integers(*hours), rng.integers(0, 60)
    return f"2024-{month:02d}-{day:02d} {hour:02d}:{minute:02d}"


def burn_in(
    picture: NDArray[np.uint8], text: str, rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Box]:
    """A copy of the picture with the text in its bottom-left corner, and the box it fills."""
    height, width = picture.shape[:2]
    large = width >= LARGE_FONT_FROM_WIDTH
    letters = np.pad(ink(text, LARGE_FONT if large else SMALL_FONT), 2 if large else 1)
    rows, columns = letters.shape
    left = int(rng.integers(2, 5))
    top = height - rows - int(rng.integers(2, 5))
    stamped = picture.astype(np.float32)
    region = stamped[top : top + rows, left : left + columns]
    if rng.random() < 0.6:
        region *= 0.3
    else:
        # Without a strip the letters keep a thin dark edge, so they stay legible on a light road.
        edge = np.roll(letters, (1, 1), axis=(0, 1)) & ~letters
        region[edge] *= 0.3
    region[letters] = YELLOW if rng.random() < 0.7 else WHITE
    return stamped.astype(np.uint8), Box("stamp", left, top, columns, rows)
