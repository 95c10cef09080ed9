"""Which layers can be explained, from a recording of the network."""

from __future__ import annotations

import math
from typing import Any

from gradcam.backends.tensorflow.model import Model, Operation
from gradcam.backends.tensorflow.receptive_field import Field
from gradcam.backends.tensorflow.tracing import Call
from gradcam.layers import Layer

# Layers whose output is only the picture itself, or another layer's output moved about.
PASSING = frozenset({
    "InputLayer", "Resizing", "Rescaling", "Normalization", "CenterCrop", "RandomCrop",
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
    "RandomBrightness", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Dropout",
    "SpatialDropout2D", "Identity", "Reshape", "Permute", "Flatten", "ZeroPadding2D", "Cropping2D",
    "UpSampling2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D",
    "GlobalMaxPooling2D", "SpatialDropout1D", "ZeroPadding1D", "Cropping1D", "UpSampling1D",
    "MaxPooling1D", "AveragePooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "Masking",
    "ExpandDims", "Squeeze", "StopGradient", "Cast",
})  # fmt: skip


def find_layers(calls: list[Call], fields: list[Field | None]) -> tuple[Layer, ...]:
    """The layers with a spatial output of known size, in order of execution.

    Layers that only pass a picture or a map on (padding, pooling, dropout, preprocessing) are
    left out, arithmetic on the picture before the first layer with weights too. A layer that runs
    twice is listed where it ran last. A layer with steps (N, steps, C) is listed where it is known
    whether they are the picture's rows or its columns.

    Args:
        calls: in order of execution.
        fields: what `follow_fields` found for each of them.
    """
    layers: dict[str, Layer] = {}
    learned = False
    for call, field in zip(calls, fields, strict=True):
        path, kind = call.operation.path, call.operation.kind
        layers.pop(path, None)
        if kind in PASSING or len(call.outputs) != 1:
            continue
        parameters = _parameters(call.operation)
        learned = learned or parameters > 0
        size = _map_size(call.outputs[0].shape, field)
        if learned and size is not None:
            size_seen = field.size if field is not None else None
            layers[path] = Layer(path, kind, *size, parameters, size_seen)
    return tuple(layers.values())


def _map_size(shape: Any, field: Field | None) -> tuple[int, int, int] | None:  # noqa: ANN401
    if None in shape[1:]:
        return None
    if len(shape) == 4:
        return int(shape[1]), int(shape[2]), int(shape[3])
    if len(shape) == 3 and field is not None:
        return *field.cells, int(shape[2])
    return None


def _parameters(operation: Operation) -> int:
    return sum(math.prod(weight.shape) for weight in operation.weights)


def learned_operations(model: Model) -> dict[str, Operation]:
    """The operations that learned something, by path, last to first."""
    return {
        operation.path: operation
        for operation in reversed(model.operations)
        if operation.kind not in PASSING and operation.weights
    }
