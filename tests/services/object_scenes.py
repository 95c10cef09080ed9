"""A project of objects whose every answer is known, with a network of FOMO's shape.

Its weights are set by hand: a cell says `red` or `blue` where a good third of it is so.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image

SIDE, CELL = 48, 8  # of the input, and of a cell of its grid, in pixels
SCALE = 2  # pictures are twice as large
COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255)}
CLASSES = ("background", "red", "blue")

# Of each scene what is drawn and what is labelled, by name, row and column of cells.
SCENES = (
    ((("red", 1, 1), ("blue", 4, 4)), (("red", 1, 1), ("blue", 4, 4))),
    ((), ()),
    ((("red", 1, 2), ("blue", 4, 1)), (("blue", 4, 1),)),  # a false alarm
    ((("blue", 0, 0),), (("blue", 0, 0), ("red", 4, 4))),  # a missed one
    ((("blue", 3, 3),), (("red", 3, 3),)),  # a wrong class
    ((("red", 2, 2.5),), (("red", 2, 2.5),)),  # over two cells
    ((("blue", 5, 1), ("red", 1, 4)), (("blue", 5, 1), ("red", 1, 4))),
    ((("blue", 2, 5),), (("blue", 2, 5),)),
)
HITS = 8


def colour_detector():
    """A grid of 6 × 6 cells over a map of twice its sides."""
    import keras

    layers = keras.layers
    inputs = keras.Input((SIDE, SIDE, 3))
    x = layers.Conv2D(2, 1, activation="relu", name="colours")(inputs)
    x = layers.AveragePooling2D(4, name="pooled")(x)
    x = layers.Conv2D(2, 1, activation="relu", name="features")(x)
    x = layers.AveragePooling2D(2, name="cells")(x)
    x = layers.Conv2D(4, 1, activation="relu", name="head")(x)
    outputs = layers.Conv2D(3, 1, activation="softmax", name="logits")(x)
    model = keras.Model(inputs, outputs, name="colour_detector")
    redness = np.array([[1, -1], [-1, -1], [-1, 1]], np.float32)
    for name, weights, bias in (
        ("colours", redness, [0, 0]),
        ("features", np.eye(2), [0, 0]),
        ("head", np.eye(2, 4), [0] * 4),
        ("logits", [[0, 12, 0], [0, 0, 12], [0] * 3, [0] * 3], [4, 0, 0]),
    ):
        kernel = np.asarray(weights, np.float32)[None, None]
        model.get_layer(name).set_weights([kernel, np.asarray(bias, np.float32)])
    return model


def box_of(name, row, column):
    """Where it is labelled, in pixels of the picture."""
    side = CELL * SCALE
    return {
        "label": name, "x": int(column * side), "y": int(row * side), "width": side, "height": side,
    }  # fmt: skip


def picture_of(drawn):
    """Grey with squares of colour."""
    pixels = np.full((SIDE * SCALE, SIDE * SCALE, 3), 90, np.uint8)
    for name, row, column in drawn:
        box = box_of(name, row, column)
        rows, columns = box["y"], box["x"]
        pixels[rows : rows + box["height"], columns : columns + box["width"]] = COLOURS[name]
    return Image.fromarray(pixels)


def object_folder(folder: Path) -> Path:
    """Write the project."""
    (folder / "testing").mkdir(parents=True)
    entries = []
    for number, (drawn, labelled) in enumerate(SCENES):
        path = f"testing/scene.{number:04}.png"
        picture_of(drawn).save(folder / path)
        entries.append(
            {
                "path": path,
                "name": f"scene.{number:04}",
                "category": "testing",
                "label": {"type": "label", "label": str(number)},
                "boundingBoxes": [box_of(*each) for each in labelled],
            }
        )
    told = {"version": 1, "files": entries}
    (folder / "info.labels").write_text(json.dumps(told), encoding="utf-8")
    (folder / "labels.txt").write_text("\n".join(CLASSES), encoding="utf-8")
    (folder / "project.toml").write_text(
        '[input]\nscaling = "0..1"\ncolor = "rgb"\n', encoding="utf-8"
    )
    colour_detector().save(folder / "model.keras")
    return folder
