"""The mixture that scores a network's features, where a folder has one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradcam.anomaly.files import read_scoring
from gradcam.anomaly.scoring import Scoring
from services.errors import ProjectError
from services.fact import Fact
from services.numbers import counted
from services.sources.labels.inside import inside

USUAL_NAMES = ("mixture.npz", "mixture.json", "gmm.npz", "gmm.json")
MIXTURE_KEYS = ("mixture", "layer", "window", "stride", "projection")


@dataclass(frozen=True)
class MixtureTold:
    """What `[anomaly]` in project.toml says of the mixture; None where it says nothing.

    Attributes:
        file: of the mixture, within the folder.
        layer: of the network whose features it scores.
        window, stride: of the scores, in cells of features.
        projection: a file of its own with the matrix that features are projected by.
    """

    file: str | None = None
    layer: str | None = None
    window: int | None = None
    stride: int | None = None
    projection: str | None = None


@dataclass(frozen=True)
class Scored:
    """How the features of a project's network are scored.

    Attributes:
        scoring: of the features.
        layer: whose features they are; None for the last one that fits.
        facts: where it was found, for the person.
    """

    scoring: Scoring
    layer: str | None = None
    facts: tuple[Fact, ...] = ()


def scored_by(folder: Path, model: Path, told: MixtureTold) -> Scored | None:
    """The mixture that project.toml names, else one that lies beside the network.

    Args:
        folder: of the project.
        model: the network's file.
        told: by project.toml.

    Raises:
        ProjectError: the file is not there.
        NetworkError: it holds no mixture.
    """
    if told.file is not None:
        path, why = _beside_manifest(folder, told.file, "mixture"), "as project.toml says"
    else:
        beside = (place / name for place in (model.parent, folder) for name in USUAL_NAMES)
        first = next((path for path in beside if path.is_file()), None)
        if first is None:
            return None
        path, why = first, "it lies beside the network; [anomaly] in project.toml names another"
    projection = None
    if told.projection is not None:
        projection = _beside_manifest(folder, told.projection, "projection")
    scoring = read_scoring(path, told.window, told.stride, projection)
    return Scored(scoring, told.layer, (Fact("mixture", _said(path, scoring), why),))


def _beside_manifest(folder: Path, named: str, key: str) -> Path:
    """A file that `[anomaly]` names, which has to lie within the folder.

    Raises:
        ProjectError: it is not there, or elsewhere.
    """
    path = inside(folder, named)
    if path is None or not path.is_file():
        raise ProjectError(
            f"project.toml names the {key} {named}, which is not there; it has to lie in the "
            "folder of the project."
        )
    return path


def _said(path: Path, scoring: Scoring) -> str:
    own = scoring.mixture
    return (
        f"{path.name}: {counted(len(own.weights), 'component')} of {own.features} features, "
        f"windows of {scoring.window} cells every {scoring.stride}"
    )
