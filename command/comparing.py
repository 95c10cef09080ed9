"""`--compare OTHER --fail-if …`: the network beside another one, as a gate for a build."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from services.choices.recipe import Recipe
from services.comparing.beside import fed_alike
from services.comparing.gate import HEAT, read_limits
from services.comparing.heat import HeatsMoved
from services.comparing.record import ComparisonRecord, record_of
from services.errors import ProjectError
from services.opening.contents import content_of
from services.opening.opening import Prepared, predict_all, prepare, prepare_source
from services.predictions.comparison import network_comparison
from services.predictions.predictions import Predictions
from services.sources.reference import MODEL, SourceKind, SourceReference
from services.work.progress import Progress


def compared(
    asked: Namespace, prepared: Prepared, here: Predictions, recipe: Recipe, progress: Progress
) -> ComparisonRecord:
    """The exported network beside the one that the arguments name.

    Args:
        asked: the arguments.
        prepared: the project.
        here: what its network says.
        recipe: how heatmaps are made.
        progress: is told what is being done.

    Raises:
        GradcamError: the other network cannot be opened, or knows none of the samples.
        Cancelled: the person left.
    """
    limits = read_limits(asked.fail_if)
    other = _other(asked.compare, prepared, progress)
    there = predict_all(fed_alike(other, here.project), progress)
    both = network_comparison(here, there.at(asked.threshold), asked.threshold)
    if not len(both):
        raise ProjectError(
            f"{asked.compare} and the project have no sample in common, which is told by the files "
            "themselves; give a network for the same test set."
        )
    heats = None
    if any(limit.name in HEAT for limit in limits):
        heats = HeatsMoved(both, recipe).make(progress)
    return record_of(both, heats, limits)


def _other(name: str, prepared: Prepared, progress: Progress) -> Prepared:
    """A file of the same project, a file elsewhere, or another folder with the same samples."""
    path, own = Path(name), prepared.reference
    if path.is_dir() and not (path / "saved_model.pb").is_file():
        return prepare_source(SourceReference(SourceKind.FOLDER, name), progress)
    files = next((each for each in prepared.project.alternatives if each.name == MODEL), None)
    if files is not None and name in files.values:
        return prepare_source(own.picking(**{MODEL: name}), progress)
    if own.kind is SourceKind.STUDIO:
        raise ProjectError(
            f"{name} is none of the project's networks; --compare names one of them, as --model."
        )
    if not path.exists():
        known = ", ".join(files.values) if files else ""
        raise ProjectError(
            f"There is no network {name}"
            + (f"; beside it there are {known}." if known else ", neither here nor in the project.")
        )
    content = replace(content_of(own, progress), model=path, network_name=path.name, weights=None)
    return prepare(content, None, own, progress)
