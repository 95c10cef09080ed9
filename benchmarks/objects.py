"""A grid of objects against a classifier with the same trunk: answers and default heatmaps."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

import gradcam
from benchmarks.export import draw_pictures
from benchmarks.networks import BATCH, pictures
from benchmarks.table import Note, Row
from benchmarks.timing import Effort, in_turns
from gradcam import InputSpec
from gradcam.arrays import Floats
from services.media.picture import Pictures

SIZE, ALPHA, CUT, CLASSES = 96, 0.35, "block_6_expand_relu", 3
AT_MOST = 1.3


def rows(effort: Effort) -> Iterator[Row | Note]:
    """From the file to the overlay, and what the network's part of that is."""
    grid, classifier = _networks()
    medium = Pictures(InputSpec(SIZE, SIZE))
    with tempfile.TemporaryDirectory() as folder:
        draw_pictures(Path(folder) / "drawn", BATCH)
        files = sorted((Path(folder) / "drawn").glob("*.jpg"))
        pairs = in_turns(
            lambda: whole(grid, medium, files), lambda: whole(classifier, medium, files), effort
        )
    yield Row.of(
        f"objects by grid : classification, the same trunk, from file to overlay "
        f"({pairs.said(BATCH)} a picture)",
        pairs.ratios,
        AT_MOST,
    )
    batch = pictures(SIZE)
    pairs = in_turns(lambda: explained(grid, batch), lambda: explained(classifier, batch), effort)
    yield Row.of(
        f"the same, runs of the network alone ({pairs.said(BATCH)} a picture)", pairs.ratios
    )
    yield Note(
        f"MobileNetV2 α {ALPHA:g} of {SIZE} px up to {CUT}, random weights: a class for each of "
        f"12 × 12 cells, as FOMO gives it, or a mean over them. {BATCH} pictures are predicted, "
        "then explained by the default method at the default layer for what the network says: of "
        "a grid slopes go back to 24 × 24 cells, of a classifier to its last layer."
    )


def whole(network: gradcam.Network, medium: Pictures, files: Sequence[Path]) -> None:
    """Read pictures, predict them, and draw their default heatmaps on them."""
    readings = [medium.read(path) for path in files]
    maps = explained(network, medium.tensors(np.stack([each.cut for each in readings])))
    for reading, one in zip(readings, maps, strict=True):
        placed = medium.place(gradcam.normalize(one), reading.size, reading.size)
        gradcam.overlay(reading.picture, placed)


def explained(network: gradcam.Network, batch: Floats) -> Floats:
    """The default maps of a batch, after it was predicted."""
    network.predict(batch)
    default = gradcam.usual(network)
    return gradcam.explain(network, batch, default.layer.name, method=default.method).maps


def _networks() -> tuple[gradcam.Network, gradcam.Network]:
    import keras

    keras.utils.set_random_seed(0)
    trunk = keras.applications.MobileNetV2((SIZE, SIZE, 3), ALPHA, include_top=False, weights=None)
    features = trunk.get_layer(CUT).output
    head = keras.layers.Conv2D(32, 1, activation="relu", name="head")(features)
    logits = keras.layers.Conv2D(CLASSES + 1, 1, name="logits")(head)
    grid = keras.Model(trunk.input, keras.layers.Softmax()(logits))
    mean = keras.layers.GlobalAveragePooling2D()(features)
    scores = keras.layers.Dense(CLASSES, activation="softmax")(mean)
    with tempfile.TemporaryDirectory() as folder:
        opened = []
        for number, model in enumerate((grid, keras.Model(trunk.input, scores))):
            path = Path(folder) / f"{number}.h5"
            model.save(path)
            opened.append(gradcam.load_network(path))
    return opened[0], opened[1]
