"""The configuration that a network file carries: a description of the layers, as JSON.

It is read before Keras runs it: old ones are upgraded, code and other dead ends are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradcam.errors import NetworkError

Config = dict[str, Any]

_MODELS = frozenset({"Functional", "Model", "Sequential"})
_RECURRENT = ("RNN", "SimpleRNN", "GRU", "LSTM", "ConvLSTM1D", "ConvLSTM2D")
_RANDOM = (
    "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip", "RandomRotation",
    "RandomTranslation", "RandomZoom",
)  # fmt: skip
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
    InputLayer put in front of a Sequential that only told its `batch_input_shape`. And two on
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
        return _upgraded_model(config, class_name, inner)
    if class_name in {"BatchNormalization", "BatchNormalizationV1"}:
        class_name = "BatchNormalization"
        axis = inner.get("axis")
        if isinstance(axis, list) and len(axis) == 1:
            inner = {**inner, "axis": axis[0]}
    dropped = {"dtype"} if _is_initializer(class_name) else _DROPPED.get(class_name, set())
    inner = {key: value for key, value in inner.items() if key not in dropped}
    return {**config, "class_name": class_name, "config": inner}


def _upgraded_model(config: Config, class_name: str, inner: Config) -> Config:
    if class_name == "Sequential":
        inner = {**inner, "layers": _with_input_layer(inner.get("layers", []))}
        return {**config, "config": inner}
    inner = _counted_from_zero(inner)
    inner = {**inner, **_unwrapped_ends(inner)}
    return {**_at_home(config), "config": inner}


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
    without = {key: value for key, value in first.items() if key != "batch_input_shape"}
    return [entry, {**layers[0], "config": without}, *layers[1:]]


def _is_initializer(class_name: str) -> bool:
    return class_name in {
        "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity",
        "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "RandomNormal", "RandomUniform",
        "TruncatedNormal", "VarianceScaling", "Zeros",
    }  # fmt: skip


def refuse_code(config: Any, name: str) -> None:  # noqa: ANN401 - any JSON value
    """Refuse a configuration that carries Python code.

    Raises:
        NetworkError: a Lambda layer, or a pickled function, stands anywhere in the configuration.
    """
    for node in _walk(config):
        class_name = node.get("class_name")
        if class_name in {"Lambda", "__lambda__"}:
            inner = node.get("config")
            label = inner.get("name", "unnamed") if isinstance(inner, dict) else "unnamed"
            raise NetworkError(
                f"{name} carries Python code in its Lambda layer “{label}” and was not opened; "
                "replace that layer by a Keras layer such as Rescaling and save it again."
            )


def refuse_channels_first(config: Any, name: str) -> None:  # noqa: ANN401 - any JSON value
    """Refuse a network that takes (channels, height, width).

    TensorFlow convolves such pictures on graphics cards only, and its maps would be read wrongly.

    Raises:
        NetworkError: a layer other than Flatten keeps its channels first.
    """
    for node in _walk(config):
        inner = node.get("config")
        if not isinstance(inner, dict) or node.get("class_name") == "Flatten":
            continue  # Flatten only reorders numbers, wherever it runs
        if inner.get("data_format") == "channels_first" or inner.get("dim_ordering") == "th":
            raise NetworkError(
                f"{name} keeps its channels first (layer “{inner.get('name', 'unnamed')}”), which "
                "cannot be run here; build it again with data_format='channels_last', give it the "
                "same weights, and save it."
            )


@dataclass(frozen=True)
class Unknown:
    """A part of a configuration that Keras cannot build.

    Attributes:
        what: layer, function, or part for anything else (a regularizer, an initializer).
        name: its class or function, with the package it was registered under.
    """

    what: str
    name: str


def unknown_parts(config: Any) -> list[Unknown]:  # noqa: ANN401 - any JSON value
    """All classes and functions of a configuration that Keras does not have, each once.

    How the network was compiled is left out, since it is opened without that.
    """
    if isinstance(config, dict):
        config = {key: value for key, value in config.items() if key != "compile_config"}
    unknown: dict[Unknown, None] = {}
    for key, node in _walk_keyed(config):
        class_name = node.get("class_name")
        if isinstance(class_name, str) and class_name in {"function", "__function__"}:
            if not _is_of_keras(node, str(node.get("config"))):
                unknown[Unknown("function", str(node.get("config")))] = None
        elif isinstance(class_name, str) and not class_name.startswith("__"):
            registered = node.get("registered_name")
            if not _is_of_keras(node, class_name):
                what = "layer" if key in {"layer", "layers"} else "part"
                unknown[Unknown(what, registered or class_name)] = None
        activation = node.get("activation")
        if isinstance(activation, str) and not _is_activation(activation):
            unknown[Unknown("function", activation)] = None
    return list(unknown)


def _is_of_keras(node: Config, name: str) -> bool:
    import keras

    module, registered = node.get("module"), node.get("registered_name")
    if isinstance(registered, str) and ">" in registered:
        return False
    if isinstance(module, str) and module.split(".")[0] not in {"keras", "tf_keras", "builtins"}:
        return False
    if isinstance(module, str) and ".ops." in module:  # an operation on tensors, not a layer
        return True
    places = (
        keras, keras.layers, keras.models, keras.activations, keras.initializers,
        keras.regularizers, keras.constraints, keras.dtype_policies,
    )  # fmt: skip
    return name in {"Functional", "Policy"} or any(hasattr(place, name) for place in places)


def _is_activation(name: str) -> bool:
    import keras

    try:
        keras.activations.get(name)
    except ValueError:
        return False
    return True


def _walk(value: Any) -> list[Config]:  # noqa: ANN401 - any JSON value
    return [node for _, node in _walk_keyed(value)]


def _walk_keyed(value: Any) -> Iterator[tuple[str, Config]]:  # noqa: ANN401 - any JSON value
    """Every object of a JSON value, with the key that it, or its list, stands under."""
    rest: list[tuple[str, Any]] = [("", value)]
    while rest:  # a loop, since a hostile file may nest deeper than Python recurses
        key, item = rest.pop()
        if isinstance(item, dict):
            yield key, item
            rest.extend(reversed(item.items()))
        elif isinstance(item, list):
            rest.extend((key, each) for each in reversed(item))
