"""Builders of tiny project folders, pictures and networks whose answers are known by hand."""

import copy
import json
import shutil
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from PIL import Image

from gradcam import InputSpec
from services.media.picture import Pictures
from services.predictions.predictions import Predictions
from services.project import Project
from services.sample import Sample
from services.tasks.classification.task import Classification
from services.tasks.regression.task import Regression

SIZE = 8
SPEC = InputSpec(SIZE, SIZE)
RED, BLUE, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


# ------------------------------------------------------------------------------------ pictures


def solid(path, color=RED, size=(SIZE, SIZE)):
    """A picture of one colour, by Pillow's (width, height)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)
    return path


def drawn(path, pixels, **options):
    """A picture of given pixels, (H, W, 3)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path, **options)
    return path


def noise(path, seed, size=SIZE):
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3))
    return drawn(path, pixels)


# ------------------------------------------------------------------------------------- networks


def pointwise(filters, bias, head, head_bias, *, activation, relu=True, size=SIZE):
    """A network worked out by hand: a 1×1 convolution, the mean over the picture, a dense layer.

    `filters` is (channels, F), `head` is (F, units).
    """
    import keras

    filters, head = np.asarray(filters, np.float32), np.asarray(head, np.float32)
    inputs = keras.Input((size, size, filters.shape[0]))
    x = keras.layers.Conv2D(filters.shape[1], 1, activation="relu" if relu else None, name="conv")(
        inputs
    )
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(head.shape[1], activation=activation, name="y_pred")(x)
    model = keras.Model(inputs, x)
    model.set_weights([filters[None, None], np.asarray(bias), head, np.asarray(head_bias)])
    return model


def blue_or_red(size=SIZE, activation="softmax"):
    """Class 0 for blue pictures, class 1 for red ones, whatever the scaling; wrong in BGR."""
    return pointwise(
        [[0, 1], [0, 0], [1, 0]], [0, 0], np.eye(2) * 4, [0, 0], activation=activation, size=size
    )


def redness_scored(activation):
    """One unit: the redness, 4r - 2 for red in 0..1."""
    return pointwise([[1], [0], [0]], [0], [[4.0]], [-2.0], activation=activation, relu=False)


def gray_classes():
    """One channel; class 0 for dark pictures and class 1 for bright ones, at a level of 0.5."""
    return pointwise([[1.0]], [0.0], [[-8.0, 8.0]], [4.0, -4.0], activation="softmax")


# -------------------------------------------------------------------------------------- folders


def folder_project(folder, model_file, pictures, manifest=""):
    """A folder with a model and pictures by relative path: a colour, or the bytes of the file."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model_file, folder / f"model{model_file.suffix}")
    for name, content in pictures.items():
        path = folder / name
        if isinstance(content, bytes):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        else:
            solid(path, content)
    if manifest:
        (folder / "project.toml").write_text(manifest, encoding="utf-8")
    return folder


def info_labels(data, entries, **rest):
    """Edge Impulse's label file."""
    data.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"version": 1, "files": entries, **rest}, ensure_ascii=False)
    (data / "info.labels").write_text(text, encoding="utf-8")


def entry(path, label, **rest):
    return {
        "path": path,
        "category": "testing",
        "label": {"type": "label", "label": label},
        **rest,
    }


# ------------------------------------------------------------------------ projects without files


def project_of(network, samples, *, input_spec=SPEC, classes=("blue", "red"), **rest):
    given = {
        "name": "Tiny",
        "task": Classification(tuple(classes)),
        "medium": Pictures(input_spec),
        **rest,
    }
    return Project(networks=(network,), samples=tuple(samples), **given)


def of_units(network, count, grid=None):
    """The network as if it had so many outputs; those written by hand may be more or fewer.

    With `grid` they are the classes of its rows and columns of cells.
    """
    other = copy.copy(network)
    other.heads = (replace(network.heads[0], units=count, grid=grid),)
    return other


def renamed(network, name):
    """The network as if it came from another file."""
    other = copy.copy(network)
    other.name, other.digest = name, f"digest of {name}"
    return other


def said(network, answers, *, classes=None, outputs, features=None, threshold=0.1, paths=None):
    """Predictions written by hand.

    `answers` are (id, label) or (id, label, metadata) of each sample, `outputs` what the network
    said; without `classes` it is a regression.
    """
    samples = tuple(
        Sample(name, paths[i] if paths else None, label, (), MappingProxyType(dict(*rest)))
        for i, (name, label, *rest) in enumerate(answers)
    )
    outputs = np.array(outputs, np.float32).reshape(len(samples), -1)
    network = of_units(network, outputs.shape[1])
    features = outputs if features is None else np.array(features, np.float32)
    task = Regression(0, threshold) if classes is None else Classification(tuple(classes))
    project = project_of(network, samples, task=task)
    sizes = np.full((len(samples), 2), SIZE)
    digests = tuple(f"digest of {sample.id}" for sample in samples)
    return Predictions(project, samples, digests, outputs, features, sizes, (), 0)
