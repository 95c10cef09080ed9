"""A folder whose network runs in either of two arithmetics, which differ in some answers."""

import numpy as np

from gradcam import loading
from services.sources.reference import SourceKind, SourceReference
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.numpy_network import written
from tests.gradcam.backends.rounded_network import RoundedReader
from tests.services.projects import drawn

COUNT = 12
MANIFEST = """
task = "classification"
[input]
scaling = "-1..1"
color = "rgb"
"""


def rounded_project(folder, monkeypatch, manifest=MANIFEST):
    """The folder's reference; `model.numpy` is opened by the reader put among the others."""
    for number, picture in enumerate(drawn_pictures(COUNT)):
        pixels = np.clip((picture + 1.5) * 85, 0, 255).round().astype(np.uint8)
        drawn(folder / "testing" / "abc"[number % 3] / f"{number}.png", pixels)
    (folder / "project.toml").write_text(manifest)
    (folder / "model.numpy").write_bytes(written(drawn_weights()))
    monkeypatch.setattr(loading, "READERS", (*loading.READERS, RoundedReader()))
    return SourceReference(SourceKind.FOLDER, str(folder))
