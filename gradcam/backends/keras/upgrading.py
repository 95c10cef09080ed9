"""Configurations that Keras 2 wrote, rewritten so that Keras 3 reads them."""

from __future__ import annotations

from typing import Any

from gradcam.backends.keras.additions import own_function
from gradcam.backends.keras.arithmetic import FUNCTION_CLASSES, rewritten
from gradcam.backends.keras.configuration import Config
from gradcam.backends.keras.names import without_slashes
from gradcam.backends.keras.nodes import is_old, renewed

_MODELS = frozenset({"Functional", "Model", "Sequential"})
_RECURRENT = ("RNN", "SimpleRNN", "GRU", "LSTM", "ConvLSTM1D", "ConvLSTM2D")
_RANDOM = (
    "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomRotation",
    "RandomTranslation", "RandomZoom",
)  # fmt: skip
_RESIZING = ("RandomHeight", "RandomWidth")
_RENAMED = {
    "BatchNormalizationV1": "BatchNormalization",
    **dict.fromkeys(_RESIZING, "Identity"),  # they do something in training only
}
# What Keras 2 wrote although it says nothing: Keras 3 does not take it.
_DROPPED: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("DepthwiseConv1D", "DepthwiseConv2D", "Conv1DTranspose", "Conv2DTranspose"),
        frozenset({"groups"}),
    ),
    **dict.fromkeys(
        ("SeparableConv1D", "SeparableConv2D"),
        frozenset({"groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"}),
    ),
    **dict.fromkeys(_RECURRENT, frozenset({"time_major"})),
    **dict.fromkeys(_RANDOM, frozenset({"rng_type"})),
    **dict.fromkeys(_RESIZING, frozenset({"rng_type", "factor", "interpolation", "seed"})),
    **dict.fromkeys(
        ("SpatialDropout1D", "SpatialDropout2D"), frozenset({"trainable", "noise_shape"})
    ),
    "MultiHeadAttention": frozenset(
        {"query_shape", "key_shape", "value_shape", "softmax_robust_masking"}
    ),
}


def upgrade_config(config: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Rewrite a Keras 2 `model_config` so that Keras 3 reads it; a Keras 3 one stays as it is.

    Seven rewrites, each with outputs equal to Keras 2. Five were found on 29 real files: layers
    without words that Keras 3 does not know (`groups`); BatchNormalization's axis as one int, and
    its V1 name; single input and output references unwrapped; initializers without `dtype`; an
    InputLayer in front of a Sequential, which alone tells its `batch_input_shape`. And two on
    files made for it: calls of nested models counted from 0, since Keras 2 counts the making of a
    model as its first call; precision policies by their name.

    Args:
        config: the parsed JSON; it is not changed.

    Returns:
        A new value of the same kind.
    """
    if isinstance(config, list):
        return [upgrade_config(item) for item in config]
    if not isinstance(config, dict):
        return config
    return _upgraded_object({key: upgrade_config(value) for key, value in config.items()})


_ACTIVATIONS = ("activation", "recurrent_activation")
_OLD_NAMES = {"softmax_v2": "softmax", "log_softmax_v2": "log_softmax", "gelu_v2": "gelu"}


def with_old_activations(config: Any) -> Any:  # noqa: ANN401 - any JSON value
    """What Keras 2 wrote with activations that Keras 3 computes otherwise under the same name."""
    if isinstance(config, list):
        return [with_old_activations(item) for item in config]
    if not isinstance(config, dict):
        return config
    new = {key: with_old_activations(value) for key, value in config.items()}
    for key in _ACTIVATIONS:
        if new.get(key) == "hard_sigmoid":
            new[key] = own_function("hard_sigmoid_2")
    return new


def _named_activations(inner: Config) -> Config:
    """A layer's settings with activations that came from TensorFlow itself as Keras' own."""
    new = dict(inner)
    for key in _ACTIVATIONS:
        own = new.get(key)
        if isinstance(own, dict) and own.get("class_name") == "function":
            own = own.get("config")
        if isinstance(own, str) and own in _OLD_NAMES:
            new[key] = _OLD_NAMES[own]
    return new


def _upgraded_object(config: Config) -> Any:  # noqa: ANN401 - a precision policy becomes its name
    inner = config.get("config")
    class_name = config.get("class_name")
    if not isinstance(class_name, str):
        return config
    if class_name == "Sequential" and isinstance(inner, list):
        inner = {"name": "sequential", "layers": inner}  # the oldest files hold a bare list
    if not isinstance(inner, dict):
        return config
    if class_name in {"Policy", "PolicyV1"} and isinstance(inner.get("name"), str):
        return inner["name"]
    if class_name in _MODELS:
        return without_slashes(_upgraded_model(config, class_name, inner))
    dropped = {"dtype"} if _is_initializer(class_name) else _DROPPED.get(class_name, set())
    class_name = _RENAMED.get(class_name, class_name)
    if class_name == "BatchNormalization":
        axis = inner.get("axis")
        if isinstance(axis, list) and len(axis) == 1:
            inner = {**inner, "axis": axis[0]}
    inner = _named_activations({k: v for k, v in inner.items() if k not in dropped})
    if class_name == "RandomShear":
        inner = {**inner, **_readable_shear(inner)}
    if str(config.get("module")).startswith("keras.layers.experimental"):
        config = {**config, "module": "keras.layers"}
    return {**config, "class_name": class_name, "config": inner}


def _readable_shear(inner: Config) -> Config:
    # Keras 3 writes -0.3..0.3 and reads nothing below 0; at prediction it is of no account.
    return {
        key: [max(end, 0.0) for end in inner[key]]
        for key in ("x_factor", "y_factor")
        if isinstance(inner.get(key), list)
    }


def _upgraded_model(config: Config, class_name: str, inner: Config) -> Config:
    if class_name == "Sequential":
        layers = _with_input_layer(inner.get("layers", []))
        inner = {**inner, "layers": [_without_shape(layer) for layer in layers]}
        return {**config, "config": inner}
    inner = _counted_from_zero(inner)
    inner = {**inner, **_unwrapped_ends(inner)}
    if "layers" in inner:
        inner["layers"] = [_without_shape(_renewed(layer)) for layer in inner["layers"]]
    return {**_at_home(config), "config": inner}


def _renewed(layer: Config) -> Config:
    """A layer that is called in Keras 2's way, so that Keras 3 understands all of it."""
    if layer.get("class_name") in FUNCTION_CLASSES:
        return rewritten(layer)
    calls = layer.get("inbound_nodes", [])
    if not any(is_old(node) for node in calls):
        return layer
    # Keras 2 tells one shape to build it with, which is too few for attention: the call does it.
    own = {key: value for key, value in layer.items() if key != "build_config"}
    return {**own, "inbound_nodes": [renewed(node) for node in calls]}


def _at_home(functional: Config) -> Config:
    # Keras 2.12 to 2.15 wrote the place of the class in their own source.
    if "module" not in functional:
        return functional
    return {**functional, "module": "keras.src.models.functional"}


def _counted_from_zero(functional: Config) -> Config:
    layers = functional.get("layers", [])
    if not any(isinstance(node, list) for x in layers for node in x.get("inbound_nodes", [])):
        return functional  # written by Keras 3
    models = {x.get("name"): x.get("class_name") for x in layers if x.get("class_name") in _MODELS}
    sequentials = {name for name, kind in models.items() if kind == "Sequential"}
    layers = [
        {**x, "inbound_nodes": _one_less(x.get("inbound_nodes", []), set(models))} for x in layers
    ]
    # Keras 3 itself takes one off where a functional model gives an output, but no Sequential.
    outputs = _one_less(functional.get("output_layers", []), sequentials)
    return {**functional, "layers": layers, "output_layers": outputs}


def _one_less(value: Any, names: set[str]) -> Any:  # noqa: ANN401 - any JSON value
    """References [name, call, output, …] to these names with the number of the call one less."""
    if isinstance(value, dict):
        return {key: _one_less(each, names) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > 2 and isinstance(value[0], str) and isinstance(value[1], int):
        less = value[1] - 1 if value[0] in names and value[1] > 0 else value[1]
        return [value[0], less, *(_one_less(each, names) for each in value[2:])]
    return [_one_less(each, names) for each in value]


def _unwrapped_ends(functional: Config) -> Config:
    ends = {}
    for key in ("input_layers", "output_layers"):
        value = functional.get(key)
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
            ends[key] = value[0]
    return ends


def _with_input_layer(layers: list[Config]) -> list[Config]:
    if not layers or layers[0].get("class_name") == "InputLayer":
        return layers
    first = layers[0].get("config", {})
    shape = first.get("batch_input_shape")
    if shape is None:
        return layers
    entry = {
        "class_name": "InputLayer",
        "config": {
            "batch_input_shape": shape,
            "dtype": "float32",
            "name": f"{first.get('name', 'first')}_input",
        },
    }
    return [entry, *layers]


def _without_shape(layer: Config) -> Config:
    """A layer that leaves it to the InputLayer to tell the shape: Keras 3 knows no other way."""
    inner = layer.get("config")
    if layer.get("class_name") == "InputLayer" or not isinstance(inner, dict):
        return layer
    own = {key: value for key, value in inner.items() if key != "batch_input_shape"}
    return {**layer, "config": own}


def _is_initializer(class_name: str) -> bool:
    return class_name in {
        "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity",
        "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "RandomNormal", "RandomUniform",
        "TruncatedNormal", "VarianceScaling", "Zeros",
    }  # fmt: skip
