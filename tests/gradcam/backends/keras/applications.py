"""The families of `keras.applications`, as people build on them; run it to write the table in docs.

python -m tests.gradcam.backends.keras.applications
"""

import gc
import tempfile
import warnings
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product
from pathlib import Path

import numpy as np

from gradcam.errors import GradcamError
from gradcam.loading import load_network
from tests.gradcam import networks

TABLE = Path(__file__).parents[4] / "docs" / "keras_applications.md"
WRITERS = ("keras_2", "keras_3")
SUFFIXES = (".h5", ".keras")
EQUAL = 1e-5


class Form(StrEnum):
    """How a network is built on a family; the value is the table's word for it."""

    FLAT = "by itself"
    FUNCTIONAL = "inside a functional network"
    SEQUENTIAL = "inside a Sequential"


@dataclass(frozen=True)
class Family:
    """One network of a family.

    Attributes:
        name: of the function that makes it.
        module: with its `preprocess_input`.
        topology: that its structure is known as.
        size: of pictures, as small as it takes.
        settings: that keep it small.
        writers: which Keras has it.
    """

    name: str
    module: str
    topology: str
    size: int = 32
    settings: dict = field(default_factory=dict)
    writers: tuple[str, ...] = WRITERS


FAMILIES = {
    family.name: family
    for family in (
        Family("VGG16", "vgg16", "VGG"),
        Family("ResNet50", "resnet50", "ResNet"),
        Family("ResNet50V2", "resnet_v2", "ResNetV2"),
        Family("ResNetRS50", "resnet_rs", "ResNet-RS", writers=("keras_2",)),
        Family("MobileNet", "mobilenet", "MobileNet", settings={"alpha": 0.25}),
        Family("MobileNetV2", "mobilenet_v2", "MobileNetV2", settings={"alpha": 0.35}),
        Family("MobileNetV3Small", "mobilenet_v3", "MobileNetV3", settings={"alpha": 0.75}),
        Family("MobileNetV3Large", "mobilenet_v3", "MobileNetV3", settings={"alpha": 0.75}),
        Family("EfficientNetB0", "efficientnet", "EfficientNet"),
        Family("EfficientNetV2B0", "efficientnet_v2", "EfficientNetV2"),
        Family("DenseNet121", "densenet", "DenseNet"),
        Family("InceptionV3", "inception_v3", "Inception", size=75),
        Family("InceptionResNetV2", "inception_resnet_v2", "Inception-ResNet", size=75),
        Family("Xception", "xception", "Xception", size=71),
        Family("NASNetMobile", "nasnet", "NASNet"),
        Family("ConvNeXtTiny", "convnext", "ConvNeXt"),
        Family("RegNetX002", "regnet", "RegNet", writers=("keras_2",)),
        Family("RegNetY002", "regnet", "RegNet", writers=("keras_2",)),
    )
}


def library(writer):
    import keras
    import tf_keras

    return {"keras_2": tf_keras, "keras_3": keras}[writer]


def is_writable(family, form, writer, suffix):
    """Keras 2 cannot archive an Ellipsis, as `preprocess_input` of VGG and ResNet has it."""
    mirrored = family.topology in {"VGG", "ResNet"} and form is Form.FUNCTIONAL
    return not (mirrored and writer == "keras_2" and suffix == ".keras")


def cases():
    """Families, forms, writers and endings of files, all that can be written."""
    for family, form, writer, suffix in product(FAMILIES.values(), Form, WRITERS, SUFFIXES):
        if writer in family.writers and is_writable(family, form, writer, suffix):
            yield family, form, writer, suffix


def pictures(family):
    """Three that are as different as pictures are: dark, of large spots, bright."""
    rng = np.random.default_rng(0)
    shape = (3, family.size, family.size, 3)
    noise = rng.uniform(0, 255, shape)
    spots = np.repeat(np.repeat(noise[1, ::8, ::8], 8, axis=0), 8, axis=1)
    noise[1] = spots[: family.size, : family.size]
    return (
        (noise * [[[[0.3]]], [[[1.0]]], [[[1.0]]]] + [[[[0]]], [[[0]]], [[[90]]]])
        .astype(np.float32)
        .clip(0, 255)
    )


def model_of(family, form, writer):
    """A network of random weights that tells the pictures apart."""
    k = library(writer)
    k.backend.clear_session()
    k.utils.set_random_seed(0)  # dropout is at work while they are awakened
    preprocess = getattr(k.applications, family.module).preprocess_input
    top = {"classes": 3} if form is Form.FLAT else {"include_top": False, "pooling": "avg"}
    base = getattr(k.applications, family.name)(
        weights=None, input_shape=(family.size, family.size, 3), **family.settings, **top
    )
    is_raw = np.array_equal(preprocess(pictures(family)), pictures(family))  # it scales inside
    arriving = {
        Form.FLAT: lambda batch: batch,
        Form.FUNCTIONAL: preprocess,
        Form.SEQUENTIAL: lambda batch: batch if is_raw else batch / 127.5 - 1,
    }[form](pictures(family))
    _awaken(k, networks.seeded(base), arriving)
    if form is Form.FLAT:
        last = base.layers[-1]
        if isinstance(last, k.layers.Dense):
            _tell_apart(last, k.Model(base.input, last.input).predict(arriving, verbose=0))
        return base
    end = k.layers.Dense(3, activation="softmax", name="y_pred")
    _tell_apart(end, base.predict(arriving, verbose=0))
    if form is Form.SEQUENTIAL:
        for layer in base.layers[: len(base.layers) // 2]:
            layer.trainable = False  # Keras sorts weights by this in HDF5
        front = [] if is_raw else [k.layers.Rescaling(1 / 127.5, -1)]
        return k.Sequential([k.Input((family.size, family.size, 3)), *front, base, end])
    base.trainable = False
    inputs = k.Input((family.size, family.size, 3))
    x = preprocess(k.layers.RandomFlip()(inputs))
    return k.Model(inputs, end(k.layers.Dropout(0.2)(base(x, training=False))))


def _awaken(k, base, batch):
    """Let these pictures through, where random weights would drown or drop them.

    What a depthwise kernel sees is one channel; every batch normalisation sees the pictures.
    """
    for layer in base.layers:
        if isinstance(layer, k.layers.DepthwiseConv2D | k.layers.SeparableConv2D):
            first, *others = layer.get_weights()
            layer.set_weights([first * first.shape[2] ** 0.5, *others])
        if isinstance(layer, k.layers.Normalization) and layer.weights:
            layer.finalize_state()
    normalisations = [
        layer for layer in base.layers if isinstance(layer, k.layers.BatchNormalization)
    ]
    usual = [layer.momentum for layer in normalisations]
    for layer in normalisations:
        layer.momentum = 0.1  # not 0: the few places of a last map would be drawn far apart
    base(batch, training=True)
    for layer, momentum in zip(normalisations, usual, strict=True):
        layer.momentum = momentum


def _tell_apart(dense, features):
    """Weights that spread the logits of these features (N, F) by a tenth, whatever their size.

    By less where they are nearly alike, since that would draw out the rounding as well.
    """
    if not dense.built:
        dense.build((None, features.shape[1]))
    kernel = np.random.default_rng(1).normal(size=(features.shape[1], 3))
    logits = features @ kernel
    kernel /= np.maximum(logits.std(axis=0) * 10, np.abs(logits).max(axis=0) / 3)
    dense.set_weights([kernel, -(features @ kernel).mean(axis=0)])


def written(model, folder, suffix):
    path = folder / f"a{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    return path


def compared(family, model, path):
    """The file opened, and how far its outputs are from the model's own."""
    batch = pictures(family)
    own = model.predict(batch, verbose=0)
    assert np.ptp(own, axis=0).max() > 10 * EQUAL, "its pictures are all alike to it"
    network = load_network(path)
    return network, float(np.abs(network.predict(batch) - own).max())


def _row(family, form, writer):
    model, cells, known = model_of(family, form, writer), [], set()
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            if not is_writable(family, form, writer, suffix):
                cells.append("cannot be written")
                continue
            try:
                network, apart = compared(family, model, written(model, Path(folder), suffix))
            except GradcamError as error:
                cells.append(f"**{error}**")
                continue
            cells.append(f"{apart:.0e}" if apart <= EQUAL else f"**{apart:.0e}**")
            known.add(network.topology.name if network.topology else "–")
    gc.collect()
    shown = ", ".join(sorted(known))
    recognised = shown if known == {family.topology} else f"**{shown}**"
    name = {"keras_2": "Keras 2", "keras_3": "Keras 3"}[writer]
    return f"| {family.name} | {name} | {form} | {' | '.join(cells)} | {recognised} |"


def write_table():
    import keras
    import tf_keras

    lines = [
        "# Families of keras.applications",
        "",
        "How far the outputs of an opened file are from those of the Keras that wrote it, at most",
        "over three pictures; what is more than 1e-5, or not recognised, stands in bold. Random",
        f"weights, pictures as small as the family takes, tf_keras {tf_keras.__version__} and",
        f"Keras {keras.__version__}.",
        "",
        "*Inside a functional network*: frozen, behind augmentation and its own",
        "`preprocess_input`. *Inside a Sequential*: half of its layers frozen. *Known as*: what",
        "its structure is recognised as, whose scaling is then the first guess. Keras 2 cannot put",
        "the `preprocess_input` of VGG and ResNet into a `.keras` archive.",
        "",
        "Written by `.venv/bin/python -m tests.gradcam.backends.keras.applications`; all of it is",
        "held by `make test-all`, one network of most families by `make test`.",
        "",
        "| network | written by | built | `.h5` | `.keras` | known as |",
        "|---|---|---|---|---|---|",
    ]
    for family, writer, form in product(FAMILIES.values(), WRITERS, Form):
        if writer in family.writers:
            lines.append(_row(family, form, writer))
            print(lines[-1], flush=True)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_table()
