"""A folder of checklists: whether a picture has red, green and blue in it, each by its channel."""

from contextlib import contextmanager

import numpy as np

from services.tasks.registry import TASKS, register
from tests.services.projects import drawn, pointwise
from tests.services.tasks.checklist import Checklist

RED, GREEN, BLUE = (230, 0, 0), (0, 230, 0), (0, 0, 230)
MANIFEST = """
name = "Colours"
task = "checklist"
data = "data"
classes = ["red", "green", "blue"]
[input]
scaling = "0..1"
color = "rgb"
[checklist]
threshold = 0.6
"""
# Colour, ticks: a right one of each kind, then one that misses, one that sees too much, and one of
# which nobody said anything.
SAMPLES = {
    "a.png": (RED, "ynn"),
    "b.png": ((230, 230, 0), "yyn"),
    "c.png": ((230, 230, 230), "yyy"),
    "d.png": ((0, 0, 0), "nnn"),
    "e.png": (BLUE, "nny"),
    "f.png": ((0, 230, 230), "nyy"),
    "g.png": (GREEN, "yyn"),  # misses red
    "h.png": ((230, 0, 230), "nny"),  # sees red
    "i.png": (GREEN, ""),
    "j.png": ((230, 230, 0), "yyn"),
}
CORRECT = {name: 0.0 if name in {"g.png", "h.png"} else 1.0 for name in SAMPLES if name != "i.png"}


def network():
    """Three sigmoids: 8 times the mean of a channel in 0..1, minus 4."""
    return pointwise(
        np.eye(3), [0, 0, 0], np.eye(3) * 8, [-4, -4, -4], activation="sigmoid", relu=False
    )


def checklists(folder, manifest=MANIFEST):
    """The project's folder."""
    folder.mkdir(parents=True)
    network().save(folder / "model.keras")
    rows = ["file,label"]
    for number, (name, (color, label)) in enumerate(SAMPLES.items()):
        pixels = np.full((8, 8, 3), color, np.uint8)
        pixels[0, number % 8] = 40 + number  # no two files alike
        drawn(folder / "data" / name, pixels)
        rows.append(f"{name},{label}")
    (folder / "data" / "labels.csv").write_text("\n".join(rows) + "\n")
    if manifest:
        (folder / "project.toml").write_text(manifest)
    return folder


@contextmanager
def known():
    """The task is registered, as another file would do it, and forgotten again."""
    register(Checklist)
    yield
    del TASKS[Checklist.name]
