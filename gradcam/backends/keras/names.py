"""Layers with slashes in their names, as DenseNet and MobileNetV3 of Keras 2 have them.

Keras 3 does not take these, and here a slash stands between a nested network and its layer.
"""

from __future__ import annotations

from typing import Any

from gradcam.backends.keras.configuration import Config


def without_slashes(model: Config) -> Config:
    """The configuration of a model whose layers have underscores instead, in all that names them.

    Args:
        model: functional or sequential; those inside of it are done already.
    """
    inner = model["config"]
    layers = inner.get("layers")
    if not isinstance(layers, list):
        return model
    new = _new_names([_name_of(layer) for layer in layers])
    if not new and "/" not in str(inner.get("name")):
        return model
    renamed = {
        **inner,
        "layers": [_renamed(layer, new) for layer in layers],
        **{
            key: _referring(inner[key], new)
            for key in ("input_layers", "output_layers")
            if key in inner
        },
    }
    if isinstance(inner.get("name"), str):
        renamed["name"] = inner["name"].replace("/", "_")
    return {**model, "config": renamed}


def _new_names(names: list[str]) -> dict[str, str]:
    """New names of those with a slash, which no other layer of the model has."""
    taken = {name for name in names if "/" not in name}
    new: dict[str, str] = {}
    for name in names:
        if "/" not in name or name in new:
            continue
        own = name.replace("/", "_")
        while own in taken:
            own += "_"
        taken.add(own)
        new[name] = own
    return new


def _name_of(layer: Config) -> str:
    return str(layer.get("name") or layer.get("config", {}).get("name", ""))


def _renamed(layer: Config, new: dict[str, str]) -> Config:
    own = new.get(_name_of(layer))
    renamed = (
        {**layer, "inbound_nodes": _referring(layer["inbound_nodes"], new)}
        if ("inbound_nodes" in layer)
        else layer
    )
    if own is None:
        return renamed
    named = {"name": own} if "name" in layer else {}
    return {**renamed, **named, "config": {**layer["config"], "name": own}}


def _referring(value: Any, new: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON value
    """References [name, call, output, …] to layers by their new names, at any depth."""
    if isinstance(value, dict):
        return {key: _referring(each, new) for key, each in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > 2 and isinstance(value[0], str) and isinstance(value[1], int):
        return [new.get(value[0], value[0]), *(_referring(each, new) for each in value[1:])]
    return [_referring(each, new) for each in value]
