"""From the configuration in a file to a Keras model: read, judged, upgraded, built.

Only Keras 3 builds it, in safe mode, and only after it was searched for layers that carry code.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gradcam.backends.keras.arithmetic import UnknownFunction
from gradcam.backends.keras.configuration import (
    Config,
    Unknown,
    refuse_channels_first,
    refuse_code,
    unknown_parts,
)
from gradcam.backends.keras.placing import with_places
from gradcam.backends.keras.upgrading import upgrade_config, with_old_activations
from gradcam.errors import NetworkError


def ready_config(raw: str | bytes, name: str, version: str = "") -> Config:
    """A configuration that Keras 3 can build, out of one that any Keras wrote.

    Args:
        raw: JSON, as it stands in the file.
        name: of the file, for sentences that speak of it.
        version: of the Keras that wrote it, if that is not said in the JSON.

    Raises:
        NetworkError: it is broken or no network's, carries code, keeps its channels first, or
            computes with a function that has no counterpart.
    """
    config = _parsed(raw, name)
    config.pop("compile_config", None)  # may hold what only training needs, such as a Lambda loss
    if not isinstance(config.get("class_name"), str) or not isinstance(
        config.get("config"), dict | list
    ):
        raise NetworkError(f"{name} describes no Keras network; save it again with Keras.")
    refuse_code(config, name)
    refuse_channels_first(config, name)
    version = version or str(config.get("keras_version", ""))
    return _upgraded(config, name, is_old=version.startswith(("1.", "2.")))


def _parsed(raw: str | bytes, name: str) -> Config:
    try:
        config = json.loads(raw)
    except (ValueError, TypeError, RecursionError) as error:
        raise NetworkError(f"{name} is damaged: its description of the layers is broken.") from (
            error
        )
    if not isinstance(config, dict):
        raise NetworkError(f"{name} is damaged: its description of the layers is broken.")
    return config


def _upgraded(config: Config, name: str, *, is_old: bool) -> Config:
    try:
        old = with_old_activations(config) if is_old else config
        return with_places(upgrade_config(old))
    except UnknownFunction as error:
        raise NetworkError(
            f"{name} computes with TensorFlow's {error.function} in its layer “{error.layer}”, "
            "which Keras 3 has no operation for; build that step from Keras' own layers, give the "
            "network the same weights, and save it as .keras."
        ) from error
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise NetworkError(f"{name} is damaged: its description of the layers is broken.") from (
            error
        )


def built(config: Config, name: str, make: Callable[[], Any], weights: str = "") -> Any:  # noqa: ANN401
    """What `make` makes of a configuration, a keras.Model with its weights.

    Args:
        config: what `ready_config` gave.
        name: of the file, for sentences that speak of it.
        make: has Keras build it.
        weights: name of the file that its weights are in, if that is another one.

    Raises:
        NetworkError: Keras does not have a part of it, or the weights are of another network.
    """
    try:
        return make()
    except Exception as error:  # Keras raises whatever a layer's constructor raises
        raise NetworkError(_why_keras_refused(name, config, weights)) from error


def model_of(config: Config) -> Any:  # noqa: ANN401 - keras.Model
    """Build a model, its weights still as they begin.

    Args:
        config: what `ready_config` gave.
    """
    import keras

    own = json.loads(json.dumps(config))  # Keras takes apart what it is given
    return keras.saving.deserialize_keras_object(own, safe_mode=True)


def _why_keras_refused(name: str, config: Config, weights: str) -> str:
    unknown = unknown_parts(config)
    if not unknown and weights:
        return (
            f"The weights in {weights} do not fit the network that {name} describes; "
            "put the two beside each other that were saved together."
        )
    if not unknown:
        return f"Keras cannot rebuild the network in {name}; save it again with a newer Keras."
    (what, *others) = dict.fromkeys(part.what for part in unknown)
    things = "parts" if others else f"{what}s"
    one = f"a {what}" if len(unknown) == 1 else things
    return (
        f"{name} uses {one} that Keras does not have, {_listed(unknown)}; "
        f"save the network with Keras' own {things}."
    )


def _listed(unknown: list[Unknown]) -> str:
    *most, last = [f"“{part.name}”" for part in unknown]
    return f"{', '.join(most)} and {last}" if most else last
