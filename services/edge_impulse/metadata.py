"""The deployment metadata that Studio gives to a custom deployment block."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.edge_impulse.answers import Answer
from services.errors import ProjectError

MODEL, LITE = "trained.h5.zip", "trained.tflite"  # beside the metadata


@dataclass(frozen=True)
class Deployment:
    """What a deployment block is asked to deploy.

    Attributes:
        project: its number; None in the metadata of an older Studio.
        host: its Studio, as Studio spells it; empty for the public one.
        key: an API key, which only a privileged block gets; empty without.
        learn: the numbers of the learning blocks.
        model: the trained network beside the metadata; None where Studio gave none.
        output: the folder that Studio takes the result from.
    """

    project: int | None
    host: str
    key: str
    learn: tuple[int, ...]
    model: Path | None
    output: Path | None

    def __repr__(self) -> str:
        """All but the key."""
        return f"Deployment(project={self.project}, host={self.host!r})"


def read_deployment(path: Path) -> Deployment:
    """Read `deployment-metadata.json`.

    Raises:
        ProjectError: it cannot be read, or is something else.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ProjectError(f"There is no metadata at {path}; name the file.") from error
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("project"), dict):
        raise ProjectError(f"{path.name} is no deployment metadata of Edge Impulse Studio.")
    metadata = Answer(told, "the deployment")
    project = metadata.inner("project")
    folders = metadata.maybe_inner("folders")
    blocks = metadata.maybe_inner("impulse").maybe_objects("learnBlocks")
    learn = [number for block in blocks if (number := block.maybe_whole("id")) is not None]
    inputs = _folder(folders, "input", path)
    models = (inputs / name for name in _names(blocks))
    output = folders.maybe("output")
    return Deployment(
        project=project.maybe_whole("id"),
        host=project.maybe("studioHost"),
        key=project.maybe("apiKey"),
        learn=tuple(learn),
        model=next((path for path in models if path.is_file()), None),
        output=Path(output) if output else None,
    )


def _names(blocks: Sequence[Answer]) -> Sequence[str]:
    """What the network may be called, the best one first; other kinds are better downloaded."""
    kinds = {block.maybe("type") for block in blocks}
    return (LITE, MODEL) if kinds == {"keras-visual-anomaly"} else (MODEL,)


def _folder(folders: Answer, name: str, path: Path) -> Path:
    """The folder that the metadata names, or the metadata's own where that does not exist here."""
    named = folders.maybe(name)
    return Path(named) if named and Path(named).is_dir() else path.parent
