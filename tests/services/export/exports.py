"""Tiny projects whose maps are known by hand, their exports, and readers of what these left."""

import csv
import hashlib
import io
import json
import re
import zipfile

import numpy as np
from PIL import Image

from gradcam import GRAD_CAM
from services.choices.choices import Choices
from services.export.job import export
from services.export.plan import ExportPlan
from services.export.summary import ExportSummary
from services.sample import Sample
from services.work.progress import Progress
from tests.services.projects import BLUE, RED, SIZE, drawn, project_of

SOURCE = "a test"
RESULTS = {"gradcam", "predictions.csv", "report.html", "manifest.json", "deploy.zip"}
MANIFEST = """
task = "classification"
classes = ["blue", "red"]
[input]
color = "rgb"
scaling = "0..1"
"""


def contrast():
    """Class 0 for blue pictures, 1 for red ones; what speaks for one speaks against the other.

    Of two layers: `fine` has the map (red - blue) / 16 for class red, `coarse` has
    (red - blue) / 4 of the means of 2 × 2 pixels; with summed absolute gradients `fine` has
    4 (red + blue) for any class.
    """
    import keras

    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(2, 1, activation="relu", name="fine")(inputs)
    x = keras.layers.AveragePooling2D(2)(x)
    x = keras.layers.Conv2D(2, 1, name="coarse")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(2, activation="softmax", name="y_pred")(x)
    model = keras.Model(inputs, x)
    colors = np.array([[0, 1], [0, 0], [1, 0]], np.float32)  # blue, red
    zeros = np.zeros(2, np.float32)
    head = np.array([[4, -4], [-4, 4]], np.float32)
    model.set_weights([colors[None, None], zeros, np.eye(2)[None, None], zeros, head, zeros])
    return model


# ------------------------------------------------------------------------------------ pictures


def spots(*places, size=(SIZE, SIZE)):
    """Pixels of a black picture, by Pillow's (width, height), with squares of 2 × 2.

    Each place is (colour, column, row).
    """
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    for color, column, row in places:
        pixels[row : row + 2, column : column + 2] = color
    return pixels


def sample_of(folder, name, *places, label=None, boxes=(), size=(SIZE, SIZE)):
    return Sample(name, drawn(folder / name, spots(*places, size=size)), label, boxes)


def spotted(folder, count):
    """Samples with a red or a blue spot, no two alike; every fifth has the other one's label.

    So of `count` samples `count // 5` are incorrect.
    """
    samples = []
    for i in range(count):
        color, label, other = (RED, "red", "blue") if i % 2 else (BLUE, "blue", "red")
        label = other if i % 5 == 4 else label
        pixels = spots((color, i % 7, i // 7 % 7))
        pixels[..., 1] = i % 256  # green means nothing to the network
        name = f"{label}/{i:04}.png"
        samples.append(Sample(name, drawn(folder / name, pixels), label))
    return samples


def damaged(folder):
    """Files that are no pictures, and what is said of each."""
    jpeg = encoded("JPEG")
    contents = {
        "empty.jpg": (b"", "the file is empty"),
        "text.jpg": (b"This is a text and no picture.\n", "no picture format that is known here"),
        "truncated.jpg": (jpeg[: len(jpeg) // 2], "damaged: it cannot be decoded"),
        "truncated.png": (encoded("PNG")[:60], "damaged: it cannot be decoded"),
        "broken.png": (b"\x89PNG\r\n\x1a\n" + b"\xff" * 60, "no picture format that is known here"),
    }
    for name, (content, _) in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return {name: reason for name, (_, reason) in contents.items()}


def encoded(kind, size=(64, 48)):
    """A noisy picture's bytes."""
    pixels = np.random.default_rng(3).integers(0, 256, (size[1], size[0], 3))
    sink = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(sink, kind)
    return sink.getvalue()


# ------------------------------------------------------------------------------------- exports


def plan_of(layer, method=GRAD_CAM, **flat):
    """A plan as it is, whatever a project would make of it."""
    one = Choices().having(layer=layer, method=method, **flat)
    return ExportPlan(
        one.recipe, one.filter, one.alpha, one.colormap, one.overlay_size, one.heard_share,
        one.filling,
    )  # fmt: skip


class Steps(Progress):
    """Progress that writes down each step with its total and how far it came.

    Attributes:
        told: name, total and items done, in order.
    """

    def __init__(self):
        super().__init__()
        self.told = []

    def begin(self, name, total=0):
        super().begin(name, total)
        self.told.append((name, total, 0))

    def advance(self, count=1, volume=0):
        super().advance(count, volume)
        name, total, done = self.told[-1]
        self.told[-1] = name, total, done + count


class LeavesAt(Steps):
    """Somebody who leaves once so many items of a step are done."""

    def __init__(self, name, done=0):
        super().__init__()
        self.leaves = name, done

    def begin(self, name, total=0):
        super().begin(name, total)
        self._look()

    def advance(self, count=1, volume=0):
        super().advance(count, volume)
        self._look()

    def _look(self):
        name, _, done = self.told[-1]
        if name == self.leaves[0] and done >= self.leaves[1]:
            self.cancel()


def exported(project, output, samples=None, progress=None, **choices):
    """An export of all samples unless told, with these choices."""
    plan = ExportPlan.of(project, Choices().having(**choices))
    chosen = project.samples if samples is None else samples
    return export(project, plan, tuple(chosen), output, SOURCE, progress)


def spotted_project(network, folder, count=10, **rest):
    return project_of(network, spotted(folder, count), **rest)


def summary_by_hand(predictions, *, figures=None, blank=None, means=None, left_out=(), **rest):
    """A summary of predictions written by hand; the heat of all lies at column 1, row 2."""
    told = [(1, 2, 0.25, 0.36, np.nan)] * len(predictions)
    return ExportSummary(
        predictions=predictions,
        threshold=rest.get("threshold"),
        figures=np.array(told if figures is None else figures, np.float64).reshape(-1, 5),
        blank=blank or {},
        means=means or {},
        left_out=tuple(left_out),
        notes=rest.get("notes", {}),
    )


# -------------------------------------------------------------------------------------- readers


def rows_of(output):
    with (output / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def manifest_of(output):
    return json.loads((output / "manifest.json").read_text(encoding="utf-8"))


def counts_of(output):
    return manifest_of(output)["counts"]


def report_of(output):
    return (output / "report.html").read_text(encoding="utf-8")


def left_out_of(output):
    return {item["name"]: item["reason"] for item in manifest_of(output)["left_out"]}


def overlays_of(output):
    """Paths of the overlays below the folder `gradcam`, such as `correct/0001.jpg`."""
    folder = output / "gradcam"
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.jpg"))}


def side_of(output, verdict):
    return sorted(path.name for path in (output / "gradcam" / verdict).iterdir())


def picture_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def files_of(output):
    """Bytes of every file of a folder but the zip."""
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != "deploy.zip"
    }


def packed(output):
    """Bytes of every member of an export's zip."""
    with zipfile.ZipFile(output / "deploy.zip") as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def prints_of(output):
    """A SHA-256 of every file and of every member of the zip; date and times are left out.

    Two exports are the same if these are.
    """
    with zipfile.ZipFile(output / "deploy.zip") as archive:
        heads = [
            (info.filename, info.date_time, info.compress_type, info.external_attr)
            for info in archive.infolist()
        ]
    members = {f"deploy.zip/{name}": _print(name, body) for name, body in packed(output).items()}
    files = {name: _print(name, body) for name, body in files_of(output).items()}
    return files | members | {"deploy.zip": heads}


def _print(name, body):
    if name == "manifest.json":
        told = json.loads(body)
        assert set(told.pop("times")) == {"started", "finished", "seconds"}
        body = json.dumps(told).encode()
    if name == "report.html":
        body, dates = re.subn(rb"<time>[^<]+ UTC</time>", b"", body)
        assert dates == 1
    return hashlib.sha256(body).hexdigest()
