"""What Edge Impulse's `deployment-metadata.json` says of a project, beside its export."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.class_list import ClassList
from services.errors import ProjectError
from services.media.sound.features import Features
from services.media.sound.impulse import features_of_impulse

DEPLOYMENT = "deployment-metadata.json"
LARGEST = 20_000_000  # bytes
_KEY = re.compile(rb'("apiKey"\s*:\s*")((?:[^"\\]|\\.)*)')


@dataclass(frozen=True)
class DeploymentMetadata:
    """What counts here; its key is never taken along.

    Attributes:
        features: of sounds; None where the impulse is of none.
        classes: in the order of the network's outputs.
    """

    features: Features | None = None
    classes: ClassList | None = None


def metadata_near(folders: Iterable[Path]) -> DeploymentMetadata:
    """The first one in some folders; nothing where there is none.

    Raises:
        ProjectError: it is damaged, or its features cannot be made here.
    """
    for path in dict.fromkeys(folder / DEPLOYMENT for folder in folders):
        if path.is_file():
            return _read(path)
    return DeploymentMetadata()


def hide_key(path: Path, name: str = "") -> None:
    """Write metadata over without the API key that stands in it in clear; its size stays.

    Args:
        path: of any file.
        name: that it will have; "" for the one that it has.
    """
    if (name or path.name) == DEPLOYMENT and path.is_file():
        path.write_bytes(_KEY.sub(lambda told: told[1] + b"x" * len(told[2]), path.read_bytes()))


def _read(path: Path) -> DeploymentMetadata:
    try:
        if path.stat().st_size > LARGEST:
            raise ProjectError(f"{DEPLOYMENT} is larger than {LARGEST // 1_000_000} MB.")
        told = json.loads(path.read_text(encoding="utf-8-sig"))
        impulse = told["impulse"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError) as error:
        raise ProjectError(
            f"{DEPLOYMENT} cannot be read: it is no deployment metadata of Edge Impulse."
        ) from error
    features = features_of_impulse(impulse, DEPLOYMENT) if isinstance(impulse, dict) else None
    return DeploymentMetadata(features, _classes(told.get("classes")))


def _classes(told: Any) -> ClassList | None:  # noqa: ANN401 - any JSON value
    names = [str(each) for each in told] if isinstance(told, list) else []
    if len(names) < 2 or len(set(names)) != len(names):
        return None
    return ClassList(DEPLOYMENT, tuple(names), how="the classes of the impulse, in their order")
