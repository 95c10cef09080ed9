"""A folder whose samples have several labels: the colours in a picture, each by its channel."""

import numpy as np

from tests.services.projects import drawn, pointwise

RED, GREEN, BLUE = (230, 0, 0), (0, 230, 0), (0, 0, 230)
INPUT = '[input]\nscaling = "0..1"\ncolor = "rgb"\n'
# Colour, label: a right one of each kind, then one that misses, one that sees too much, and one of
# which nobody said anything.
SAMPLES = {
    "a.png": (RED, "red"),
    "b.png": ((230, 230, 0), "green red"),
    "c.png": ((230, 230, 230), "red green blue"),
    "d.png": ((0, 0, 0), "-"),
    "e.png": (BLUE, "blue"),
    "f.png": ((0, 230, 230), "blue green"),
    "g.png": (GREEN, "red green"),  # misses red
    "h.png": ((230, 0, 230), "blue"),  # sees red
    "i.png": (GREEN, ""),
    "j.png": ((230, 230, 0), "red green"),
}
CORRECT = {name: 0.0 if name in {"g.png", "h.png"} else 1.0 for name in SAMPLES if name != "i.png"}


def network(activation="sigmoid"):
    """Three units: 8 times the mean of a channel in 0..1, minus 4."""
    return pointwise(
        np.eye(3), [0, 0, 0], np.eye(3) * 8, [-4, -4, -4], activation=activation, relu=False
    )


def colours(folder, *, manifest=INPUT, names=("red", "green", "blue"), activation="sigmoid"):
    """The project's folder; without names nobody lists them."""
    folder.mkdir(parents=True)
    network(activation).save(folder / "model.keras")
    rows = ["file,label"]
    for number, (name, (color, label)) in enumerate(SAMPLES.items()):
        pixels = np.full((8, 8, 3), color, np.uint8)
        pixels[0, number % 8] = 40 + number  # no two files alike
        drawn(folder / "data" / name, pixels)
        rows.append(f"{name},{label}")
    (folder / "data" / "labels.csv").write_text("\n".join(rows) + "\n")
    (folder / "project.toml").write_text(manifest)
    if names:
        (folder / "labels.txt").write_text("\n".join(names) + "\n")
    return folder
