"""A second medium, written as the next one will be: rows of numbers in text files.

A file holds numbers 0 to 1, one a line. They are shown as bars of grey, four pixels wide; the
network gets the last eight of them, and beneath them how each differs from the one before.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from gradcam import PictureError, Placement
from gradcam.box import Box
from services.errors import ProjectError
from services.media.called import Called
from services.media.kind import Fitted
from services.media.property import Property, Saying
from services.media.whereabouts import ON_PICTURE

HIGH_ONES = Saying("lie high", "its rows lying high", "lies higher")
LOW_ONES = Saying("lie low", "its rows lying low", "lies lower")
LENGTH, WIDE, HIGH = 8, 4, 24  # numbers that the network gets; pixels of a bar


@dataclass(frozen=True)
class SeriesReading:
    """The numbers of a file."""

    numbers: np.ndarray

    @cached_property
    def picture(self):
        grey = np.rint(self.numbers * 255).astype(np.uint8)
        bars = np.broadcast_to(grey.repeat(WIDE), (HIGH, WIDE * len(grey)))
        return np.stack([bars] * 3, axis=2)

    @property
    def size(self):
        return WIDE * len(self.numbers), HIGH

    @property
    def cut(self):
        return self.numbers[-LENGTH - 1 :]

    @property
    def properties(self):
        return np.array([self.numbers.mean()], np.float64)

    @property
    def seen(self):
        levels = np.rint((self.tensor + 1) / 2 * 255).astype(np.uint8)
        return np.repeat(levels, 3, axis=2)

    @property
    def tensor(self):
        return Series().tensors(self.cut[None])[0]

    heard = None
    source_parts = None


@dataclass(frozen=True)
class Series:
    """Rows of numbers; see `services.media.medium.Medium`."""

    width = LENGTH
    height = 2
    blue_first = False
    fixed_places = True
    briefly = "the last 8 numbers"
    said = "the last 8 numbers and their differences"
    accepts = "rows of numbers (.series)"
    options = ()
    called = Called("row", "rows", "read", "reading", "a step may be a slope", "numbers", "numbers")
    properties = (Property("mean", HIGH_ONES, LOW_ONES),)
    whereabouts = ON_PICTURE
    axes = None

    @property
    def settings(self):
        return {"length": LENGTH}

    @property
    def chosen(self):
        return {}

    @property
    def values(self):
        return {}

    def having(self, values):
        return self

    def seen_by(self, eye):
        return None

    def parted(self, samples):
        return tuple(samples)

    def read(self, path, window=None):
        try:
            numbers = np.array([float(line) for line in Path(path).read_text().split()])
        except FileNotFoundError as error:
            raise PictureError("the file is missing") from error
        except (UnicodeDecodeError, ValueError) as error:
            raise PictureError("it holds more than numbers") from error
        if len(numbers) <= LENGTH:
            raise PictureError(f"it holds {len(numbers)} numbers; {LENGTH + 1} are needed")
        return SeriesReading(numbers.astype(np.float32))

    def tensors(self, cuts):
        last = cuts[:, -LENGTH:]
        return np.stack([last, np.diff(cuts, axis=1)], axis=1)[..., None].astype(np.float32)

    def variants(self):
        return [self]

    def placement(self, size):
        width, height = size
        heard = WIDE * LENGTH
        return Placement(Box(width - heard, 0, heard, height), Box(0, 0, LENGTH, 2))

    def place(self, heat, size, shown):
        """A number's heat lies on its bar from top to bottom; the bars before it were not seen."""
        (width, height), bars = shown, size[0] // WIDE
        bar = np.arange(width) * bars // width - (bars - LENGTH)
        placed = np.full((height, width), np.nan, np.float32)
        placed[:, bar >= 0] = heat.max(axis=0)[bar[bar >= 0] * heat.shape[1] // LENGTH]
        return placed


@dataclass(frozen=True)
class SeriesFiles:
    """Files that end in `.series`; see `services.media.kind.MediumKind`."""

    word = "rows of numbers"

    def holds(self, name, head):
        return name.suffix == ".series"

    def accept(self, network):
        if network.channels != 1:
            raise ProjectError(f"{network.name} takes colours, not rows of numbers.")

    def fit(self, network, given, files, way_out):
        if (network.height, network.width) != (2, LENGTH):
            raise ProjectError("The network takes another length; " + way_out("train it anew"))
        return Fitted(Series(), {}, settled=True)


def written(path, numbers):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(f"{number:.4f}" for number in numbers))
    return path


def rising_or_falling():
    """A network worked out by hand: class 0 where the numbers fall, class 1 where they rise."""
    import keras

    inputs = keras.Input((2, LENGTH, 1))
    x = keras.layers.Conv2D(2, (2, 1), activation="relu", name="conv")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(2, activation="softmax", name="y_pred")(x)
    model = keras.Model(inputs, x)
    kernel = np.zeros((2, 1, 1, 2), np.float32)
    kernel[1, 0, 0] = -1, 1  # falls, rises
    zeros = np.zeros(2, np.float32)
    model.set_weights([kernel, zeros, np.eye(2, dtype=np.float32) * 40, zeros])
    return model
