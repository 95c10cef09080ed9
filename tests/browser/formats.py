"""One small network in each format that is opened, each in a folder with the same pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights, keras_network
from tests.gradcam.backends.graph.onnx_files import files as onnx
from tests.gradcam.backends.graph.saved_model.written import small as small_saved_model
from tests.gradcam.backends.graph.tensorflow_lite.networks import small_file
from tests.gradcam.backends.graph.torch_export.exported import small_network as torch_exported

COUNT = 24
MANIFEST = """
task = "classification"
classes = ["a", "b", "c"]
[input]
scaling = "-1..1"
color = "rgb"
"""


def with_ties() -> dict:
    """Weights with which two classes are nearly the same, so that rounding decides some answers."""
    weights = drawn_weights()
    kernel, bias = weights["y_pred"]
    near = kernel[:, :1] + 0.02 * kernel * [0, 1, 1]
    return {**weights, "y_pred": (near.astype(np.float32), 0 * bias)}


def write_float(folder: Path) -> None:
    (folder / "model.tflite").write_bytes(small_file(drawn_weights()))


def write_int8(folder: Path) -> None:
    """As TensorFlow's own converter makes it, whole numbers at both ends."""
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(keras_network(with_ties()).model.own)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([each[None]] for each in drawn_pictures(COUNT))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    (folder / "model_int8.tflite").write_bytes(converter.convert())


def write_retrained(folder: Path) -> Path:
    """A project of before and after a retraining, and of another seed; gives the folder."""
    write_pictures(folder)
    draws = np.random.default_rng(1)
    kernel, bias = drawn_weights()["y_pred"]
    for name, moves in (("before.h5", 0.0), ("after.h5", 1.0), ("seed.h5", 0.2)):
        noise = moves * kernel.std() * draws.standard_normal(kernel.shape)
        weights = {**drawn_weights(), "y_pred": ((kernel + noise).astype(np.float32), bias)}
        keras_network(weights).model.own.save(folder / name)
    return folder


def write_onnx(folder: Path) -> None:
    nodes, constants = onnx.small_network(drawn_weights())
    onnx.saved(folder, onnx.written(nodes, constants, (None, 3, 12, 16)), "model.onnx")


def write_saved_model(folder: Path) -> None:
    small_saved_model(folder / "saved_model", drawn_weights())


def write_torch_export(folder: Path) -> None:
    torch_exported(drawn_weights()).write(folder / "model.pt2")


WRITERS: dict[str, Callable[[Path], None]] = {
    "float": write_float,
    "int8": write_int8,
    "onnx": write_onnx,
    "saved_model": write_saved_model,
    "torch.export": write_torch_export,
}


def write_project(folder: Path, format_: str) -> Path:
    """A project folder whose network is in one of the formats; gives the folder."""
    write_pictures(folder)
    WRITERS[format_](folder)
    return folder


def write_pictures(folder: Path) -> None:
    """The pictures of a project and its `project.toml`, without a network."""
    for number, picture in enumerate(drawn_pictures(COUNT)):
        pixels = np.clip((picture + 1) * 127.5, 0, 255).round().astype(np.uint8)
        path = folder / "testing" / "abc"[number % 3] / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    (folder / "project.toml").write_text(MANIFEST)
