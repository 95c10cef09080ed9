"""What a file holds of a network, and the formats that nobody here opens: what to do instead."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

TFLITE_MAGIC = b"TFL3"
PICKLE = re.compile(rb"\x80[\x02-\x05]")
CONVERTED_FROM = "open the Keras model (.h5 or .keras) it was converted from"
ONLY_KERAS = "only Keras models (.h5 or .keras) are opened here"
SAVE_WHOLE = 'save the whole model with `model.save("model.keras")`'


class Holds(Enum):
    """How much of a network is in a file."""

    NETWORK = "a whole network"
    LAYERS = "a description of its layers without their weights"
    WEIGHTS = "weights without the network itself"


@dataclass(frozen=True)
class Foreign:
    """A format that nobody here opens.

    Attributes:
        words: what such a file is, after "is".
        way_out: what to do instead.
    """

    words: str
    way_out: str


SAVED_MODEL = Foreign(
    "a SavedModel, which can carry code",
    "save the network as .keras or .h5",
)
TFLITE = Foreign("a TensorFlow Lite model, which has no gradients", CONVERTED_FROM)
ONNX = Foreign("an ONNX model", CONVERTED_FROM)
PYTORCH = Foreign("a PyTorch model", ONLY_KERAS)
TENSORFLOW_JS = Foreign(
    "a TensorFlow.js model",
    "convert it with `tensorflowjs_converter --input_format=tfjs_layers_model "
    "--output_format=keras`, or " + CONVERTED_FROM,
)
CHECKPOINT = Foreign("a TensorFlow checkpoint, weights without the network itself", SAVE_WHOLE)
FROZEN_GRAPH = Foreign("a frozen TensorFlow graph", CONVERTED_FROM)
PICKLED = Foreign("a pickle, which runs code when it is opened", SAVE_WHOLE)

BY_ENDING = {
    ".tflite": TFLITE,
    ".lite": TFLITE,
    ".onnx": ONNX,
    ".pt": PYTORCH,
    ".pth": PYTORCH,
    ".torch": PYTORCH,
    ".safetensors": Foreign("a safetensors file, weights without the network itself", ONLY_KERAS),
    ".ckpt": CHECKPOINT,
    ".index": CHECKPOINT,
    ".pb": FROZEN_GRAPH,
    ".mlmodel": Foreign("a Core ML model", CONVERTED_FROM),
    ".engine": Foreign("a TensorRT engine", CONVERTED_FROM),
    ".trt": Foreign("a TensorRT engine", CONVERTED_FROM),
    ".caffemodel": Foreign("a Caffe model", ONLY_KERAS),
    ".weights": Foreign("a Darknet weights file", ONLY_KERAS),
    ".pkl": PICKLED,
    ".pickle": PICKLED,
    ".joblib": PICKLED,
    ".eim": Foreign("an Edge Impulse program", "open the Keras model (.h5) of the learning block"),
}


def foreign_format(name: str, head: bytes, members: Collection[str]) -> Foreign | None:
    """What a file is that no reader knows; None where it is no network as far as one can tell.

    Args:
        name: of the file, since some formats have no bytes of their own.
        head: its first bytes.
        members: of a zip the names of the files in it; else none.
    """
    lower = name.lower()
    if head[4:8] == TFLITE_MAGIC:
        return TFLITE
    if lower.startswith("saved_model.pb") or _holds(members, "saved_model.pb"):
        return SAVED_MODEL
    if _holds(members, "data.pkl"):
        return PYTORCH
    if b'"weightsManifest"' in head or b'"modelTopology"' in head:
        return TENSORFLOW_JS
    ending = re.search(r"\.[a-z]+(?=$|[ (])", lower)
    by_name = BY_ENDING.get(ending[0]) if ending else None
    return PICKLED if by_name is None and PICKLE.match(head) else by_name


def _holds(members: Collection[str], name: str) -> bool:
    return any(member.endswith(name) for member in members)
