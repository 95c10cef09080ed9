"""What a file holds of a network, and the formats that nobody here opens: what to do instead."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

PICKLE = re.compile(rb"\x80[\x02-\x05]")
CLASS_NAMED = re.compile(rb"c([\w.]+)\n\w+\n")  # in a pickle as torch writes it
OF_TENSORS = frozenset({b"collections", b"torch", b"torch._utils", b"torch.storage"})
CONVERTED_FROM = "open the Keras model (.h5 or .keras) it was converted from"
TO_ONNX = "convert the network to ONNX (.onnx), which is opened here"
SAVE_WHOLE = 'save the whole model with `model.save("model.keras")`'
# Both were tried with torch 2.14; the sample input says how large pictures are.
WRITE_PT2 = (
    "torch.export.save(torch.export.export(model.eval(), (torch.rand(2, 3, 224, 224),), "
    'dynamic_shapes=({0: torch.export.Dim("N")},)), "model.pt2")'
)
WRITE_ONNX = (
    'torch.onnx.export(model.eval(), (torch.rand(1, 3, 224, 224),), "model.onnx", '
    "external_data=False)"
)
EXPORT = f"write it in Python with `{WRITE_PT2}` or `{WRITE_ONNX}`, and open that file"


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


PART_OF_SAVED_MODEL = Foreign(
    "only a part of a SavedModel", "open its whole folder, or a zip of it, `variables` and all"
)
ONNX = Foreign("a damaged ONNX model", "export the network again")
PYTORCH = Foreign("a PyTorch model, which only torch itself can open", EXPORT)
PYTORCH_MODULE = Foreign("a PyTorch model as a pickle, which runs code when it is opened", EXPORT)
STATE_DICT = Foreign(
    "a PyTorch state_dict, weights without the network itself",
    "build the network, load the weights into it, " + EXPORT,
)
TORCHSCRIPT = Foreign(
    "a TorchScript model, a program that can read files when torch runs it",
    "from the model that it was made of, " + EXPORT,
)
OTHER_ZIP = Foreign("no program of torch.export: models/model.json is missing in it", EXPORT)
TENSORFLOW_JS = Foreign(
    "a TensorFlow.js model",
    "convert it with `tensorflowjs_converter --input_format=tfjs_layers_model "
    "--output_format=keras`, or " + CONVERTED_FROM,
)
CHECKPOINT = Foreign("a TensorFlow checkpoint, weights without the network itself", SAVE_WHOLE)
NO_GRAPH = Foreign("a .pb file without a TensorFlow graph in it", CONVERTED_FROM)
PICKLED = Foreign("a pickle, which runs code when it is opened", SAVE_WHOLE)

BY_ENDING = {
    ".onnx": ONNX,
    ".pt": PYTORCH,
    ".pth": PYTORCH,
    ".torch": PYTORCH,
    ".pt2": OTHER_ZIP,
    ".safetensors": Foreign("a safetensors file, weights without the network itself", TO_ONNX),
    ".ckpt": CHECKPOINT,
    ".index": CHECKPOINT,
    ".pb": NO_GRAPH,
    ".mlmodel": Foreign("a Core ML model", CONVERTED_FROM),
    ".engine": Foreign("a TensorRT engine", CONVERTED_FROM),
    ".trt": Foreign("a TensorRT engine", CONVERTED_FROM),
    ".caffemodel": Foreign("a Caffe model", TO_ONNX),
    ".weights": Foreign("a Darknet weights file", TO_ONNX),
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
    if lower.startswith("saved_model.pb"):
        return PART_OF_SAVED_MODEL
    if _holds(members, "data.pkl"):
        return TORCHSCRIPT if any("/code/" in member for member in members) else _pickled(head)
    if b'"weightsManifest"' in head or b'"modelTopology"' in head:
        return TENSORFLOW_JS
    ending = re.search(r"\.[a-z]+2?(?=$|[ (])", lower)
    by_name = BY_ENDING.get(ending[0]) if ending else None
    if PICKLE.match(head):
        return PICKLED if by_name is None else _pickled(head) if by_name is PYTORCH else by_name
    return by_name


def _pickled(head: bytes) -> Foreign:
    """Whether torch pickled a whole network or only its weights: the first class that it names."""
    named = CLASS_NAMED.search(head)
    if named is None:
        return PYTORCH
    return STATE_DICT if named[1] in OF_TENSORS else PYTORCH_MODULE


def _holds(members: Collection[str], name: str) -> bool:
    return any(member.endswith(name) for member in members)
