"""The configuration that a network file carries: a description of the layers, as JSON.

It is read before Keras runs it: code and other dead ends are refused by their name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradcam.errors import NetworkError

Config = dict[str, Any]
PACKAGE = "gradcam"  # that Keras knows additions of ours under


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
    """All classes and functions of a configuration that Keras does not have, each once."""
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
        return registered.startswith(f"{PACKAGE}>")  # what was put in while it was upgraded
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
